import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from small import changed, only, run_all_here, short, suite, train

from da.benchmark import execute as module
from da.benchmark.analysis import analyse
from da.benchmark.execute import Snapshots, build
from da.benchmark.packing import encode
from da.data.order import Shuffled
from da.shallow import NoAdaptation, OTLinear

METHODS = ("source_only", "adabn", "dann", "deep_coral", "dan", "target_only")
ADAPTING = ("dann", "deep_coral", "dan")
TASKS = ("source->target", "source->target:label_shift")
NETWORK = {"model": {"init_args": {"backbone": {"init_args": {"batch_norm": False}}}}}
STEEP = {
    "model": {
        "init_args": {"optimizer": {"class_path": "torch.optim.SGD", "init_args": {"lr": 1e6}}}
    }
}


@pytest.fixture(scope="module")
def runs():
    return {run.method: run for run in short(suite(methods=METHODS))}


@pytest.fixture(scope="module")
def results(runs):
    return {method: train(run)[0] for method, run in runs.items()}


def without_cost(records):
    return [{k: v for k, v in record.items() if k != "cost"} for record in records]


@pytest.mark.parametrize("method", ["source_only", "adabn"])
def test_a_shared_training_gives_the_records_of_separate_ones(method):
    runs = short(suite(methods=(method,), tasks=TASKS))
    # one training, of which the tests alone say that it is shared
    together = train(*(replace(run, job="one") for run in runs))
    apart = [train(run)[0] for run in runs]
    for shared, own in zip(together, apart, strict=True):
        assert without_cost(shared.records) == without_cost(own.records)
        assert shared.artifacts == own.artifacts
        assert [r["cost"]["shared_by"] for r in shared.records] == [2, 2, 2]
        assert [r["cost"]["shared_by"] for r in own.records] == [1, 1, 1]
    assert len({r.records[-1]["artifacts"]["ckpt_sha256"] for r in together}) == 1
    first, second = (r.records[-1]["split"]["test_sha256"] for r in together)
    assert first != second


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_run_and_another_seed_another(method, runs, results):
    again = train(runs[method])[0]
    assert without_cost(again.records) == without_cost(results[method].records)
    other = train(changed(runs[method], {"seed_everything": 1}))[0]
    hashes = {r.records[-1]["artifacts"]["ckpt_sha256"] for r in (again, other)}
    assert len(hashes) == 2


@pytest.mark.parametrize("network", [{}, NETWORK], ids=["normalized", "plain"])
@pytest.mark.parametrize("method", ADAPTING)
def test_weight_zero_is_source_only_bit_for_bit(method, network, monkeypatch):
    states = []
    keep = Snapshots.on_train_batch_end

    def spy(self, *args):
        keep(self, *args)
        states.append(self.states)

    monkeypatch.setattr(Snapshots, "on_train_batch_end", spy)
    runs = short(suite(methods=("source_only", method)), network)
    floor = train(only(runs, method="source_only"))[0]
    floor_states = states[-1]
    none = train(changed(only(runs, method=method), {"model": {"init_args": {"weight": 0}}}))[0]
    network_of = [
        {k: v for k, v in state.items() if k.split(".")[0] in ("backbone", "classifier")}
        for state in states[-1].values()
    ]
    assert len(network_of) == 3
    for own, twin in zip(network_of, floor_states.values(), strict=True):
        assert own.keys() == twin.keys()
        assert all(torch.equal(own[key], twin[key]) for key in twin)
    for record, twin in zip(none.records, floor.records, strict=True):
        same = ("metrics", "validators", "label_shift", "predictions", "correct")
        assert all(record[key] == twin[key] for key in same)
    assert list(none.artifacts.values()) == list(floor.artifacts.values())


@pytest.mark.parametrize("method", ADAPTING)
def test_a_weight_is_felt(method, results):
    hashes = [results[m].records[-1]["artifacts"]["ckpt_sha256"] for m in (method, "source_only")]
    assert hashes[0] != hashes[1]
    scores = [results[m].records[-1]["metrics"]["s_val"]["nll"] for m in (method, "source_only")]
    assert scores[0] != scores[1]


def test_a_method_and_its_twin_see_the_same_source_batches(runs, monkeypatch):
    seen = []
    draw = Shuffled.__call__

    def spy(self, step):
        index = draw(self, step)
        if self.stream == "src_order":
            seen.append((step, index.tolist()))
        return index

    monkeypatch.setattr(Shuffled, "__call__", spy)
    batches = {}
    for method in ("source_only", "adabn", *ADAPTING):
        seen.clear()
        train(runs[method])
        ids = build(runs[method]).datamodule.training_data.source_train.ids
        batches[method] = [(step, [ids[i] for i in index]) for step, index in seen]
    assert [step for step, _ in batches["source_only"]] == list(range(12))
    assert all(batches[method] == batches["source_only"] for method in batches)
    assert batches["source_only"][0][1] != batches["source_only"][1][1]


