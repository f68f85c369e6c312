"""Golden values: arithmetic by hand."""

import math

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import (
    gap_closed,
    normalized_gap,
    normalized_score,
    transfer_loss,
    transfer_ratio,
)


def test_gap_closed():
    assert gap_closed(0.62, 0.55, 0.80) == pytest.approx(0.28, abs=1e-9)
    assert gap_closed(0.55, 0.55, 0.80) == 0
    assert gap_closed(0.50, 0.55, 0.80) == pytest.approx(-0.2)


def test_there_is_no_gap_below_two_points():
    assert gap_closed(0.56, 0.55, 0.57) == pytest.approx(0.5)
    assert math.isnan(gap_closed(0.56, 0.55, 0.5699))
    assert math.isnan(gap_closed(0.56, 0.55, 0.40))
    assert math.isnan(gap_closed(0.56, 0.55, math.nan))


def test_normalized_gap():
    assert normalized_gap(0.45, 0.50, num_classes=10) == pytest.approx(0.125, abs=1e-9)
    assert normalized_gap(0.10, 0.50, num_classes=10) == pytest.approx(1)
    assert normalized_gap(0.60, 0.50, num_classes=10) == pytest.approx(-0.25)


def test_nothing_can_be_lost_at_chance():
    assert math.isnan(normalized_gap(0.05, 0.1, num_classes=10))
    assert math.isnan(normalized_gap(0.05, math.nan, num_classes=10))


def test_normalized_score():
    assert normalized_score(0.55, 0.1, 0.9) == pytest.approx(0.45 / 0.8)
    assert math.isnan(normalized_score(0.5, 0.5, 0.51))


def test_transfer_ratio_and_loss():
    errors, in_domain = np.array([0.4, 0.3]), np.array([0.2, 0.1])
    assert transfer_ratio(errors, in_domain) == pytest.approx(2.5)
    assert transfer_loss(errors, in_domain) == pytest.approx(0.2)
    assert math.isnan(transfer_ratio(errors, np.array([0.2, 0.0])))


@pytest.mark.parametrize("measure", [transfer_ratio, transfer_loss])
def test_tasks_must_match(measure, monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match="got 2 and 1"):
        measure(np.ones(2), np.ones(1))
    with pytest.raises(ValueError, match="got 0 and 0"):
        measure(np.ones(0), np.ones(0))
