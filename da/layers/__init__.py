"""Layers: what has parameters or a backward pass of its own."""

from da.layers.batch_norm import batch_norms, named_batch_norms, set_population_statistics
from da.layers.discriminator import Discriminator
from da.layers.gradient_reversal import reverse_gradient

__all__ = [
    "Discriminator",
    "batch_norms",
    "named_batch_norms",
    "reverse_gradient",
    "set_population_statistics",
]
