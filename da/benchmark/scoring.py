"""The scores that every checkpoint is recorded with, so that selections can be compared later."""

import math
from typing import Any

from da.batch import Labeled, Unlabeled
from da.validators import (
    atc,
    class_confusion,
    effective_rank,
    entropy,
    information_maximization,
    matrix_norm,
    neighborhood_density,
    nuclear_norm,
    softmax_correlation,
    source_accuracy,
    source_nll,
)

#: All that need no more than held-out samples, and about a hundredth of the time of a small cell.
#: Clusters of the features would take twice as long as all of these.
VALIDATORS = (
    source_accuracy,
    source_nll,
    atc,
    entropy,
    information_maximization,
    nuclear_norm,
    class_confusion,
    softmax_correlation,
    matrix_norm,
    neighborhood_density,
    effective_rank,
)


def scores(source: Labeled, target: Unlabeled) -> dict[str, dict[str, Any]]:
    """Return value and status of each validator; None for no value, since JSON has no NaN."""
    results = {validator.__name__: validator(source, target) for validator in VALIDATORS}
    return {
        name: {"value": None if math.isnan(value) else value, "status": status}
        for name, (value, status) in results.items()
    }
