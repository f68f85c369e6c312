"""Methods: LightningModules, one paper a file."""

from da.methods.adabn import AdaBN
from da.methods.atdoc import ATDOC
from da.methods.ba3us import BA3US
from da.methods.base import DomainAdaptation, JointTraining, NotApplicable
from da.methods.bnm import BNM
from da.methods.daln import DALN
from da.methods.dan import DAN
from da.methods.dann import DANN
from da.methods.deep_coral import DeepCORAL
from da.methods.fbnm import FBNM
from da.methods.fixmatch import FixMatch
from da.methods.hyperparameters import load
from da.methods.information_maximization import InformationMaximization
from da.methods.iwan import IWAN
from da.methods.joint import Joint
from da.methods.mcc import MCC
from da.methods.mic import MIC
from da.methods.min_ent import MinEnt
from da.methods.pada import PADA
from da.methods.pseudo_label import PseudoLabel
from da.methods.self_ensembling import SelfEnsembling
from da.methods.source_only import SourceOnly
from da.methods.target_only import TargetOnly

__all__ = [
    "ATDOC",
    "BA3US",
    "BNM",
    "DALN",
    "DAN",
    "DANN",
    "FBNM",
    "IWAN",
    "MCC",
    "MIC",
    "PADA",
    "AdaBN",
    "DeepCORAL",
    "DomainAdaptation",
    "FixMatch",
    "InformationMaximization",
    "Joint",
    "JointTraining",
    "MinEnt",
    "NotApplicable",
    "PseudoLabel",
    "SelfEnsembling",
    "SourceOnly",
    "TargetOnly",
    "load",
]