def test_progress_is_reported_and_the_accuracy_at_the_end(runs):
    told = []
    module.execute([runs["dan"]], lambda progress, note: told.append((progress, note)))
    assert [round(progress, 3) for progress, _ in told] == [0.333, 0.667, 1, 1]
    assert all(note.keys() == {"loss"} for _, note in told[:-1])
    assert told[-1][1]["accuracy"] > 0.8
    json.dumps(told)


@pytest.mark.parametrize(
    ("count", "steps"), [(1, [12]), (2, [6, 12]), (5, [3, 5, 8, 10, 12]), (40, [*range(1, 13)])]
)
def test_checkpoints_are_equally_spaced_and_include_the_last_step(runs, count, steps):
    records = train(changed(runs["source_only"], {"checkpoints": count}))[0].records
    assert [r["train"]["step"] for r in records] == steps


def test_losses_are_logged_at_their_steps(results):
    history = results["dann"].records[-1]["loss_log"]
    assert [entry["step"] for entry in history] == [2, 4, 6, 8, 10, 12]
    assert {"train/loss", "train/task_loss", "train/weight", "train/lr"} <= history[0].keys()
    assert [r["loss_log"] for r in results["dann"].records[:-1]] == [[], []]


def test_adabn_does_not_apply_without_batch_normalization(tmp_path):
    runs = short(suite(), NETWORK)
    (result,) = train(only(runs, method="adabn"))
    assert result.status == "not_applicable"
    assert result.records == []
    assert result.reason.startswith("AdaBN needs batch normalization, and the backbone MLP has")
    records, splits = run_all_here(tmp_path, runs)
    cell = analyse(records, splits).cell("adabn", "source->target")
    assert cell.status == {"not_applicable": 1}
    assert cell.reasons == (result.reason,)
    assert cell.accuracy is cell.verdict is None


def test_a_diverged_run_has_its_reason_and_counts_as_a_guess(tmp_path):
    floor, _, ceiling = short(suite())
    (dan,) = (r for r in short(suite(methods=("source_only", "dan")), STEEP) if r.method == "dan")
    (result,) = train(dan)
    assert result.status == "diverged"
    assert result.reason.startswith("training diverged: at step ")
    records, splits = run_all_here(tmp_path, [floor, dan, ceiling])
    (record,) = (r for r in records if r["method"]["name"] == "dan")
    assert (record["status"], record["reason"]) == ("diverged", result.reason)
    assert record["metrics"] is record["predictions"] is None
    json.dumps(record, allow_nan=False)
    cell = analyse(records, splits).cell("dan", "source->target")
    assert cell.status == {"diverged": 1}
    assert cell.accuracies == (0.5,)
    floor_accuracy = analyse(records, splits).cell("source_only", "source->target").accuracies[0]
    assert cell.delta.estimate == pytest.approx(0.5 - floor_accuracy)
    assert cell.reasons == (result.reason,)


def test_a_suite_in_which_everything_diverged_is_a_table_of_guesses(tmp_path):
    records, splits = run_all_here(tmp_path, short(suite(), STEEP))
    cells = analyse(records, splits).cells
    assert [cell.accuracies for cell in cells] == [(0.5,)] * 3
    assert {tuple(cell.status) for cell in cells} == {("diverged",)}


def test_a_run_that_diverges_after_the_last_log_has_diverged(runs, monkeypatch):
    keep = Snapshots.on_train_batch_end

    def explode(self, trainer, method, *args):
        if trainer.global_step == 12:
            method.classifier.bias.data[0] = float("nan")
        keep(self, trainer, method, *args)

    monkeypatch.setattr(Snapshots, "on_train_batch_end", explode)
    (result,) = train(runs["source_only"])
    assert result.status == "diverged"
    assert result.reason == "training diverged: at step 12 logits are not finite"
    assert [r["status"] for r in result.records] == ["diverged"]


def test_runs_that_raise_stay_in_the_table_with_their_reason(tmp_path):
    runs = short(suite(tasks=("source->target", "source->target:impossible")))
    records, splits = run_all_here(tmp_path, runs)
    analysis = analyse(records, splits)
    for method in ("source_only", "adabn", "target_only"):
        cell = analysis.cell(method, "source->target:impossible")
        assert cell.status == {"failed": 1}
        (reason,) = cell.reasons
        assert "a partial target keeps fewer classes than the source's 2; got classes=5" in reason
        assert analysis.cell(method, "source->target").status == {"ok": 1}


