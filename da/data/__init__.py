"""Domains in memory, and the transfer tasks between them."""

from da.data.base import ReportData, TrainingData, TransferTask
from da.data.digits import Digits
from da.data.gaussians import Gaussians
from da.data.samples import Domain, Inputs, Samples
from da.data.scenarios import Halves, LabelShift, Partial, Plain, Scenario, Scene

__all__ = [
    "Digits",
    "Domain",
    "Gaussians",
    "Halves",
    "Inputs",
    "LabelShift",
    "Partial",
    "Plain",
    "ReportData",
    "Samples",
    "Scenario",
    "Scene",
    "TrainingData",
    "TransferTask",
]
