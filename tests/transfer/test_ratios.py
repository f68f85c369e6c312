"""Golden values: arithmetic by hand."""

import math

import pytest

from da.transfer import gap_closed, normalized_gap


def test_gap_closed():
    assert gap_closed(0.62, 0.55, 0.80) == pytest.approx(0.28)
    assert gap_closed(0.55, 0.55, 0.80) == 0
    assert gap_closed(0.50, 0.55, 0.80) == pytest.approx(-0.2)


def test_there_is_no_gap_below_two_points():
    assert gap_closed(0.56, 0.55, 0.57) == pytest.approx(0.5)
    assert math.isnan(gap_closed(0.56, 0.55, 0.5699))
    assert math.isnan(gap_closed(0.56, 0.55, 0.40))
    assert math.isnan(gap_closed(0.56, 0.55, math.nan))


def test_normalized_gap():
    assert normalized_gap(0.45, 0.50, num_classes=10) == pytest.approx(0.125)
    assert normalized_gap(0.10, 0.50, num_classes=10) == pytest.approx(1)
    assert normalized_gap(0.60, 0.50, num_classes=10) == pytest.approx(-0.25)


def test_nothing_can_be_lost_at_chance():
    assert math.isnan(normalized_gap(0.05, 0.1, num_classes=10))
    assert math.isnan(normalized_gap(0.05, math.nan, num_classes=10))
