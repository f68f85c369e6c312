"""Domains, the transfer tasks between them, and the protocols that divide them."""

from da.data.amazon_reviews import AmazonReviews
from da.data.base import ReportData, TrainingData, TransferTask
from da.data.datasets import Datasets
from da.data.digits import Digits
from da.data.feature_table import FeatureTable
from da.data.gaussians import Gaussians
from da.data.office_caltech10_features import OfficeCaltech10Features
from da.data.protocols import FullTrain, Inductive, PerClass, Protocol, Subsets, Transductive
from da.data.samples import Domain, Inputs, Samples, Stored
from da.data.scenarios import Halves, LabelShift, Partial, Plain, Scenario, Scene

__all__ = [
    "AmazonReviews",
    "Datasets",
    "Digits",
    "Domain",
    "FeatureTable",
    "FullTrain",
    "Gaussians",
    "Halves",
    "Inductive",
    "Inputs",
    "LabelShift",
    "OfficeCaltech10Features",
    "Partial",
    "PerClass",
    "Plain",
    "Protocol",
    "ReportData",
    "Samples",
    "Scenario",
    "Scene",
    "Stored",
    "Subsets",
    "TrainingData",
    "Transductive",
    "TransferTask",
]
