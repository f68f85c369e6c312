"""Domains, the transfer tasks between them, and the protocols that divide them."""

from da.data.amazon_reviews import AmazonReviews
from da.data.base import ReportData, TrainingData, TransferTask
from da.data.corruption import Corruption
from da.data.covariates import covariates
from da.data.datasets import Datasets
from da.data.digit5 import Digit5
from da.data.digits import Digits
from da.data.feature_table import FeatureTable
from da.data.feed import Pixels
from da.data.folders import ImageFolders
from da.data.gaussians import Gaussians
from da.data.label_shift import LabelShift
from da.data.missing_classes import OpenSet, Partial
from da.data.office import Office31, OfficeCaltech10, OfficeHome
from da.data.office_caltech10_features import OfficeCaltech10Features
from da.data.pictures import PACS, VLCS, DomainNet, ImageClefDA, VisDA2017
from da.data.protocols import (
    FullTrain,
    HeldOut,
    Inductive,
    PerClass,
    Protocol,
    Subsets,
    Transductive,
)
from da.data.resplit import Resplit
from da.data.samples import Domain, Inputs, Samples, Stored
from da.data.scenarios import Halves, Plain, Scenario, Scene
from da.data.small_target import SmallTarget
from da.data.source_faults import SourceNoise, UnrelatedSource
from da.data.spurious import Spurious
from da.data.transforms import CenterCrop, Crop, RandAugment, RandomCrop, Resize, Strong, Weak

__all__ = [
    "PACS",
    "VLCS",
    "AmazonReviews",
    "CenterCrop",
    "Corruption",
    "Crop",
    "Datasets",
    "Digit5",
    "Digits",
    "Domain",
    "DomainNet",
    "FeatureTable",
    "FullTrain",
    "Gaussians",
    "Halves",
    "HeldOut",
    "ImageClefDA",
    "ImageFolders",
    "Inductive",
    "Inputs",
    "LabelShift",
    "Office31",
    "OfficeCaltech10",
    "OfficeCaltech10Features",
    "OfficeHome",
    "OpenSet",
    "Partial",
    "PerClass",
    "Pixels",
    "Plain",
    "Protocol",
    "RandAugment",
    "RandomCrop",
    "ReportData",
    "Resize",
    "Resplit",
    "Samples",
    "Scenario",
    "Scene",
    "SmallTarget",
    "SourceNoise",
    "Spurious",
    "Stored",
    "Strong",
    "Subsets",
    "TrainingData",
    "Transductive",
    "TransferTask",
    "UnrelatedSource",
    "VisDA2017",
    "Weak",
    "covariates",
]
