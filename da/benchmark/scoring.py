"""The scores that every checkpoint is recorded with, so that selections can be compared later."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from da import validators as v
from da.batch import Labeled, Unlabeled

#: All that need no more than held-out samples.
PLAIN = (
    *(v.source_accuracy, v.source_nll, v.atc, v.entropy, v.information_maximization),
    *(v.nuclear_norm, v.class_confusion, v.softmax_correlation, v.matrix_norm),
    *(v.neighborhood_density, v.effective_rank),
)
#: Those that share clusters of the target features.
CLUSTERED = (v.class_ami, v.class_silhouette)
#: Those that share one density ratio.
WEIGHTED = (v.iwcv, v.self_normalized_iwcv, v.dev, v.devn)

#: Names of all scores of a record, in their order. Two come from other numbers of the records:
#: :func:`da.validators.prior_matching` from what source-only predicts, and those of a pool from all
#: its candidates (:mod:`da.benchmark.validator_pool`).
NAMES = tuple(
    f.__name__ for f in (*PLAIN, *CLUSTERED, *WEIGHTED, v.transfer_score, v.consistency, v.mixval)
)

#: Samples of each domain from which the density ratio is estimated, and samples that are augmented
#: or mixed: so all scores together take a tenth of the time of a small cell.
SAMPLED = 500

Stored = dict[str, Any]
ABSENT: Stored = {"value": None, "status": "absent"}


@dataclass(frozen=True)
class Views:
    """What some scores need besides held-out samples; None where there is nothing of the kind.

    Attributes:
        source_train: Features of source training samples.
        classifier: Weights of the last layer, if the logits are linear in the features.
        rows: Which of the target samples are augmented and mixed.
        augmented: Logits of these, augmented.
        mixtures: Logits of mixtures of these.
        others: Which of these each one is mixed with.
    """

    source_train: Float[Tensor, "s d"] | None = None
    classifier: Float[Tensor, "k d"] | None = None
    rows: Int[Tensor, " r"] | None = None
    augmented: Float[Tensor, "r k"] | None = None
    mixtures: Float[Tensor, "r k"] | None = None
    others: Int[Tensor, " r"] | None = None


def scores(source: Labeled, target: Unlabeled, views: Views) -> dict[str, Stored]:
    """Return value and status of each validator; None for no value, since JSON has no NaN.

    The status "absent" says that a score does not apply: without images there is no augmentation,
    without a linear classifier there are no weights.
    """
    results = {f.__name__: f(source, target) for f in PLAIN}
    finite = len(target.features) > 0 and bool(torch.isfinite(target.features).all())
    clusters = v.target_clusters(target) if finite else None
    results |= {f.__name__: f(source, target, clusters=clusters) for f in CLUSTERED}
    if views.source_train is not None:
        weights = _weights(views.source_train, target, source)
        results |= {f.__name__: f(source, target, weights=weights) for f in WEIGHTED}
    if views.classifier is not None:
        results["transfer_score"] = v.transfer_score(source, target, classifier=views.classifier)
    drawn = target if views.rows is None else Unlabeled(*(x[views.rows] for x in target))
    if views.augmented is not None:
        results["consistency"] = v.consistency(source, drawn, augmented=views.augmented)
    if views.mixtures is not None and views.others is not None:
        results["mixval"] = v.mixval(source, drawn, mixtures=views.mixtures, others=views.others)
    return {name: stored(results[name]) if name in results else dict(ABSENT) for name in NAMES}


def stored(score: v.Score) -> Stored:
    """Return a score as a record has it."""
    value, status = score
    return {"value": None if math.isnan(value) else value, "status": status}


def sampled(count: int, limit: int = SAMPLED) -> Int[Tensor, " r"]:
    """Return the same rows of so many for every model, ascending, at most ``limit``."""
    rows = torch.randperm(count, generator=torch.Generator().manual_seed(0))[:limit]
    return rows.sort().values


def linear_classifier(model: torch.nn.Module, target: Unlabeled) -> Float[Tensor, "k d"] | None:
    """Return the weights of the model's last layer, if they make its logits from its features.

    Methods that average two classifiers, or whose teacher predicts, have other logits.
    """
    layer = getattr(model, "classifier", None)
    if not isinstance(layer, torch.nn.Linear) or layer.in_features != target.features.shape[1]:
        return None
    weights = layer.weight.detach().float().cpu()
    logits = target.features @ weights.T
    if layer.bias is not None:
        logits = logits + layer.bias.detach().float().cpu()
    return weights if torch.allclose(logits, target.logits, rtol=1e-3, atol=1e-3) else None


def _weights(
    train: Float[Tensor, "s d"], target: Unlabeled, held_out: Labeled
) -> Float[np.ndarray, " n"]:
    features = target.features[sampled(len(target.features))]
    return v.density_ratio(train, features, held_out.features)
