"""The same samples for every model, where there are too many."""

import torch

from da.batch import Unlabeled


def at_most(target: Unlabeled, limit: int = 10_000) -> Unlabeled:
    """Return the target, or rows drawn from it that depend on its size alone."""
    n = len(target.logits)
    if n <= limit:
        return target
    rows = torch.randperm(n, generator=torch.Generator().manual_seed(0))[:limit].sort().values
    return Unlabeled(*(x[rows.to(x.device)] for x in target))
