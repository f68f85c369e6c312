"""A decision of the gate in plain sentences: what each gate saw, and why it is open or shut."""

from dataclasses import dataclass

from da.benchmark.wording import percent, points
from da.transfer import Certificate, Decision, Evidence, Thresholds, gates, known_gates


@dataclass(frozen=True)
class GateLine:
    """One gate as it is told.

    Attributes:
        name: Number and what it looks at.
        value: What it saw.
        threshold: When it opens.
        passed: Whether it is open.
        why: One sentence.
    """

    name: str
    value: str
    threshold: str
    passed: bool
    why: str


#: Number, name, and what an open and what a shut gate means.
_SENTENCES = {
    "certificate": (
        "prediction changes",
        "so little changed that hardly anything can be lost",
        "as many points can be lost or won, so that the other gates decide",
    ),
    "validator_margin": (
        "target score",
        "on the target it is as certain of each sample and as even over the classes",
        "on the target it is less certain of each sample or less even over the classes",
    ),
    "source_guard": (
        "source accuracy lost",
        "it still knows the source",
        "it forgot too much of the source",
    ),
    "prior_guard": (
        "class proportions",
        "the target's class proportions look like the source's",
        "the target's class proportions seem to differ, which such a method turns into errors",
    ),
    "accuracy_guard": (
        "estimated gain",
        "its confidence speaks for no loss on the target (told, not required)",
        "its confidence speaks for a loss on the target (told, not required)",
    ),
    "data_guard": (
        "samples per class",
        "there are enough unlabelled target samples to adapt to",
        "there are too few unlabelled target samples to adapt to",
    ),
    "collapse_guard": (
        "spread over classes",
        "its predictions are spread over the classes as they should be",
        "its predictions fall into few classes",
    ),
}

_UNKNOWN = "it could not be computed, and what is not known opens no gate"
_INDIFFERENT = "this method does not depend on class proportions"


def gate_name(gate: str) -> str:
    """Return number and name of a gate, such as ``G1 prediction changes``."""
    return f"G{[*_SENTENCES].index(gate) + 1} {_SENTENCES[gate][0]}"


def gate_lines(evidence: Evidence, thresholds: Thresholds | None = None) -> list[GateLine]:
    """Tell each gate: its value, its threshold, whether it is open, and why.

    Args:
        evidence: What is known without target labels.
        thresholds: When each gate opens; the defaults if None.
    """
    e, limit = evidence, thresholds or Thresholds()
    told = {
        "certificate": (_share(e.disagreement), f"≤ {_share(limit.disagreement)}"),
        "validator_margin": (f"{e.margin:+.3f}", f"≥ {limit.margin:.3f}"),
        "source_guard": (_points(e.source_loss), f"≤ {_points(limit.source_loss)}"),
        "prior_guard": (f"{e.prior_shift:.2f}", f"≤ {limit.prior_shift:.2f}"),
        "accuracy_guard": (_points(e.estimated_gain), f"≥ {_points(-limit.estimated_loss)}"),
        "data_guard": (f"{e.items_per_class:.1f}", f"≥ {limit.items_per_class:.1f}"),
        "collapse_guard": (
            f"{e.entropy_ratio:.2f}, {e.share_ratio:.2f}",
            f"≥ {limit.entropy_ratio:.2f}, ≤ {limit.share_ratio:.2f}",
        ),
    }
    known, lines = known_gates(evidence), []
    for gate, passed in gates(evidence, thresholds).items():
        value, threshold = told[gate]
        _, opened, shut = _SENTENCES[gate]
        why = opened if passed else shut
        if gate == "prior_guard" and not e.marginal_aligning:
            threshold, why = "–", _INDIFFERENT
        elif not known[gate]:
            value, why = "–", _UNKNOWN
        value, threshold = value.replace("-", "−"), threshold.replace("-", "−")
        lines.append(GateLine(gate_name(gate), value, threshold, passed, why))
    return lines


def verdict(decision: Decision, certificate: Certificate, *, held_out: bool = True) -> str:
    """Return the decision and what can be lost or won by it, in one sentence.

    Args:
        decision: Of the gate.
        certificate: How many predictions changed, on how many target samples.
        held_out: Whether these played no part in training, so that they stand for others.
    """
    here, others = percent(certificate.here), percent(certificate.population)
    samples = f"{certificate.items:,} target samples"
    change = f"at most {here} points of accuracy can change on these {samples}"
    if held_out:
        change += f", and at most {others} on others like them with 95 % confidence"
    if decision.certified:
        return f"accept the adapted model: {change}"
    if decision.accept:
        return (
            f"accept the adapted model: every required gate but the certificate is open; {change}"
        )
    shut = [name for name in decision.shut if name not in ("certificate", "accuracy_guard")]
    names = ", ".join(_SENTENCES[name][0] for name in shut)
    return f"use source-only: what speaks against adaptation is {names}; {change}"


def _share(value: float) -> str:
    return f"{percent(value)} %"


def _points(value: float) -> str:
    return f"{points(value)} points"
