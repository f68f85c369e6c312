"""What a method is compared with besides source-only, and which methods are only that."""

import re
from collections.abc import Mapping

import numpy as np

from da.benchmark.outcomes import Outcomes
from da.benchmark.pairs import common_rows
from da.benchmark.selection import BASELINE, CEILING
from da.transfer import Interval, chance_level, twc

#: Source-only with the batch statistics of the target: what adapting gains beyond them.
ADABN = "adabn"
#: To predict the most frequent class of the target always, whatever the inputs.
CHANCE = "chance"


def labels_per_class(method: str) -> int | None:
    """Return of how many labels of each class a reference is trained, None for other methods."""
    found = re.fullmatch(rf"{CEILING}_(\d+)", method)
    return int(found[1]) if found else None


def has_target_labels(method: str) -> bool:
    """Whether it is the ceiling, or the ceiling with a few labels: nothing that adapts."""
    return method == CEILING or labels_per_class(method) is not None


def position(method: str) -> tuple[bool, bool, float, str]:
    """Return what methods are sorted by: source-only first, then names, then more labels."""
    labels = labels_per_class(method)
    most = float("inf") if labels is None else float(labels)
    return method != BASELINE, has_target_labels(method), most, method


def differences(own: Outcomes, others: Mapping[str, Outcomes], name: str) -> dict[str, Interval]:
    """Compare a method with each reference over the seeds that both have.

    The difference from training on target labels is the negative transfer gap of Wang et al.,
    *Characterizing and Avoiding Negative Transfer*, CVPR 2019 (https://arxiv.org/abs/1811.09751),
    with its sign turned: below 0 the source would better not have been used.

    Args:
        own: What the method did.
        others: What the other methods of its task did.
        name: Method and task, for the error message.

    Returns:
        By the name of the reference, in the order of the table: AdaBN and target-only, with few
        labels and with all, where they ran, and chance.

    Raises:
        ValueError: If a reference was tested on other samples.
    """
    found = {}
    for method in sorted(others, key=position):
        if method == ADABN or has_target_labels(method):
            rows = common_rows(own, others[method], name)
            if rows:
                mine, its = map(list, zip(*rows, strict=True))
                difference = own.correct[mine] - others[method].correct[its]
                found[method] = twc(difference, weights=own.weights)
    found[CHANCE] = twc(own.correct - chance(own), weights=own.weights)
    return found


def chance(own: Outcomes) -> float:
    """Return the share of the most frequent class among the test samples, at least ``1/K``."""
    return chance_level(np.bincount(own.labels, own.weights, own.num_classes) / own.weights.sum())
