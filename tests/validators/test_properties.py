"""What holds for any predictions and features: bounds, symmetries, and a status where it fails."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from da.batch import Labeled, Unlabeled
from da.validators import (
    atc,
    circv,
    class_ami,
    class_confusion,
    class_silhouette,
    consistency,
    density_ratio,
    dev,
    devn,
    effective_rank,
    ensemble_classes,
    ensv,
    entropy,
    gde,
    hopkins,
    information_maximization,
    iwcv,
    matrix_norm,
    mixval,
    neighborhood_density,
    nuclear_norm,
    prior_matching,
    self_normalized_iwcv,
    softmax_correlation,
    source_accuracy,
    source_nll,
)

from .test_score import OF_ANY_CLASSES

#: Bounds of each score of n predictions for k classes, with at least as many samples as classes.
BOUNDS = {
    entropy: lambda n, k: (-1, 0),
    information_maximization: lambda n, k: (0, 1),
    nuclear_norm: lambda n, k: (1 / k, 1),
    class_confusion: lambda n, k: (1 / k - 1, 0),
    softmax_correlation: lambda n, k: (k**-0.5, 1),
    neighborhood_density: lambda n, k: (0, math.log(n - 1)),
    matrix_norm: lambda n, k: (1 / k, k**-0.25),
}

moderately = settings(derandomize=True, database=None, max_examples=25, deadline=None)
rarely = settings(derandomize=True, database=None, max_examples=8, deadline=None)
LOGITS = st.floats(-50, 50)
VALUES = st.one_of(st.sampled_from([0.0, 1.0, -1.0, 1e-30, 1e30, -1e30, 1e200]), LOGITS)


@st.composite
def predictions(draw, values=LOGITS, as_many=False):
    k = draw(st.integers(2, 6))
    n = draw(st.integers(k if as_many else 1, 24))
    return torch.as_tensor(draw(arrays(float, (n, k), elements=values)))


def unlabeled(logits, features=None):
    return Unlabeled(logits if features is None else features, logits)


def labeled(target):
    return Labeled(*target, torch.arange(len(target.logits)) % target.logits.shape[1])


def value(validator, logits):
    target = unlabeled(logits)
    return validator(labeled(target), target).value


@pytest.mark.parametrize("validator", BOUNDS)
@moderately
@given(predictions(as_many=True))
def test_scores_of_predictions_are_within_their_bounds(validator, logits):
    low, high = BOUNDS[validator](*logits.shape)
    assert low - 1e-9 <= value(validator, logits) <= high + 1e-9


@pytest.mark.parametrize(
    ("validator", "low", "high"),
    [(source_accuracy, 0, 1), (source_nll, -math.inf, 0), (atc, 0, 1)],
)
@moderately
@given(predictions())
def test_scores_of_source_labels_are_within_their_bounds(validator, low, high, logits):
    assert low <= value(validator, logits) <= high


@moderately
@given(predictions(), st.integers(0, 9))
def test_matching_a_prior_is_never_positive(logits, seed):
    prior = np.random.default_rng(seed).dirichlet(np.ones(logits.shape[1]))
    target = unlabeled(logits)
    assert prior_matching(labeled(target), target, prior=prior).value <= 1e-9


@moderately
@given(predictions(), st.integers(0, 9))
def test_agreements_are_shares(logits, seed):
    rng = torch.Generator().manual_seed(seed)
    other = 10 * torch.randn(logits.shape, generator=rng, dtype=torch.float64)
    target, partners = unlabeled(logits), torch.randperm(len(logits), generator=rng)
    source = labeled(target)
    ensemble = ensemble_classes([logits, other, -other])
    scores = [
        consistency(source, target, augmented=other),
        gde(source, target, twin=other),
        circv(source, target, backward=other),
        ensv(source, target, ensemble=ensemble),
        mixval(source, target, mixtures=other, others=partners),
    ]
    assert all(0 <= score.value <= 1 for score in scores)


@moderately
@given(st.integers(2, 20), st.integers(1, 8), st.integers(0, 9))
def test_scores_of_features_are_within_their_bounds(n, d, seed):
    rng = torch.Generator().manual_seed(seed)
    features, logits = torch.randn(n, d, generator=rng), torch.randn(n, 3, generator=rng)
    target = unlabeled(logits.double(), features.double())
    source = labeled(target)
    assert 1 - 1e-9 <= effective_rank(source, target).value <= min(n, d) + 1e-9
    for validator, low in ((class_ami, -math.inf), (class_silhouette, -1)):
        score = validator(source, target)
        assert score.status == "degenerate" or low <= score.value <= 1 + 1e-9


@pytest.mark.parametrize("validator", BOUNDS)
@moderately
@given(predictions(as_many=True), st.randoms(use_true_random=False))
def test_order_of_samples_and_names_of_classes_do_not_matter(validator, logits, random):
    n, k = logits.shape
    rows, columns = random.sample(range(n), n), random.sample(range(k), k)
    expected = value(validator, logits)
    assert value(validator, logits[rows]) == pytest.approx(expected, abs=1e-9)
    assert value(validator, logits[:, columns]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("validator", [v for v in BOUNDS if v is not matrix_norm])
@moderately
@given(predictions(as_many=True))
def test_a_constant_added_to_the_logits_of_a_sample_does_not_matter(validator, logits):
    shift = torch.linspace(-20, 20, len(logits), dtype=torch.float64)[:, None]
    assert value(validator, logits + shift) == pytest.approx(value(validator, logits), abs=1e-9)


@pytest.mark.parametrize("validator", OF_ANY_CLASSES)
@moderately
@given(predictions(VALUES), st.integers(1, 4), st.data())
@example(torch.zeros(1, 2), 1, None)
@example(torch.zeros(9, 3), 2, None)
@example(torch.full((9, 3), 1e30), 2, None)
def test_any_input_has_a_value_or_a_status_that_says_why_not(validator, logits, d, data):
    n = len(logits)
    features = torch.ones(n, d)
    if data is not None:
        features = torch.as_tensor(data.draw(arrays(float, (n, d), elements=VALUES)))
    target = unlabeled(logits.double(), features.double())
    score = validator(labeled(target), target)
    assert math.isfinite(score.value) == (score.status in (None, "collapsed"))


@rarely
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 3), st.integers(0, 9), st.data())
def test_any_features_have_weights_or_none(n, m, d, seed, data):
    scale = data.draw(st.sampled_from([0.0, 1.0, 1e-30, 1e30]))
    rng = torch.Generator().manual_seed(seed)
    features = scale * torch.randn(n, d, generator=rng)
    other = 1 + scale * torch.randn(m, d, generator=rng)
    weights = density_ratio(features, other, features)
    logits = torch.randn(n, 2, generator=rng)
    for validator in (iwcv, self_normalized_iwcv, dev, devn):
        score = validator(labeled(unlabeled(logits)), unlabeled(torch.zeros(m, 2)), weights=weights)
        assert math.isfinite(score.value) == (score.status in (None, "collapsed"))


@rarely
@given(st.integers(2, 5), st.randoms(use_true_random=False))
def test_clear_clusters_are_found_in_any_order(k, random):
    n = 6 * k
    noise = 0.01 * np.random.default_rng(n).normal(size=(n, k))
    features = torch.as_tensor(np.eye(k)[np.arange(n) % k] + noise)
    logits = 5 * features.roll(1, 1)
    rows = random.sample(range(n), n)
    for validator in (class_ami, class_silhouette, effective_rank):
        plain, moved = unlabeled(logits, features), unlabeled(logits[rows], features[rows])
        expected = validator(labeled(plain), plain).value
        assert validator(labeled(moved), moved).value == pytest.approx(expected, abs=1e-9)
        turned = unlabeled(logits, 3 * features @ torch.linalg.qr(features[:k]).Q)
        assert validator(labeled(turned), turned).value == pytest.approx(expected, abs=1e-9)


@moderately
@given(arrays(float, (30, 2), elements=st.floats(-1e6, 1e6)))
def test_the_hopkins_statistic_is_a_share_or_undefined(points):
    result = hopkins(torch.as_tensor(points))
    assert math.isnan(result) == bool((points == points[0]).all()) or 0 <= result <= 1
