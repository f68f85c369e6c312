"""Losses: pure functions of tensors, one quantity a file."""

from da.losses.bridge import bridge_size
from da.losses.cdd import contrastive_discrepancy
from da.losses.central_moments import central_moments
from da.losses.class_balance import class_balance
from da.losses.class_confusion import class_confusion
from da.losses.class_coverage import class_coverage
from da.losses.class_weights import class_weights
from da.losses.classifier_discrepancy import classifier_discrepancy
from da.losses.complement_entropy import complement_entropy
from da.losses.consistency import consistency
from da.losses.coral import coral
from da.losses.coral_mean import coral_mean
from da.losses.domain import domain_classification, domain_confusion, taken_for_source
from da.losses.entropy import entropy
from da.losses.entropy_weights import certainty_weights, row_entropies
from da.losses.feature_norm import hard_feature_norm, stepwise_feature_norm
from da.losses.importance import importance
from da.losses.jmmd import jmmd
from da.losses.kernels import (
    kernel_matrix,
    mean_distance,
    median_distance,
    pooled_bandwidth,
    squared_distances,
)
from da.losses.lmmd import lmmd
from da.losses.log_coral import log_coral, matrix_log
from da.losses.margin_disparity import margin_disparity
from da.losses.mmd import discrepancy, mmd
from da.losses.moment_tensors import moment_tensors
from da.losses.mutual_information import mutual_information
from da.losses.nuclear_norm import fast_nuclear_norm, nuclear_norm
from da.losses.probabilities import class_probabilities
from da.losses.pseudo_labels import confident_cross_entropy
from da.losses.reconstruction import scale_invariant_error
from da.losses.sliced_wasserstein import random_directions, sliced_wasserstein
from da.losses.spectral import batch_spectral_penalty
from da.losses.subspace_overlap import subspace_overlap
from da.losses.symmetric import (
    category_confusion,
    symmetric_confusion,
    symmetric_discrimination,
    symmetric_entropy,
)
from da.losses.transport import (
    exact_plan,
    joint_cost,
    sinkhorn_divergence,
    transported,
    unbalanced_plan,
)
from da.losses.virtual_adversarial import divergence, virtual_adversarial
from da.losses.wasserstein import gradient_penalty, wasserstein

__all__ = [
    "batch_spectral_penalty",
    "bridge_size",
    "category_confusion",
    "central_moments",
    "certainty_weights",
    "class_balance",
    "class_confusion",
    "class_coverage",
    "class_probabilities",
    "class_weights",
    "classifier_discrepancy",
    "complement_entropy",
    "confident_cross_entropy",
    "consistency",
    "contrastive_discrepancy",
    "coral",
    "coral_mean",
    "discrepancy",
    "divergence",
    "domain_classification",
    "domain_confusion",
    "entropy",
    "exact_plan",
    "fast_nuclear_norm",
    "gradient_penalty",
    "hard_feature_norm",
    "importance",
    "jmmd",
    "joint_cost",
    "kernel_matrix",
    "lmmd",
    "log_coral",
    "margin_disparity",
    "matrix_log",
    "mean_distance",
    "median_distance",
    "mmd",
    "moment_tensors",
    "mutual_information",
    "nuclear_norm",
    "pooled_bandwidth",
    "random_directions",
    "row_entropies",
    "scale_invariant_error",
    "sinkhorn_divergence",
    "sliced_wasserstein",
    "squared_distances",
    "stepwise_feature_norm",
    "subspace_overlap",
    "symmetric_confusion",
    "symmetric_discrimination",
    "symmetric_entropy",
    "taken_for_source",
    "transported",
    "unbalanced_plan",
    "virtual_adversarial",
    "wasserstein",
]
