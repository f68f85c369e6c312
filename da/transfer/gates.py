"""Adapt, or fall back to source-only? Decided without a target label."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Real
from scipy.stats import entropy


@dataclass(frozen=True)
class Evidence:
    """What is known of an adapted model and of source-only without target labels.

    A quantity that could not be computed is NaN, and its gate stays shut.

    Attributes:
        disagreement: Share of target items on which the two predict different classes.
        margin: Validator of the adapted model minus that of source-only, on held-out target items;
            higher is better.
        source_loss: Accuracy of source-only minus that of the adapted model on held-out source
            items, a fraction.
        prior_shift: Total variation between the class priors of source and estimated target.
        marginal_aligning: Whether the method aligns marginal distributions or presumes a uniform
            prior, which a shift of the prior turns into harm.
        estimated_gain: Estimated target accuracy of the adapted model minus that of source-only,
            such as by average thresholded confidence.
        items_per_class: Unlabelled target items to adapt to, per class.
        entropy_ratio: Entropy of the mean prediction over that of the estimated target prior.
        share_ratio: Largest predicted share of a class over the largest share estimated.
    """

    disagreement: float
    margin: float
    source_loss: float
    prior_shift: float
    marginal_aligning: bool
    estimated_gain: float
    items_per_class: float
    entropy_ratio: float
    share_ratio: float


@dataclass(frozen=True)
class Thresholds:
    """When each gate opens; see :class:`Evidence` for the quantities.

    Attributes:
        disagreement: At most, for harm of at most that much.
        margin: At least.
        source_loss: At most.
        prior_shift: At most, for marginal-aligning methods.
        estimated_loss: The estimated gain is at least minus this.
        items_per_class: At least.
        entropy_ratio: At least.
        share_ratio: At most.
    """

    disagreement: float = 0.02
    margin: float = 0.0
    source_loss: float = 0.03
    prior_shift: float = 0.15
    estimated_loss: float = 0.01
    items_per_class: float = 5.0
    entropy_ratio: float = 0.5
    share_ratio: float = 3.0


def certificate_only(disagreement: float) -> Thresholds:
    """Return thresholds that only the certificate passes: no more harm than that is possible.

    Args:
        disagreement: Largest share of predictions that may have changed.
    """
    return Thresholds(disagreement=disagreement, margin=float("inf"))


@dataclass(frozen=True)
class Decision:
    """Whether to use the adapted model, and what spoke for and against.

    Attributes:
        accept: Use the adapted model; else source-only.
        certified: So few predictions changed that harm cannot exceed the threshold.
        shut: Names of the gates that are shut, in order.
    """

    accept: bool
    certified: bool
    shut: tuple[str, ...]


#: What each gate looks at.
_QUANTITIES = {
    "certificate": ("disagreement",),
    "validator_margin": ("margin",),
    "source_guard": ("source_loss",),
    "prior_guard": ("prior_shift",),
    "accuracy_guard": ("estimated_gain",),
    "data_guard": ("items_per_class",),
    "collapse_guard": ("entropy_ratio", "share_ratio"),
}
_REQUIRED = ("validator_margin", "source_guard", "prior_guard", "data_guard", "collapse_guard")


def gate(evidence: Evidence, thresholds: Thresholds | None = None) -> Decision:
    """Accept adaptation if harm is bounded by certificate, or if all guards agree.

    The guards are validator margin, source guard, prior guard, data guard and collapse guard. The
    accuracy guard is reported and not required: estimates of accuracy fail with calibration.

    Args:
        evidence: What is known without target labels.
        thresholds: When each gate opens; the defaults if None.
    """
    opened = gates(evidence, thresholds)
    certified = opened["certificate"]
    return Decision(
        accept=certified or all(opened[name] for name in _REQUIRED),
        certified=certified,
        shut=tuple(name for name, is_open in opened.items() if not is_open),
    )


def gates(evidence: Evidence, thresholds: Thresholds | None = None) -> dict[str, bool]:
    """Return which gates are open, by name.

    Args:
        evidence: What is known without target labels.
        thresholds: When each gate opens; the defaults if None.
    """
    e, limit = evidence, thresholds or Thresholds()
    # A difference of two rounded accuracies may miss its threshold in the last bit. Comparisons
    # with NaN are false: what is not known opens no gate.
    slack = 1e-12
    return {
        "certificate": e.disagreement <= limit.disagreement + slack,
        "validator_margin": e.margin >= limit.margin - slack,
        "source_guard": e.source_loss <= limit.source_loss + slack,
        "prior_guard": not e.marginal_aligning or e.prior_shift <= limit.prior_shift + slack,
        "accuracy_guard": e.estimated_gain >= -limit.estimated_loss - slack,
        "data_guard": e.items_per_class >= limit.items_per_class - slack,
        "collapse_guard": e.entropy_ratio >= limit.entropy_ratio - slack
        and e.share_ratio <= limit.share_ratio + slack,
    }


def known_gates(evidence: Evidence) -> dict[str, bool]:
    """Return, by name of the gate, whether what it looks at is known.

    Args:
        evidence: What is known without target labels.
    """
    return {
        name: not any(math.isnan(getattr(evidence, quantity)) for quantity in quantities)
        for name, quantities in _QUANTITIES.items()
    }


def collapse_ratios(
    mean_probabilities: Real[np.ndarray, " k"],
    predicted_shares: Real[np.ndarray, " k"],
    prior: Real[np.ndarray, " k"],
) -> tuple[float, float]:
    """Compare the spread of predictions over classes with the estimated target prior.

    Args:
        mean_probabilities: Mean predicted probability of each class over target items.
        predicted_shares: Share of target items predicted as each class.
        prior: Estimated share of each class in the target.

    Returns:
        Entropy of the mean prediction over that of the prior, and the largest predicted share of a
        class over the largest share of the prior. The entropy ratio is infinite if the prior has a
        single class, since nothing then collapses.

    Raises:
        ValueError: If the number of classes differs or is 0.
    """
    mean, shares, prior = (
        np.asarray(a, np.float64) for a in (mean_probabilities, predicted_shares, prior)
    )
    if not len(mean) == len(shares) == len(prior) > 0:
        raise ValueError(
            f"collapse needs mean predictions, predicted shares and a prior of the same classes; "
            f"got {len(mean)}, {len(shares)} and {len(prior)}"
        )
    spread = float(entropy(prior))
    ratio = float(entropy(mean)) / spread if spread > 0 else float("inf")
    return ratio, float(shares.max() / prior.max())
