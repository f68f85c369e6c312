from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from da.benchmark.gate_wording import gate_lines, gate_name, verdict
from da.transfer import Evidence, certificate, gate

SOUND = Evidence(0.3, 0.02, 0.01, 0.05, True, -0.005, 40.0, 0.9, 1.2)
CHANGES = certificate(np.array([0, 0, 0, 1] * 5), np.array([0, 0, 1, 1] * 5))


def lines(**changes):
    return {g.name[:2]: g for g in gate_lines(replace(SOUND, **changes))}


def test_every_gate_tells_value_threshold_and_why():
    told = [(g.name, g.value, g.threshold, g.passed) for g in gate_lines(SOUND)]
    assert told == [
        ("G1 prediction changes", "30.0 %", "≤ 2.0 %", False),
        ("G2 target score", "+0.020", "≥ 0.000", True),
        ("G3 source accuracy lost", "+1.0 points", "≤ +3.0 points", True),
        ("G4 class proportions", "0.05", "≤ 0.15", True),
        ("G5 estimated gain", "−0.5 points", "≥ −1.0 points", True),
        ("G6 samples per class", "40.0", "≥ 5.0", True),
        ("G7 spread over classes", "0.90, 1.20", "≥ 0.50, ≤ 3.00", True),
    ]
    assert gate_name("data_guard") == "G6 samples per class"


@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("G1", {"disagreement": 0.01}),
        ("G2", {"margin": -0.1}),
        ("G3", {"source_loss": 0.1}),
        ("G4", {"prior_shift": 0.3}),
        ("G5", {"estimated_gain": -0.1}),
        ("G6", {"items_per_class": 1.0}),
        ("G7", {"share_ratio": 4.0}),
    ],
)
def test_the_reason_changes_with_the_gate(number, change):
    assert lines()[number].passed is not lines(**change)[number].passed
    assert lines()[number].why != lines(**change)[number].why


def test_what_is_not_known_is_told():
    (line,) = (g for g in gate_lines(replace(SOUND, margin=float("nan"))) if g.value == "–")
    assert line.name == "G2 target score"
    assert "what is not known opens no gate" in line.why


def test_class_proportions_do_not_matter_to_some_methods():
    line = lines(marginal_aligning=False, prior_shift=0.5)["G4"]
    assert (line.value, line.threshold, line.passed) == ("0.50", "–", True)
    assert "does not depend" in line.why


def test_a_verdict_says_what_can_change():
    change = "at most 25.0 points of accuracy can change on these 20 target samples"
    accepted = verdict(gate(SOUND), CHANGES)
    assert accepted.startswith("accept the adapted model: every required gate")
    assert change in accepted
    # the exact limit for 5 of 20
    upper = 100 * stats.beta.ppf(0.95, 6, 15)
    assert f"and at most {upper:.1f} on others like them with 95 % confidence" in accepted
    assert "others" not in verdict(gate(SOUND), CHANGES, held_out=False)
    certified = verdict(gate(replace(SOUND, disagreement=0.01, margin=-1.0)), CHANGES)
    assert certified.startswith(f"accept the adapted model: {change}")
    refused = verdict(gate(replace(SOUND, margin=-1.0, estimated_gain=-1.0)), CHANGES)
    assert refused.startswith("use source-only: what speaks against adaptation is target score; ")
    assert change in refused
