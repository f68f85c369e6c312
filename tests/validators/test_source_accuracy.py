"""Golden values: scikit-learn."""

import pytest
from sklearn.metrics import accuracy_score

from da.validators import source_accuracy

from .examples import LABELS, LOGITS, source, target


def test_equals_scikit_learn():
    value = source_accuracy(source(), target(LOGITS)).value
    assert value == pytest.approx(accuracy_score(LABELS, LOGITS.argmax(1)))
    assert value == 0.75


def test_is_blind_to_the_target():
    assert source_accuracy(source(), target(LOGITS[:0])).value == 0.75
