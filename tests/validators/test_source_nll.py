"""Golden values: scikit-learn."""

import pytest
from sklearn.metrics import log_loss

from da.validators import source_nll

from .examples import LABELS, LOGITS, confident, source, target


def test_equals_scikit_learn():
    value = source_nll(source(), target(LOGITS)).value
    assert value == pytest.approx(-log_loss(LABELS, LOGITS.exp()))


def test_certain_and_right_is_zero():
    assert source_nll(source(confident(LABELS, 3)), target(LOGITS)).value == 0


def test_certain_and_wrong_stays_finite():
    wrong = confident((LABELS + 1) % 3, 3)
    assert source_nll(source(wrong), target(LOGITS)).value == -1000
