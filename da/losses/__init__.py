"""Losses: pure functions of tensors, one quantity a file."""

from da.losses.bridge import bridge_size
from da.losses.classifier_discrepancy import classifier_discrepancy
from da.losses.coral import coral
from da.losses.domain import domain_classification, domain_confusion, taken_for_source
from da.losses.entropy_weights import certainty_weights, row_entropies
from da.losses.margin_disparity import margin_disparity
from da.losses.mmd import median_distance, mmd, squared_distances
from da.losses.spectral import batch_spectral_penalty
from da.losses.symmetric import (
    category_confusion,
    symmetric_confusion,
    symmetric_discrimination,
    symmetric_entropy,
)
from da.losses.virtual_adversarial import divergence, virtual_adversarial
from da.losses.wasserstein import gradient_penalty, wasserstein

__all__ = [
    "batch_spectral_penalty",
    "bridge_size",
    "category_confusion",
    "certainty_weights",
    "classifier_discrepancy",
    "coral",
    "divergence",
    "domain_classification",
    "domain_confusion",
    "gradient_penalty",
    "margin_disparity",
    "median_distance",
    "mmd",
    "row_entropies",
    "squared_distances",
    "symmetric_confusion",
    "symmetric_discrimination",
    "symmetric_entropy",
    "taken_for_source",
    "virtual_adversarial",
    "wasserstein",
]
