"""Splits that depend on sample ids alone.

Reordering samples moves none to the other side; adding one moves at most one other of its stratum,
because the shares stay exact.
"""

import hashlib
from collections.abc import Sequence

import torch
from jaxtyping import Float64
from torch import Tensor

from da.data.samples import originals


def rank(name: str, salt: str) -> int:
    """Return the position of a name in the random order that the salt defines."""
    return int.from_bytes(hashlib.sha256(f"{salt}:{name}".encode()).digest()[:8], "big")


def uniform(ids: Sequence[str], salt: str) -> Float64[Tensor, " n"]:
    """Return a number in [0, 1) for each id, uniform and a function of the id and the salt alone.

    A share of samples is those below it: a larger share holds all samples of a smaller one.
    """
    # of 64 bits the 53 that a double holds, so that none rounds to 1
    numbers = [(rank(i, salt) >> 11) / 2**53 for i in ids]
    return torch.tensor(numbers, dtype=torch.float64)


def choose(ids: Sequence[str], size: int, salt: str) -> list[int]:
    """Return the positions of so many originals with all their copies, ascending.

    They are the first in the random order that the salt defines: a larger choice holds a smaller
    one.

    Args:
        ids: Sample ids; copies of one original share what stands before a ``#``.
        size: Number of originals; all of them if there are fewer.
        salt: Name of the choice.
    """
    names = originals(ids)
    chosen = set(sorted(set(names), key=lambda name: rank(name, salt))[:size])
    return [i for i, name in enumerate(names) if name in chosen]


def holdout(
    ids: Sequence[str], fraction: float, salt: str, strata: Sequence[int] | None = None
) -> tuple[list[int], list[int]]:
    """Split positions in two; all copies of an original stay on one side.

    Args:
        ids: Sample ids; copies of one original share what stands before a ``#``.
        fraction: Share of the originals to hold out, in [0, 1].
        salt: Name of the split; another salt gives an independent split.
        strata: Optional stratum of each sample (the class); held out in equal shares from each.

    Returns:
        Positions that stay and positions held out, each in ascending order.
    """
    names = originals(ids)
    stratum = dict(zip(names, strata if strata is not None else [0] * len(names), strict=True))
    held_out: set[str] = set()
    for value in sorted(set(stratum.values())):
        members = sorted((n for n, s in stratum.items() if s == value), key=lambda n: rank(n, salt))
        held_out.update(members[: round(fraction * len(members))])
    stay = [i for i, n in enumerate(names) if n not in held_out]
    return stay, [i for i, n in enumerate(names) if n in held_out]


def few_of_each(ids: Sequence[str], classes: Sequence[int], count: int, salt: str) -> list[int]:
    """Choose a few originals of each class, with all copies of each.

    The choice for a smaller count is part of that for a larger one.

    Args:
        ids: Sample ids; copies of one original share what stands before a ``#``.
        classes: Class of each sample.
        count: Originals of each class; all of a class that has no more.
        salt: Name of the choice; another salt gives an independent one.

    Returns:
        Positions of the chosen samples in ascending order.
    """
    names = originals(ids)
    by_class: dict[int, set[str]] = {}
    for name, value in zip(names, classes, strict=True):
        by_class.setdefault(value, set()).add(name)
    chosen = {
        name
        for members in by_class.values()
        for name in sorted(members, key=lambda n: rank(n, salt))[:count]
    }
    return [i for i, name in enumerate(names) if name in chosen]


def fingerprint(ids: Sequence[str]) -> str:
    """Return the sha256 of the sorted ids, which freezes a split."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
