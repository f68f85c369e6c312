"""Target labels may change what is reported, and nothing else."""

import pytest
import torch
from small import short, suite, train

from da.benchmark.selection import select
from da.data import Domain, Gaussians, Samples

METHODS = ("source_only", "adabn", "dann", "deep_coral", "dan")
EVERY = (*METHODS, "target_only")


def relabelled(samples):
    """The same samples with their labels in a random order."""
    order = torch.randperm(len(samples), generator=torch.Generator().manual_seed(7))
    return Samples(samples.inputs, samples.labels[order], samples.ids)


def run_all():
    results = [train(run)[0] for run in short(suite(methods=EVERY), {"checkpoints": 4})]
    return {run.records[0]["method"]["name"]: run for run in results}


@pytest.fixture(scope="module")
def runs():
    """The runs with the true target labels, and with permuted ones."""
    true = run_all()
    domain = Gaussians.domain

    def permuted(self, name):
        stored = domain(self, name)
        if name == "source":
            return stored
        return Domain(relabelled(stored.train), relabelled(stored.test))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gaussians, "domain", permuted)
        return true, run_all()


@pytest.mark.parametrize("method", METHODS)
def test_weights_do_not_depend_on_target_labels(runs, method):
    hashes = [run[method].records[-1]["artifacts"]["ckpt_sha256"] for run in runs]
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_but_the_report_depends_on_target_labels(runs, method):
    for true, permuted in zip(*(run[method].records for run in runs), strict=True):
        for key in ("validators", "label_shift", "predictions", "loss_log"):
            assert true[key] == permuted[key], key
        for key in ("s_val", "t_val"):
            assert true["metrics"][key] == permuted["metrics"][key], key
        assert {k: v for k, v in true["split"].items() if k != "test_sha256"} == {
            k: v for k, v in permuted["split"].items() if k != "test_sha256"
        }


def test_stored_logits_do_not_depend_on_target_labels(runs):
    for method in METHODS:
        stored = [run[method].artifacts for run in runs]
        (name,) = (name for name in stored[0] if name.startswith("logits/"))
        assert stored[0][name] == stored[1][name]


@pytest.mark.parametrize("row", ["final", "validator", "full", "source_accuracy"])
def test_selected_checkpoints_do_not_depend_on_target_labels(runs, row):
    chosen = [
        [
            (taken.method, taken.record["train"]["step"], taken.fallback, taken.note)
            for taken in select([r for m in METHODS for r in run[m].records], row)
        ]
        for run in runs
    ]
    assert len(chosen[0]) == len(METHODS)
    assert chosen[0] == chosen[1]


@pytest.mark.parametrize("method", METHODS)
def test_what_is_reported_does(runs, method):
    accuracies = [run[method].records[-1]["metrics"]["t_test"]["acc"] for run in runs]
    assert accuracies[0] > 0.85
    assert accuracies[1] == pytest.approx(0.5, abs=0.1)  # four standard errors of 400 coins
    transductive = [run[method].records[-1]["metrics"]["t_adapt"]["acc"] for run in runs]
    assert transductive[0] > transductive[1] + 0.2


def test_the_ceiling_does_depend_on_target_labels(runs):
    true, permuted = (run["target_only"].records[-1] for run in runs)
    assert true["artifacts"]["ckpt_sha256"] != permuted["artifacts"]["ckpt_sha256"]
    assert true["metrics"]["s_val"]["acc"] > permuted["metrics"]["s_val"]["acc"] + 0.2
