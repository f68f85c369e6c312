"""Golden values: curves by hand, and the sum over classes of prior times recall."""

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import OverallHarm, aurc, harm, overall_harm, stress_scores

S = np.linspace(0, 1, 5)
DELTA = np.array([0.04, 0.02, 0, -0.02, -0.06])


def differences(spread=0.0, seeds=3, items=100):
    """The curve of five levels, with noise that the levels share."""
    noise = np.random.default_rng(0).normal(0, spread, (1, seeds, items))
    return DELTA[:, None, None] + noise - noise.mean()


def test_estimates_are_those_of_the_curve():
    result = stress_scores(S, differences(0.1), materiality=0.01, resamples=300)
    assert result.aurc.estimate == pytest.approx(-0.0025)
    assert result.harm.estimate == pytest.approx(0.0125)
    assert result.break_even.estimate == pytest.approx(0.625)
    assert result.worst.estimate == pytest.approx(-0.06)
    for interval in result:
        assert interval.low <= interval.estimate <= interval.high


def test_nothing_varies_without_noise():
    for interval in stress_scores(S, differences(), resamples=20):
        assert interval.half_width == pytest.approx(0, abs=1e-12)


def test_noise_that_levels_share_moves_the_whole_curve():
    result = stress_scores(S, differences(0.3), resamples=2000)
    assert result.aurc.half_width == pytest.approx(result.worst.half_width, rel=0.02)


def test_a_curve_that_may_never_fall_has_no_upper_bound():
    result = stress_scores(S, differences(0.5) + 0.05, resamples=300)
    assert result.break_even.high == np.inf


def test_levels_of_label_shift_weigh_the_recalls():
    rng = np.random.default_rng(1)
    labels, d = rng.integers(0, 3, 90), rng.integers(-1, 2, (3, 90)).astype(float)
    priors = np.array([[1 / 3, 1 / 3, 1 / 3], [0.6, 0.3, 0.1], [0.9, 0.1, 0.0]])
    levels = np.array([0.0, 0.5, 1.0])
    result = stress_scores(levels, np.stack([d] * 3), labels=labels, priors=priors, resamples=100)
    recalls = np.array([d[:, labels == c].mean() for c in range(3)])
    assert result.aurc.estimate == pytest.approx(float(aurc(levels, priors @ recalls)))
    assert result.harm.estimate == pytest.approx(float(harm(levels, priors @ recalls)))


def test_a_class_without_items_may_have_no_share():
    labels, d = np.array([0, 0, 2, 2]), np.ones((2, 1, 4))
    priors = np.array([[0.5, 0.0, 0.5, 0.0], [1.0, 0.0, 0.0, 0.0]])
    result = stress_scores(np.array([0.0, 1.0]), d, labels=labels, priors=priors, resamples=10)
    assert result.aurc.estimate == 1


def test_labels_alone_keep_the_mean():
    labels = np.repeat([0, 1], [80, 20])
    d = differences(0.3)
    free, kept = (stress_scores(S, d, labels=y, resamples=50) for y in (None, labels))
    assert kept.aurc.estimate == pytest.approx(free.aurc.estimate)


def test_overall():
    assert overall_harm({"noise": 0.01, "prior": 0.05}) == OverallHarm(
        pytest.approx(0.03), 0.05, "prior"
    )
    with pytest.raises(ValueError, match="at least 1 axis"):
        overall_harm({})


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    d, labels = np.zeros((2, 2, 4)), np.array([0, 0, 1, 1])
    levels, even = np.array([0.0, 1.0]), np.full((2, 2), 0.5)
    with pytest.raises(ValueError, match="got no labels, so pass labels too"):
        stress_scores(levels, d, priors=even)
    with pytest.raises(ValueError, match=r"got \(1, 2\) for 2 levels and 2 classes"):
        stress_scores(levels, d, labels=labels, priors=even[:1])
    with pytest.raises(ValueError, match="no share to a class without items"):
        stress_scores(levels, d, labels=labels * 2, priors=np.full((2, 3), 1 / 3))
    with pytest.raises(ValueError, match="no share to a class without items"):
        stress_scores(levels, d, labels=labels, priors=np.full((2, 4), 1 / 4))
    with pytest.raises(ValueError, match="at least 2 rising levels"):
        stress_scores(levels[::-1], d)
