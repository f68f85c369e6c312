"""Each check holds, and fails where what it looks for is broken."""

from itertools import count

import pytest
import torch

from da.methods import DANN, AdaBN
from da.selfcheck import trained

FEW = ["adabn", "dann"]


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    "check",
    [
        trained.weight_zero_is_source_only,
        trained.target_labels_are_unread,
        trained.same_seed_same_weights,
        trained.halves_are_not_apart,
    ],
)
def test_what_is_right_passes(check):
    outcome = check(FEW, 2)
    assert outcome.passed, outcome.evidence


def test_a_method_that_changes_the_network_whatever_its_weight_is_found(monkeypatch):
    def grow(self):
        with torch.no_grad():
            self.classifier.weight *= 1.001

    monkeypatch.setattr(DANN, "on_train_start", grow)
    assert trained.weight_zero_is_source_only(FEW, 2).evidence == "not so for DANN"


def test_what_differs_between_two_runs_is_found(monkeypatch):
    calls = count(1)

    def changing(self, source, target):
        return next(calls) * 1e-3 * target.features.square().mean()

    monkeypatch.setattr(DANN, "adaptation_loss", changing)
    assert trained.same_seed_same_weights(["dann"], 2).evidence == "not so for DANN"


def test_a_method_that_reads_target_labels_is_found(monkeypatch):
    adapt = AdaBN.adapt_statistics

    def peeking(self, batches):
        adapt(self, batches)
        labels = self.trainer.datamodule.scene.target.train.labels
        with torch.no_grad():
            self.classifier.bias += labels[:10].float() * 1e-3

    monkeypatch.setattr(AdaBN, "adapt_statistics", peeking)
    assert trained.target_labels_are_unread(FEW, 2).evidence == "not so for AdaBN"


def test_halves_that_differ_are_found(monkeypatch):
    originals = trained._originals
    moved = count()
    monkeypatch.setattr(trained, "_originals", lambda samples: originals(samples) + 9 * next(moved))
    assert not trained.halves_are_not_apart(FEW, 2).passed
