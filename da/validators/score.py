"""A score of a model that needs no target label."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

_WITHOUT_VALUE = ("too_few", "degenerate")


class Score(NamedTuple):
    """A value, higher is better, and what to know before trusting it.

    Attributes:
        value: The score; NaN instead of an exception where there is none.
        status: None; "too_few" (NaN, no samples or fewer than the score needs); "degenerate" (NaN,
            inputs or a result that are not finite, one class only, or an undefined formula);
            "collapsed" (a value, from fewer than two samples per class or from a model that
            predicts one class).
    """

    value: float
    status: str | None


def status_of(logits: Float[Tensor, "n k"], *others: Tensor) -> str | None:
    """Return the status of a score computed from these logits, and from other finite tensors."""
    n, k = logits.shape
    if n == 0:
        return "too_few"
    if k < 2 or not all(bool(torch.isfinite(x).all()) for x in (logits, *others)):
        return "degenerate"
    if n < 2 * k or len(logits.argmax(1).unique()) == 1:
        return "collapsed"
    return None


def worst(*statuses: str | None) -> str | None:
    """Return the gravest of several statuses."""
    for status in (*_WITHOUT_VALUE, "collapsed"):
        if status in statuses:
            return status
    return None


def undefined(status: str | None) -> bool:
    """Return whether there is no value to compute."""
    return status in _WITHOUT_VALUE


def score(value: float, status: str | None) -> Score:
    """Return a score whose value is NaN exactly where the status says that there is none."""
    if not undefined(status) and not math.isfinite(value):
        status = "degenerate"
    return Score(math.nan if undefined(status) else value, status)
