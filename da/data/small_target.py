"""Targets of which few samples are known."""

from collections.abc import Sequence

from da.data.samples import Domain
from da.data.scenarios import Scenario, Scene, even
from da.data.splits import rank


class SmallTarget(Scenario):
    """Few target samples are adapted to; those that are validated and scored on all stay.

    Where there are fewer than a batch holds, they repeat within it, so that the batch size, and
    with it the method's setting, stays that of the whole task. The samples of a smaller size are
    among those of a larger one.

    Args:
        size: Number of unlabelled samples; all if there are fewer. At least 1.
        draw: Number of the draw.
    """

    few_targets = True

    def __init__(self, size: int = 100, draw: int = 0) -> None:
        if size < 1:
            raise ValueError(f"at least 1 target sample is adapted to; got size={size}")
        self.size, self.draw = size, draw

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        return Scene(source, target, even(target))

    def adapted(self, ids: Sequence[str], positions: list[int]) -> list[int]:
        salt = f"small-target:{self.draw}"
        return sorted(sorted(positions, key=lambda i: rank(ids[i], salt))[: self.size])
