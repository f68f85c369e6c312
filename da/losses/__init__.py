"""Losses: pure functions of tensors, one quantity a file."""

from da.losses.coral import coral
from da.losses.domain import domain_classification
from da.losses.mmd import median_distance, mmd, squared_distances

__all__ = ["coral", "domain_classification", "median_distance", "mmd", "squared_distances"]
