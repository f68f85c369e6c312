"""Golden values: classifiers and point sets whose parts are known."""

import math

import numpy as np
import pytest
import torch

from da.validators import hopkins, information_maximization, non_uniformity, transfer_score

from .examples import FEATURES, LABELS, LOGITS, confident, source, target

CORNERS = torch.eye(3)
SIMPLEX = CORNERS - CORNERS.mean(0)


def test_adds_up_its_three_parts():
    held_out = target(LOGITS, FEATURES)
    score = transfer_score(source(), held_out, classifier=CORNERS)
    information = information_maximization(source(), held_out).value
    expected = hopkins(FEATURES) + information - 0.2741556778
    assert score.value == pytest.approx(expected, abs=1e-9)
    assert score.status is None


def test_the_angles_of_a_simplex_are_uniform():
    assert non_uniformity(SIMPLEX) == pytest.approx(0, abs=1e-15)
    assert non_uniformity(torch.tensor([[1.0], [-1.0]])) == pytest.approx(0, abs=1e-15)
    assert non_uniformity(CORNERS) == pytest.approx(0.2741556778, abs=1e-9)
    assert non_uniformity(CORNERS) == pytest.approx((math.pi / 2 - math.acos(-1 / 2)) ** 2)
    assert non_uniformity(torch.ones(2, 5)) == pytest.approx(math.pi**2)


def test_lengths_and_order_of_the_class_weights_do_not_matter():
    weights = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    lengths = torch.tensor([[1e-200], [1.0], [3.0], [1e200]], dtype=torch.float64)
    moved = (lengths * weights)[[2, 0, 3, 1]]
    assert non_uniformity(moved) == pytest.approx(non_uniformity(weights))


def test_uniform_points_have_no_clusters():
    square = torch.rand(2000, 2, generator=torch.Generator().manual_seed(0))
    assert hopkins(square) == pytest.approx(0.5, abs=0.05)
    assert hopkins(square * torch.tensor([1.0, 1e-3])) == pytest.approx(0.5, abs=0.05)


def test_tight_clusters_have():
    rng = torch.Generator().manual_seed(0)
    centers = torch.rand(5, 2, generator=rng)
    points = centers[torch.arange(1000) % 5] + 0.001 * torch.randn(1000, 2, generator=rng)
    assert hopkins(points) > 0.99


def test_a_point_is_not_its_own_neighbour():
    # A grid: neighbours are exactly 1 apart, and no point of the square is further than .71.
    grid = torch.cartesian_prod(torch.arange(20.0), torch.arange(20.0))
    value = hopkins(grid)
    assert 0.2 < value < math.sqrt(0.5) / (1 + math.sqrt(0.5))


def test_scale_does_not_matter():
    assert hopkins(1e6 * FEATURES + 3) == pytest.approx(hopkins(FEATURES))


@pytest.mark.parametrize("features", [torch.ones(8, 4), torch.ones(1, 4)])
def test_features_without_extent_are_degenerate(features):
    assert math.isnan(hopkins(features))
    score = transfer_score(source(), target(LOGITS[: len(features)], features), classifier=CORNERS)
    assert score.status == "degenerate"


def test_a_class_without_weights_is_degenerate():
    weights = torch.tensor([[1.0, 0], [0, 0], [0, 1]])
    assert math.isnan(non_uniformity(weights))
    score = transfer_score(source(), target(LOGITS, FEATURES), classifier=weights)
    assert score.status == "degenerate"
    bad = torch.full((3, 2), torch.nan)
    assert transfer_score(source(), target(LOGITS, FEATURES), classifier=bad).status == "degenerate"


def test_certain_and_balanced_predictions_add_one():
    balanced = confident(torch.tensor([0, 0, 1, 1, 2, 2, 0, 1]), 3)
    collapsed = confident(torch.zeros_like(LABELS), 3)
    scores = [
        transfer_score(source(), target(logits, FEATURES), classifier=SIMPLEX)
        for logits in (balanced, collapsed)
    ]
    expected = -np.sum(np.array([3, 3, 2]) / 8 * np.log(np.array([3, 3, 2]) / 8)) / np.log(3)
    assert scores[0].value - scores[1].value == pytest.approx(expected)
    assert scores[1].status == "collapsed"


def test_a_classifier_of_other_classes_raises():
    with pytest.raises(ValueError, match="one row for each of 3 classes; got 2"):
        transfer_score(source(), target(LOGITS, FEATURES), classifier=torch.eye(2))
