"""Golden values: ten items by hand."""

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import recall_differences

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
ADAPTED = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
SOURCE_ONLY = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 0])


def test_ten_items():
    result = recall_differences(
        LABELS, (ADAPTED == LABELS)[None], (SOURCE_ONLY == LABELS)[None], resamples=200
    )
    assert result.macro.estimate == pytest.approx(0.25)
    assert result.worst.estimate == pytest.approx(0.0)  # 1/2 of class 1 against 1/2 of class 0
    assert result.macro.low <= 0.25 <= result.macro.high


def test_the_majority_does_not_decide():
    labels = np.repeat([0, 1], [180, 20])
    rng = np.random.default_rng(0)
    reference = rng.uniform(size=(3, 200)) < np.where(labels == 0, 0.6, 0.95)
    adapted = np.where(
        labels == 0, rng.uniform(size=(3, 200)) < 0.95, rng.uniform(size=(3, 200)) < 0.1
    )
    result = recall_differences(labels, adapted, reference, resamples=2000)
    assert (adapted.mean() - reference.mean()) > 0.2
    assert result.macro.high < 0
    assert result.worst.high < 0
    lowest = [min(m[:, labels == c].mean() for c in (0, 1)) for m in (adapted, reference)]
    assert result.worst.estimate == pytest.approx(lowest[0] - lowest[1])


def test_the_size_of_a_class_is_kept():
    labels = np.array([0] * 20 + [1])  # drawn freely, class 1 would often be absent
    right = np.random.default_rng(1).uniform(size=(2, 21)) < 0.5
    result = recall_differences(labels, right, ~right, resamples=300)
    assert np.isfinite([result.macro.low, result.macro.high]).all()


def test_swapping_the_models_turns_the_sign():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 4, 60)
    a, b = (rng.uniform(size=(3, 60)) < p for p in (0.7, 0.5))
    there = recall_differences(labels, a, b, resamples=1000).macro
    back = recall_differences(labels, b, a, resamples=1000).macro
    assert back.estimate == pytest.approx(-there.estimate)
    assert back.low == pytest.approx(-there.high, abs=0.02)


def test_other_items_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    right = np.ones((2, 10), bool)
    with pytest.raises(ValueError, match="so keep what all of them have"):
        recall_differences(LABELS, right, right[:1])
