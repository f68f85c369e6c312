"""Golden values: arithmetic by hand; a smaller error in a simulation."""

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import shrink


def test_by_hand():
    # tau2 = mean of (.04 - .01, .01 - .01) = .015
    shrunk = shrink(np.array([0.2, -0.1]), np.array([0.01, 0.01]))
    np.testing.assert_allclose(shrunk, [0.2 * 0.6, -0.1 * 0.6])


def test_noise_vanishes_and_what_is_sure_stays():
    np.testing.assert_array_equal(shrink(np.array([0.1, -0.1]), np.array([0.01, 0.02])), 0)
    d = np.array([0.1, -0.3])
    np.testing.assert_array_equal(shrink(d, np.zeros(2)), d)
    np.testing.assert_array_equal(shrink(np.zeros(2), np.zeros(2)), 0)


def test_unknown_classes_stay_unknown():
    shrunk = shrink(np.array([0.2, np.nan, 0.3]), np.array([0.01, 0.01, np.nan]))
    assert shrunk[0] == pytest.approx(0.2 * 0.03 / 0.04)
    assert np.isnan(shrunk[1:]).all()
    assert np.isnan(shrink(np.array([np.nan]), np.array([np.nan]))).all()


def test_is_nearer_the_truth():
    rng = np.random.default_rng(0)
    truth, variances = rng.normal(0, 0.05, 2000), rng.uniform(0.001, 0.02, 2000)
    raw = truth + rng.normal(size=2000) * variances**0.5
    assert np.mean((shrink(raw, variances) - truth) ** 2) < 0.5 * np.mean((raw - truth) ** 2)


def test_bad_variances_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match="a variance of at least 0"):
        shrink(np.zeros(2), np.array([0.1, -0.1]))
    with pytest.raises(ValueError, match="for 2 differences"):
        shrink(np.zeros(2), np.zeros(3))
