"""Golden values: published priors, scipy, and all small sets of predictions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from da.transfer import jensen_shannon, jensen_shannon_floor, total_variation

EVEN = np.array([0.5, 0.5])


@pytest.mark.parametrize(
    ("prior", "divergence", "floor", "by_total_variation"),
    [([0.9, 0.1], 0.1467931024, 0.0733965512, 0.4), ([1.0, 0.0], 0.3112781245, 0.1556390622, 0.5)],
)
def test_label_shift(prior, divergence, floor, by_total_variation):
    prior = np.array(prior)
    assert jensen_shannon(EVEN, prior) == pytest.approx(divergence, abs=1e-9)
    assert jensen_shannon_floor(divergence, 0.0) == pytest.approx(floor, abs=1e-9)
    assert total_variation(EVEN, prior) == pytest.approx(by_total_variation)


def test_equals_scipy():
    p, q = np.random.default_rng(0).dirichlet(np.ones(7), 2)
    assert jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q, base=2) ** 2)
    assert jensen_shannon(p, q) == pytest.approx(jensen_shannon(q, p))
    assert jensen_shannon(p, p) == pytest.approx(0, abs=1e-15)
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1


@settings(derandomize=True, database=None, max_examples=200, deadline=None)
@given(*(st.lists(st.booleans(), min_size=8, max_size=8).map(np.array) for _ in range(4)))
def test_no_predictor_of_two_classes_beats_the_floor(ys, yt, zs, zt):
    priors, predictions = (
        jensen_shannon(*(np.array([1 - x.mean(), x.mean()]) for x in pair))
        for pair in ((ys, yt), (zs, zt))
    )
    error = np.mean(ys != zs) + np.mean(yt != zt)
    assert error >= jensen_shannon_floor(priors, predictions) - 1e-12


def test_predictions_that_differ_more_than_priors_bound_nothing():
    assert jensen_shannon_floor(0.1, 0.2) == 0


def test_what_is_no_divergence_raises():
    with pytest.raises(ValueError, match=r"in \[0, 1\]; got priors=1.1"):
        jensen_shannon_floor(1.1, 0.0)
