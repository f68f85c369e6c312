import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from da import validators as v
from da.batch import Labeled, Unlabeled
from da.benchmark.scoring import (
    CLUSTERED,
    NAMES,
    PLAIN,
    WEIGHTED,
    Views,
    linear_classifier,
    sampled,
    scores,
)

N, D, K = 60, 5, 3
ABSENT = {"value": None, "status": "absent"}


def samples(seed=0, n=N):
    rng = torch.Generator().manual_seed(seed)
    features = torch.randn(n, D, generator=rng)
    weights = torch.randn(K, D, generator=torch.Generator().manual_seed(9))
    logits = features @ weights.T
    return Labeled(features, logits, torch.arange(n) % K), Unlabeled(features + 0.1, logits)


def views():
    """Every view that there can be, of every second target sample."""
    rng = torch.Generator().manual_seed(1)
    rows = torch.arange(0, N, 2)
    return Views(
        source_train=torch.randn(80, D, generator=rng),
        classifier=torch.randn(K, D, generator=rng),
        rows=rows,
        augmented=torch.randn(len(rows), K, generator=rng),
        mixtures=torch.randn(len(rows), K, generator=rng),
        others=torch.arange(len(rows)).flip(0),
    )


def test_each_validator_is_stored_under_its_name():
    source, target = samples()
    given_views = views()
    found = scores(source, target, given_views)
    assert tuple(found) == NAMES
    drawn = Unlabeled(*(x[::2] for x in target))
    weights = v.density_ratio(given_views.source_train, target.features, source.features)
    expected = {f.__name__: f(source, target) for f in (*PLAIN, *CLUSTERED)}
    expected |= {f.__name__: f(source, target, weights=weights) for f in WEIGHTED}
    expected |= {
        "transfer_score": v.transfer_score(source, target, classifier=given_views.classifier),
        "consistency": v.consistency(source, drawn, augmented=given_views.augmented),
        "mixval": v.mixval(source, drawn, mixtures=given_views.mixtures, others=given_views.others),
    }
    assert found == {n: {"value": s.value, "status": s.status} for n, s in expected.items()}
    assert {s["status"] for s in found.values()} == {None}


def test_what_does_not_apply_is_absent():
    found = scores(*samples(), Views())
    absent = {name for name, score in found.items() if score == ABSENT}
    weighted = {f.__name__ for f in WEIGHTED}
    assert absent == {*weighted, "transfer_score", "consistency", "mixval"}


def test_no_value_is_stored_as_none():
    source, target = samples()
    dead = Unlabeled(torch.zeros(N, D), target.logits)  # a network whose units are all dead
    found = scores(source, dead, Views())
    assert found["effective_rank"] == {"value": None, "status": "degenerate"}
    assert found["class_silhouette"]["value"] is None
    assert found["source_accuracy"]["value"] is not None
    json.dumps(found, allow_nan=False)


def test_features_that_are_not_finite_are_not_clustered():
    source, target = samples()
    broken = Unlabeled(torch.full((N, D), torch.nan), target.logits)
    found = scores(source, broken, Views())
    assert {found[f.__name__]["status"] for f in CLUSTERED} == {"degenerate"}
    assert found["entropy"]["value"] is not None


@given(st.integers(0, 2000), st.integers(1, 700))
def test_rows_are_distinct_ascending_and_depend_on_the_number_alone(count, limit):
    rows = sampled(count, limit)
    assert len(rows) == min(count, limit)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert rows.tolist() == sampled(count, limit).tolist()
    assert all(0 <= row < count for row in rows.tolist())


def test_of_many_samples_the_drawn_ones_come_from_everywhere():
    assert sampled(10_000, 500).float().mean().item() == pytest.approx(5000, abs=400)


class Model(torch.nn.Module):
    def __init__(self, bias=True):
        super().__init__()
        self.classifier = torch.nn.Linear(D, K, bias=bias)

    def target(self, scale=1.0):
        features = samples()[0].features
        return Unlabeled(features, scale * self.classifier(features).detach())


@pytest.mark.parametrize("bias", [True, False])
def test_a_linear_classifier_is_recognized_by_its_logits(bias):
    model = Model(bias)
    assert torch.equal(linear_classifier(model, model.target()), model.classifier.weight)
    # as of the mean of two classifiers
    assert linear_classifier(model, model.target(scale=1.1)) is None


def test_without_a_linear_layer_of_these_features_there_are_no_weights():
    model = Model()
    target = model.target()
    assert linear_classifier(torch.nn.Identity(), target) is None
    model.classifier = torch.nn.Linear(D + 1, K)
    assert linear_classifier(model, target) is None
