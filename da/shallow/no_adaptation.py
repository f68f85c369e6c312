"""The floor: a classifier of the source, applied to the target as it is."""

import numpy as np

from da.shallow.mapping import Mapping


class NoAdaptation(Mapping):
    """Train on the source features; never look at the target.

    Args:
        **kwargs: See :class:`Mapping`.
    """

    assumes = "that what holds on the source holds on the target"
    hurts = "never by adapting: harm is measured against it"
    matches_marginals = False

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        pass
