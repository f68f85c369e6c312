"""A score of a model that needs no target label."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Score(NamedTuple):
    """A value, higher is better, and what to know before trusting it.

    Attributes:
        value: The score; NaN instead of an exception where there is none.
        status: None; "too_few" (NaN, no samples); "degenerate" (NaN, logits that are not finite or
            one class only); "collapsed" (a value, from fewer than two samples per class or from a
            model that predicts one class).
    """

    value: float
    status: str | None


def status_of(logits: Float[Tensor, "n k"]) -> str | None:
    """Return the status of a score computed from these logits."""
    n, k = logits.shape
    if n == 0:
        return "too_few"
    if k < 2 or not bool(torch.isfinite(logits).all()):
        return "degenerate"
    if n < 2 * k or len(logits.argmax(1).unique()) == 1:
        return "collapsed"
    return None


def score(value: float, status: str | None) -> Score:
    """Return a score whose value is NaN exactly where the status says that there is none."""
    return Score(float("nan") if status in ("too_few", "degenerate") else value, status)
