"""Methods: LightningModules, one paper a file."""

from da.methods.adabn import AdaBN
from da.methods.base import DomainAdaptation, JointTraining, NotApplicable
from da.methods.dan import DAN
from da.methods.dann import DANN
from da.methods.deep_coral import DeepCORAL
from da.methods.hyperparameters import load
from da.methods.source_only import SourceOnly
from da.methods.target_only import TargetOnly

__all__ = [
    "DAN",
    "DANN",
    "AdaBN",
    "DeepCORAL",
    "DomainAdaptation",
    "JointTraining",
    "NotApplicable",
    "SourceOnly",
    "TargetOnly",
    "load",
]
