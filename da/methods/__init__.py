"""Methods: LightningModules, one paper a file."""

from da.methods.adabn import AdaBN
from da.methods.adda import ADDA
from da.methods.adversarial import Adversarial
from da.methods.alternating import Alternating
from da.methods.base import DomainAdaptation, JointTraining, NotApplicable
from da.methods.cdan import CDAN
from da.methods.daan import DAAN
from da.methods.dan import DAN
from da.methods.dann import DANN
from da.methods.deep_coral import DeepCORAL
from da.methods.domain_confusion import DomainConfusion
from da.methods.gvb import GVB
from da.methods.hyperparameters import load
from da.methods.mcd import MCD
from da.methods.mdd import MDD
from da.methods.source_only import SourceOnly
from da.methods.symnets import SymNets
from da.methods.target_only import TargetOnly
from da.methods.vada import VADA
from da.methods.wdgrl import WDGRL

__all__ = [
    "ADDA",
    "CDAN",
    "DAAN",
    "DAN",
    "DANN",
    "GVB",
    "MCD",
    "MDD",
    "VADA",
    "WDGRL",
    "AdaBN",
    "Adversarial",
    "Alternating",
    "DeepCORAL",
    "DomainAdaptation",
    "DomainConfusion",
    "JointTraining",
    "NotApplicable",
    "SourceOnly",
    "SymNets",
    "TargetOnly",
    "load",
]
