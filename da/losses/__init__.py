"""Losses: pure functions of tensors, one quantity a file."""

from da.losses.class_balance import class_balance
from da.losses.class_confusion import class_confusion
from da.losses.class_weights import class_weights
from da.losses.complement_entropy import complement_entropy
from da.losses.consistency import consistency
from da.losses.coral import coral
from da.losses.domain import domain_classification
from da.losses.entropy import entropy
from da.losses.importance import importance
from da.losses.mmd import median_distance, mmd, squared_distances
from da.losses.mutual_information import mutual_information
from da.losses.nuclear_norm import fast_nuclear_norm, nuclear_norm
from da.losses.pseudo_labels import confident_cross_entropy

__all__ = [
    "class_balance",
    "class_confusion",
    "class_weights",
    "complement_entropy",
    "confident_cross_entropy",
    "consistency",
    "coral",
    "domain_classification",
    "entropy",
    "fast_nuclear_norm",
    "importance",
    "median_distance",
    "mmd",
    "mutual_information",
    "nuclear_norm",
    "squared_distances",
]
