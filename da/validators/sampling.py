"""Samples chosen or ordered so that a score depends on nothing else."""

import numpy as np
import torch
from jaxtyping import Float, Integer

from da.batch import Unlabeled


def at_most(target: Unlabeled, limit: int = 10_000) -> Unlabeled:
    """Return the target, or rows drawn from it that depend on its size alone."""
    n = len(target.logits)
    if n <= limit:
        return target
    rows = torch.randperm(n, generator=torch.Generator().manual_seed(0))[:limit].sort().values
    return Unlabeled(*(x[rows.to(x.device)] for x in target))


def canonical_order(values: Float[np.ndarray, "n d"]) -> Integer[np.ndarray, " n"]:
    """Return the positions of the rows in lexicographic order, whatever order they came in.

    What is drawn by position, or starts from a position, then does not depend on that order.
    """
    return np.lexsort(values.T[::-1])
