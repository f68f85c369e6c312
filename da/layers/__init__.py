"""Layers: what has parameters or a backward pass of its own."""

from da.layers.batch_norm import batch_norms, set_population_statistics
from da.layers.discriminator import Discriminator
from da.layers.gradient_reversal import reverse_gradient
from da.layers.moving_average import follow

__all__ = [
    "Discriminator",
    "batch_norms",
    "follow",
    "reverse_gradient",
    "set_population_statistics",
]
