"""What two models show without a target label, and what a gate makes of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Integer

from da.benchmark.method_files import imported
from da.transfer import Evidence, certificate, collapse_ratios, total_variation
from da.validators import cheap_score


@dataclass(frozen=True)
class Observation:
    """One model on held-out samples of both domains, seen without target labels.

    Attributes:
        source_accuracy: Accuracy on labelled source samples, a fraction.
        source_prior: Class prior of the source.
        target_prior: Estimated class prior of the target.
        mean_probabilities: Mean predicted probability of each class on the target.
        mean_entropy: Mean entropy of target predictions, in nats.
        predicted_shares: Share of target samples predicted as each class.
        estimated_accuracy: Estimated accuracy on the target; NaN if it was not recorded.
        predictions: Predicted classes of target samples.
    """

    source_accuracy: float
    source_prior: Float[np.ndarray, " k"]
    target_prior: Float[np.ndarray, " k"]
    mean_probabilities: Float[np.ndarray, " k"]
    mean_entropy: float
    predicted_shares: Float[np.ndarray, " k"]
    estimated_accuracy: float
    predictions: Integer[np.ndarray, " n"]


def evidence(
    adapted: Observation,
    source_only: Observation,
    *,
    matches_marginals: bool,
    items_per_class: float,
) -> Evidence:
    """Compare an adapted model with source-only.

    The validator is the one that selects checkpoints, :func:`da.validators.cheap_score`. The target
    prior is always the one that source-only's predictions suggest: an adapted model would confirm
    its own.

    Args:
        adapted: The adapted model.
        source_only: Source-only, seen on the same samples.
        matches_marginals: Whether the method aligns marginals or presumes a uniform prior.
        items_per_class: Unlabelled target samples to adapt to, per class.
    """
    target, source = source_only.target_prior, source_only.source_prior
    score, reference = (
        cheap_score(m.mean_probabilities, m.mean_entropy, target, source)
        for m in (adapted, source_only)
    )
    entropy_ratio, share_ratio = collapse_ratios(
        adapted.mean_probabilities, adapted.predicted_shares, target
    )
    return Evidence(
        disagreement=certificate(adapted.predictions, source_only.predictions).here,
        margin=score - reference,
        source_loss=source_only.source_accuracy - adapted.source_accuracy,
        prior_shift=total_variation(target, source),
        marginal_aligning=matches_marginals,
        estimated_gain=adapted.estimated_accuracy - source_only.estimated_accuracy,
        items_per_class=items_per_class,
        entropy_ratio=entropy_ratio,
        share_ratio=share_ratio,
    )


def matches_marginals(method: Any) -> bool:
    """Whether another class prior of the target makes a method do harm, by what its class states.

    Args:
        method: ``class_path`` and ``init_args``, as configurations have them, or the path alone.

    Returns:
        What it states, or its baseline or one of its terms; True for a class that states nothing
        or cannot be found, as caution asks for.
    """
    spec: dict[str, Any] = {"class_path": method} if isinstance(method, str) else method
    options = spec.get("init_args") or {}
    parts = [
        *(options.get("terms") or ()),
        *([options["baseline"]] if "baseline" in options else ()),
    ]
    try:
        cls = imported(spec["class_path"])
    except (ImportError, AttributeError, ValueError):
        return True
    return bool(getattr(cls, "matches_marginals", True)) or any(map(matches_marginals, parts))
