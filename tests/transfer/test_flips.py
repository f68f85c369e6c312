"""Golden values: ten items by hand; the certificate for all predictions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import config

from da.transfer import flips

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
ADAPTED = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
SOURCE_ONLY = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 0])


@st.composite
def predictions(draw):
    n = draw(st.integers(1, 30))
    classes = st.lists(st.integers(0, 3), min_size=n, max_size=n).map(np.array)
    weights = np.array(draw(st.lists(st.floats(0.01, 10), min_size=n, max_size=n)))
    return draw(classes), draw(classes), draw(classes), weights / weights.mean()


def test_ten_items():
    result = flips(LABELS, ADAPTED, SOURCE_ONLY)
    assert result == pytest.approx((0.2, 0.3, 0.1, 0.4))
    assert result._fields == ("delta", "pfr", "nfr", "disagreement")


@settings(derandomize=True, database=None, max_examples=200, deadline=None)
@given(predictions())
def test_harm_never_exceeds_disagreement(case):
    labels, adapted, reference, weights = case
    for result in (flips(labels, adapted, reference), flips(labels, adapted, reference, weights)):
        assert abs(result.delta) <= result.disagreement + 1e-12
        assert result.delta == result.pfr - result.nfr


@settings(derandomize=True, database=None, max_examples=100, deadline=None)
@given(predictions())
def test_delta_is_the_difference_of_weighted_accuracies(case):
    labels, adapted, reference, weights = case
    accuracy = [np.average(p == labels, weights=weights) for p in (adapted, reference)]
    delta = flips(labels, adapted, reference, weights).delta
    assert delta == pytest.approx(accuracy[0] - accuracy[1], abs=1e-12)


def test_swapping_the_models_swaps_the_flips():
    there, back = flips(LABELS, ADAPTED, SOURCE_ONLY), flips(LABELS, SOURCE_ONLY, ADAPTED)
    assert (back.delta, back.pfr, back.nfr) == (-there.delta, there.nfr, there.pfr)


def test_other_items_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match="10 labels, 9 adapted and 10 reference"):
        flips(LABELS, ADAPTED[1:], SOURCE_ONLY)
    with pytest.raises(ValueError, match="at least 1"):
        flips(LABELS[:0], LABELS[:0], LABELS[:0])
