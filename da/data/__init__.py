"""Domains, the transfer tasks between them, and the protocols that divide them."""

from da.data.base import ReportData, TrainingData, TransferTask
from da.data.digit5 import Digit5
from da.data.digits import Digits
from da.data.folders import ImageFolders
from da.data.gaussians import Gaussians
from da.data.office import Office31, OfficeCaltech10, OfficeHome
from da.data.pictures import PACS, VLCS, DomainNet, ImageClefDA, VisDA2017
from da.data.protocols import FullTrain, Inductive, PerClass, Protocol, Subsets, Transductive
from da.data.resplit import Resplit
from da.data.samples import Domain, Inputs, Samples, Stored
from da.data.scenarios import Halves, LabelShift, OpenSet, Partial, Plain, Scenario, Scene
from da.data.transforms import CenterCrop, RandAugment, RandomCrop, Resize, Strong, Weak

__all__ = [
    "PACS",
    "VLCS",
    "CenterCrop",
    "Digit5",
    "Digits",
    "Domain",
    "DomainNet",
    "FullTrain",
    "Gaussians",
    "Halves",
    "ImageClefDA",
    "ImageFolders",
    "Inductive",
    "Inputs",
    "LabelShift",
    "Office31",
    "OfficeCaltech10",
    "OfficeHome",
    "OpenSet",
    "Partial",
    "PerClass",
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
    "Stored",
    "Strong",
    "Subsets",
    "TrainingData",
    "Transductive",
    "TransferTask",
    "VisDA2017",
    "Weak",
]
