"""Losses: pure functions of tensors, one quantity a file."""

from da.losses.classifier_discrepancy import classifier_discrepancy
from da.losses.coral import coral
from da.losses.domain import domain_classification, domain_confusion, taken_for_source
from da.losses.entropy_weights import certainty_weights, row_entropies
from da.losses.margin_disparity import margin_disparity
from da.losses.mmd import median_distance, mmd, squared_distances
from da.losses.spectral import batch_spectral_penalty
from da.losses.wasserstein import gradient_penalty, wasserstein

__all__ = [
    "batch_spectral_penalty",
    "certainty_weights",
    "classifier_discrepancy",
    "coral",
    "domain_classification",
    "domain_confusion",
    "gradient_penalty",
    "margin_disparity",
    "median_distance",
    "mmd",
    "row_entropies",
    "squared_distances",
    "taken_for_source",
    "wasserstein",
]
