"""Golden values: eight source and five target samples of two classes."""

import pytest
import torch

from da.validators import atc

from .examples import LOGITS, PROBABILITIES, source, target


def logits_of(confidences):
    """Logits of three classes, the first of which has this probability."""
    p = torch.tensor(confidences, dtype=torch.float64)
    return torch.stack([p, (1 - p) / 2, (1 - p) / 2], 1).log()


CONFIDENCES = [0.95, 0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.45]
WRONG = torch.tensor([0, 0, 0, 1, 0, 1, 1, 0])  # predicted as 0, three of them are not
TARGET = target(logits_of([0.99, 0.85, 0.65, 0.52, 0.58]))


def test_golden_value():
    score = atc(source(logits_of(CONFIDENCES), WRONG), TARGET)
    assert score.value == pytest.approx(0.6)
    assert score.value != pytest.approx(0.718)  # the mean confidence


def test_the_threshold_is_the_confidence_of_the_fourth_least_sure():
    # three of eight are wrong, and .45, .5 and .55 lie below .6
    around = target(logits_of([0.6 + 1e-9] * 2 + [0.6 - 1e-9] * 4))
    assert atc(source(logits_of(CONFIDENCES), WRONG), around).value == pytest.approx(2 / 6)


@pytest.mark.parametrize("wrong", range(9))
def test_estimates_the_accuracy_of_the_source_itself(wrong):
    labels = torch.tensor([1] * wrong + [0] * (8 - wrong))
    held_out = source(logits_of(CONFIDENCES), labels)
    assert atc(held_out, target(held_out.logits)).value == 1 - wrong / 8


def test_all_wrong_is_zero_and_all_right_counts_what_is_as_sure_as_the_least_sure():
    assert atc(source(logits_of(CONFIDENCES), torch.ones(8).long()), TARGET).value == 0
    held_out = source(logits_of([0.6, 0.6, 0.9, 0.9, 0.9, 0.9]), torch.zeros(6).long())
    assert atc(held_out, TARGET).value == pytest.approx(3 / 5)


def test_entropy_is_another_confidence():
    # Half and half is surer by entropy than .55 and two other classes.
    half = torch.tensor([[0.5, 0.499, 0.001]] * 6, dtype=torch.float64).log()
    spread = torch.tensor([[0.55, 0.225, 0.225]] * 6, dtype=torch.float64).log()
    held_out = source(spread, torch.zeros(6).long())
    assert atc(held_out, target(half)).value == 0
    assert atc(held_out, target(half), confidence="entropy").value == 1


def test_either_domain_has_its_say_in_the_status():
    few = target(PROBABILITIES.log())
    assert atc(source(), few).status == "collapsed"
    assert atc(source(LOGITS[:0], torch.zeros(0).long()), target(LOGITS)).status == "too_few"
