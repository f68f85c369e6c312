"""Domains, the transfer tasks between them, and the protocols that divide them."""

from da.data.base import ReportData, TrainingData, TransferTask
from da.data.digit5 import Digit5
from da.data.digits import Digits
from da.data.gaussians import Gaussians
from da.data.protocols import FullTrain, Inductive, PerClass, Protocol, Subsets, Transductive
from da.data.resplit import Resplit
from da.data.samples import Domain, Inputs, Samples, Stored
from da.data.scenarios import Halves, LabelShift, OpenSet, Partial, Plain, Scenario, Scene

__all__ = [
    "Digit5",
    "Digits",
    "Domain",
    "FullTrain",
    "Gaussians",
    "Halves",
    "Inductive",
    "Inputs",
    "LabelShift",
    "OpenSet",
    "Partial",
    "PerClass",
    "Plain",
    "Protocol",
    "ReportData",
    "Resplit",
    "Samples",
    "Scenario",
    "Scene",
    "Stored",
    "Subsets",
    "TrainingData",
    "Transductive",
    "TransferTask",
]
