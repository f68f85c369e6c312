"""Losses: pure functions of tensors, one quantity a file."""

from da.losses.cdd import contrastive_discrepancy
from da.losses.central_moments import central_moments
from da.losses.coral import coral
from da.losses.coral_mean import coral_mean
from da.losses.domain import domain_classification
from da.losses.feature_norm import hard_feature_norm, stepwise_feature_norm
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
from da.losses.mmd import discrepancy, mmd
from da.losses.moment_tensors import moment_tensors
from da.losses.probabilities import class_probabilities
from da.losses.sliced_wasserstein import random_directions, sliced_wasserstein
from da.losses.transport import (
    exact_plan,
    joint_cost,
    sinkhorn_divergence,
    transported,
    unbalanced_plan,
)

__all__ = [
    "central_moments",
    "class_probabilities",
    "contrastive_discrepancy",
    "coral",
    "coral_mean",
    "discrepancy",
    "domain_classification",
    "exact_plan",
    "hard_feature_norm",
    "jmmd",
    "joint_cost",
    "kernel_matrix",
    "lmmd",
    "log_coral",
    "matrix_log",
    "mean_distance",
    "median_distance",
    "mmd",
    "moment_tensors",
    "pooled_bandwidth",
    "random_directions",
    "sinkhorn_divergence",
    "sliced_wasserstein",
    "squared_distances",
    "stepwise_feature_norm",
    "transported",
    "unbalanced_plan",
]
