"""Statistics are computed in float64, on the CPU."""

from torch import Tensor


def float64(x: Tensor) -> Tensor:
    """Detached copy in float64, which does not exist on every device; autocast leaves it alone."""
    return x.detach().cpu().double()