def test_one_failed_run_counts_as_a_guess_beside_its_twin(tmp_path):
    floor, *_ = short(suite())
    too_large = {"data": {"init_args": {"batch_size": 4000}}}
    (dan,) = (r for r in short(suite(methods=("source_only", "dan"))) if r.method == "dan")
    records, splits = run_all_here(tmp_path, [floor, changed(dan, too_large)])
    cell = analyse(records, splits).cell("dan", "source->target")
    assert cell.accuracies == (0.5,)
    assert "a batch of 4000 is larger than the source, which has 320" in cell.reasons[0]


def test_the_ceiling_alone_is_given_target_labels(runs, results):
    for method, run in runs.items():
        task = build(run).datamodule
        expected = "target" if method == "target_only" else "source"
        assert task.labeled_domain == expected
        assert {i.split("-")[0] for i in task.training_data.source_train.ids} == {expected}
        assert results[method].records[-1]["method"]["labeled_domain"] == expected
        # Whatever it trains on, the test samples are not among it.
        split = task.training_data
        trained = {*split.source_train.ids, *split.source_val.ids, *split.target_adapt.ids}
        assert not trained & set(task.report_data.test.ids)


def test_the_trainer_meets_no_test_sample(runs, monkeypatch):
    untouched = []

    def fit(self, model, datamodule):
        untouched.append("report_data" not in vars(datamodule))
        real(self, model, datamodule)
        untouched.append("report_data" not in vars(datamodule))

    real = module.Trainer.fit
    monkeypatch.setattr(module.Trainer, "fit", fit)
    train(runs["dann"])
    assert untouched == [True, True]


def test_scores_are_of_the_checkpoint_they_name(runs):
    early = train(changed(runs["dann"], {"checkpoints": 12}))[0].records
    losses = [r["metrics"]["s_val"]["nll"] for r in early]
    assert len(set(losses)) == 12
    assert losses[-1] == train(runs["dann"])[0].records[-1]["metrics"]["s_val"]["nll"]
    assert np.mean(losses[:3]) > np.mean(losses[-3:])


def test_a_shallow_baseline_has_the_records_of_a_method_and_its_classifier_as_floor(tmp_path):
    declared = suite(
        methods=("source_only", "shallow_ot_linear"), tasks=TASKS, floor="shallow_nearest_neighbor"
    )
    identity = {"model": {"init_args": {"backbone": {"init_args": {"hidden": []}}}}}
    runs = {run.id: run for run in short(declared, NETWORK, identity)}
    records, splits = run_all_here(tmp_path, list(runs.values()))
    assert len(records) == 4  # one each, however many checkpoints were asked for
    for record in records:
        task = build(runs[record["run_id"]]).datamodule
        data, test = task.training_data, task.report_data.test
        cls = NoAdaptation if record["method"]["name"] == "source_only" else OTLinear
        baseline = cls().fit(
            data.source_train.inputs.numpy(),
            data.source_train.labels.numpy(),
            data.target_adapt.inputs.numpy(),
        )
        assert record["predictions"] == encode(baseline.predict(test.inputs.numpy()))
        known = baseline.predict(data.source_val.inputs.numpy(), domain="source")
        right = known == data.source_val.labels.numpy()
        assert record["metrics"]["s_val"]["acc"] == pytest.approx(right.mean())
        assert record["split"] == {**record["split"], **task.split()}
        assert (record["train"]["step"], record["method"]["class"]) == (1, "da.methods.Shallow")
    analysis = analyse(records, splits)
    for task in TASKS:
        cell, floor = (analysis.cell(m, task) for m in ("shallow_ot_linear", "source_only"))
        assert cell.delta.estimate == pytest.approx(cell.accuracies[0] - floor.accuracies[0])
        assert cell.verdict is not None


def test_a_ceiling_of_few_labels_is_recorded_as_one_and_compared_with(tmp_path):
    methods = ("source_only", "dann", "target_only_5", "target_only")
    records, splits = run_all_here(tmp_path, short(suite(methods=methods)))
    few = next(r for r in records if r["method"]["name"] == "target_only_5")
    assert few["method"]["labeled_domain"] == "target"
    assert few["split"]["n"]["s_train"] == few["split"]["n"]["s_val"] == 10
    assert len({r["split"]["test_sha256"] for r in records}) == 1
    analysis = analyse(records, splits)
    cell = analysis.cell("dann", "source->target")
    assert list(cell.references) == ["target_only_5", "target_only", "chance"]
    assert analysis.cell("target_only_5", "source->target").verdict is None


def test_dsn_does_not_apply_to_what_is_no_image(runs):
    arguments = {"backbone": runs["dann"].config["model"]["init_args"]["backbone"]}
    dsn = {"model": {"class_path": "da.methods.DSN", "init_args": arguments}}
    (result,) = train(changed(runs["dann"], dsn))
    assert result.status == "not_applicable"
    assert result.reason.startswith("DSN reconstructs images (n, c, h, w); got inputs of shape (")
