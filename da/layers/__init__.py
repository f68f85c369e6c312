"""Layers: what has parameters or a backward pass of its own."""

from da.layers.batch_norm import (
    batch_norms,
    named_batch_norms,
    set_population_statistics,
    statistics_kept,
)
from da.layers.decoder import Decoder
from da.layers.discriminator import Discriminator
from da.layers.gradient_reversal import reverse_gradient
from da.layers.head import Head, normalized_linear
from da.layers.moving_average import follow
from da.layers.multilinear import MultilinearMap
from da.layers.perceptron import perceptron

__all__ = [
    "Decoder",
    "Discriminator",
    "Head",
    "MultilinearMap",
    "batch_norms",
    "follow",
    "named_batch_norms",
    "normalized_linear",
    "perceptron",
    "reverse_gradient",
    "set_population_statistics",
    "statistics_kept",
]
