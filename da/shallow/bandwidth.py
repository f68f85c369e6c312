"""The usual guess of a Gaussian kernel's width."""

import numpy as np
from jaxtyping import Float
from scipy.spatial.distance import cdist


def median_bandwidth(first: Float[np.ndarray, "n d"], second: Float[np.ndarray, "m d"]) -> float:
    """Return the median distance between different samples.

    Gretton et al., *A Kernel Two-Sample Test*, JMLR 2012, Sec. 8.
    https://jmlr.org/papers/v13/gretton12a.html

    Args:
        first: Some samples.
        second: Others, or the same.

    Raises:
        ValueError: If all samples are equal.
    """
    distances = cdist(first, second)
    if not distances.any():
        raise ValueError(
            "all samples are equal, so a kernel has no width; remove constant features"
        )
    return float(np.median(distances[distances > 0]))
