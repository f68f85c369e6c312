"""Golden values: arithmetic by hand; the inequality for all predictions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import config

from da.transfer import check_label_shift_floor, label_shift_floor, total_variation


def classes(n):
    return st.lists(st.integers(0, 3), min_size=n, max_size=n).map(np.array)


def domain():
    return st.integers(1, 25).flatmap(lambda n: st.tuples(classes(n), classes(n)))


@pytest.mark.parametrize(
    ("q", "distance"), [([0.5, 0.5], 0), ([0.9, 0.1], 0.4), ([1, 0], 0.5), ([0.75, 0.25], 0.25)]
)
def test_total_variation(q, distance):
    assert total_variation(np.array([0.5, 0.5]), np.array(q)) == pytest.approx(distance)


@settings(derandomize=True, database=None, max_examples=300, deadline=None)
@given(domain(), domain(), st.integers(0, 1000))
def test_no_predictor_beats_the_floor(source, target, seed):
    weights = np.random.default_rng(seed).exponential(size=len(target[0])) + 0.01
    weights /= weights.mean()
    floor = label_shift_floor(*source, *target, num_classes=4, target_weights=weights)
    source_error = np.mean(source[0] != source[1])
    target_error = np.average(target[0] != target[1], weights=weights)
    check_label_shift_floor(floor, float(source_error), float(target_error))


def test_aligned_predictions_pay_for_the_shift_of_the_prior():
    balanced, one_class = np.array([0, 1, 0, 1]), np.array([0, 0, 0, 0])
    floor = label_shift_floor(balanced, balanced, one_class, balanced, num_classes=2)
    assert floor == 0.5  # reached: no source error, half of the target


def test_weights_change_the_target_prior():
    source, target = np.array([0, 1]), np.array([0, 1])
    weights = np.array([1.8, 0.2])
    constant = np.array([0, 0])
    floor = label_shift_floor(
        source, constant, target, constant, num_classes=2, target_weights=weights
    )
    assert floor == pytest.approx(0.4)


def test_an_impossible_error_raises():
    check_label_shift_floor(0.5, 0.2, 0.3)
    check_label_shift_floor(0.5, 0.2, 0.3 - 1e-10)
    with pytest.raises(ValueError, match=r"evaluation is inconsistent: source error 0\.2"):
        check_label_shift_floor(0.5, 0.2, 0.2999)
    with pytest.raises(ValueError, match="evaluation is inconsistent"):
        check_label_shift_floor(0.5, 0.2, float("nan"))


def test_bad_classes_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    y = np.array([0, 1])
    with pytest.raises(ValueError, match=r"classes are in \[0, 2\).*got 0 to 2"):
        label_shift_floor(y, np.array([0, 2]), y, y, num_classes=2)
    with pytest.raises(ValueError, match="got no samples"):
        label_shift_floor(y[:0], y[:0], y, y, num_classes=2)
    with pytest.raises(ValueError, match="each source sample has one prediction; got 1 for 2"):
        label_shift_floor(y, y[:1], y, y, num_classes=2)
    with pytest.raises(ValueError, match="each target sample has one prediction; got 1 for 2"):
        label_shift_floor(y, y, y, y[:1], num_classes=2)
