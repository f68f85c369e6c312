"""The floor: a classifier of the source, applied to the target as it is."""

import numpy as np

from da.shallow.mapping import Mapping


class NoAdaptation(Mapping):
    """Train on the source features; never look at the target.

    Args:
        **kwargs: See :class:`Mapping`.
    """

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        pass
