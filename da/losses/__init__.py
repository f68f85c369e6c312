"""Losses: pure functions of tensors, one quantity a file."""

from da.losses.coral import coral
from da.losses.domain import domain_classification
from da.losses.entropy_weights import certainty_weights, row_entropies
from da.losses.mmd import median_distance, mmd, squared_distances
from da.losses.spectral import batch_spectral_penalty
from da.losses.wasserstein import gradient_penalty, wasserstein

__all__ = [
    "batch_spectral_penalty",
    "certainty_weights",
    "coral",
    "domain_classification",
    "gradient_penalty",
    "median_distance",
    "mmd",
    "row_entropies",
    "squared_distances",
    "wasserstein",
]
