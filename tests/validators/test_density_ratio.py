"""Between normal distributions, of which the ratio of densities is known."""

import math

import numpy as np
import pytest
import torch

from da.validators import density_ratio, effective_size, self_normalized_iwcv

from .examples import LOGITS, source, target


def normal(n, mean, seed):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, 2, generator=rng) + torch.tensor([mean, 0.0])


def test_ratio_of_two_normal_distributions():
    held_out = normal(200, 0.0, 2)
    weights = density_ratio(normal(3000, 0.0, 0), normal(2000, 1.0, 1), held_out)
    expected = np.exp(held_out[:, 0].double().numpy() - 0.5)
    inner = expected < np.quantile(expected, 0.95)
    np.testing.assert_allclose(weights[inner], expected[inner], rtol=0.15)


def test_the_same_distribution_has_ratio_one_whatever_the_numbers():
    weights = density_ratio(normal(3000, 0.0, 0), normal(500, 0.0, 1), normal(300, 0.0, 2))
    assert weights.mean() == pytest.approx(1, abs=0.05)
    assert effective_size(weights) > 290


def test_the_largest_are_clipped():
    held_out = torch.cat([normal(399, 0.0, 2), torch.tensor([[60.0, 0.0]])])
    weights = density_ratio(normal(500, 0.0, 0), normal(500, 1.0, 1), held_out)
    # the 99.5 % quantile of 400 lies between the third and the second largest
    assert (weights == weights.max()).sum() == 2
    assert weights.max() < 1e3


def test_domains_far_apart_have_finite_weights():
    weights = density_ratio(normal(50, 0.0, 0), normal(50, 1e30, 1), normal(40, 0.0, 2))
    assert np.isfinite(weights).all()
    assert (weights < 0.1).all()


def test_features_may_be_constant():
    weights = density_ratio(torch.ones(20, 2), torch.ones(10, 2), torch.ones(5, 2))
    np.testing.assert_allclose(weights, 1, rtol=1e-3)


@pytest.mark.parametrize(
    ("train", "other"),
    [
        (torch.zeros(4, 2), torch.zeros(40, 2)),
        (torch.zeros(40, 2), torch.zeros(0, 2)),
        (torch.full((40, 2), torch.nan), torch.zeros(40, 2)),
        (torch.zeros(40, 2), torch.full((40, 2), torch.inf)),
    ],
)
def test_weights_that_cannot_be_estimated_are_nan_and_their_score_degenerate(train, other):
    weights = density_ratio(train, other, torch.zeros(32, 2))
    assert np.isnan(weights).all()
    held_out = source(LOGITS.repeat(4, 1), torch.zeros(32, dtype=torch.int64))
    score = self_normalized_iwcv(held_out, target(LOGITS), weights=weights)
    assert math.isnan(score.value)
    assert score.status == "degenerate"


def test_nobody_has_no_weights():
    assert density_ratio(normal(9, 0.0, 0), normal(9, 0.0, 1), torch.zeros(0, 2)).shape == (0,)
