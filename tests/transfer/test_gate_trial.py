"""Golden values: four cells by hand."""

import math

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import gate_trial, harms

ADAPTED = np.array([0.70, 0.50, 0.90, 0.69])
SOURCE_ONLY = np.array([0.60, 0.60, 0.80, 0.70])


def test_four_cells():
    trial = gate_trial(np.array([True, True, False, False]), ADAPTED, SOURCE_ONLY)
    assert trial.acceptance == 0.5
    assert trial.harm_rate == 0.5
    assert trial.unguarded == 0.25
    assert trial.gated == pytest.approx((0.70 + 0.50 + 0.80 + 0.70) / 4)
    assert trial.always == pytest.approx((0.70 + 0.50 + 0.90 + 0.69) / 4)
    assert trial.never == pytest.approx((0.60 + 0.60 + 0.80 + 0.70) / 4)
    assert trial.missed_gain == pytest.approx(0.1 / 4)
    assert trial.oracle == pytest.approx((0.70 + 0.60 + 0.90 + 0.70) / 4)


def test_a_loss_of_the_materiality_is_no_harm():
    only_last = np.array([False, False, False, True])
    assert gate_trial(only_last, ADAPTED, SOURCE_ONLY).harm_rate == 0
    assert gate_trial(only_last, ADAPTED, SOURCE_ONLY, materiality=0.005).harm_rate == 1


def test_only_a_loss_of_more_than_the_materiality_harms():
    assert harms(ADAPTED, SOURCE_ONLY).tolist() == [False, True, False, False]
    assert harms(ADAPTED, SOURCE_ONLY, 0.005).tolist() == [False, True, False, True]


def test_the_gate_that_knows_is_the_oracle():
    trial = gate_trial(ADAPTED > SOURCE_ONLY, ADAPTED, SOURCE_ONLY)
    assert trial.gated == pytest.approx(trial.oracle)
    assert (trial.harm_rate, trial.missed_gain) == (0, 0)


def test_a_gate_that_is_always_shut_is_source_only():
    trial = gate_trial(np.zeros(4, bool), ADAPTED, SOURCE_ONLY)
    assert trial.gated == pytest.approx(SOURCE_ONLY.mean())
    assert math.isnan(trial.harm_rate)


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    accepted = np.ones(4, bool)
    with pytest.raises(ValueError, match="got 4, 3 and 4"):
        gate_trial(accepted, ADAPTED[1:], SOURCE_ONLY)
    with pytest.raises(ValueError, match="got 0, 0 and 0"):
        gate_trial(accepted[:0], ADAPTED[:0], SOURCE_ONLY[:0])
    with pytest.raises(ValueError, match="materiality is at least 0"):
        gate_trial(accepted, ADAPTED, SOURCE_ONLY, materiality=-0.1)
