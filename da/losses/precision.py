"""Losses compute in full precision, whatever the precision of the network."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import torch
from torch import Tensor

P = ParamSpec("P")


def full_precision(loss: Callable[P, Tensor]) -> Callable[P, Tensor]:
    """Run a loss outside autocast, on float32 (float64 stays float64).

    Squared distances overflow in fp16 at usual feature widths, and a confident softmax rounds to
    exactly 1, so only the forward pass of the network may be in half precision.
    """

    @wraps(loss)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Tensor:
        values = (*args, *kwargs.values())
        device = next(v.device.type for v in values if isinstance(v, Tensor))
        with torch.autocast(device, enabled=False):
            return loss(*(_float(a) for a in args), **{k: _float(v) for k, v in kwargs.items()})  # type: ignore[arg-type]

    return wrapper


def _float(value: object) -> object:
    if isinstance(value, Tensor) and value.dtype in (torch.float16, torch.bfloat16):
        return value.float()
    return value
