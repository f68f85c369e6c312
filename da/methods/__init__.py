"""Methods: LightningModules, one paper a file."""

from da.methods.adabn import AdaBN
from da.methods.adda import ADDA
from da.methods.adversarial import Adversarial
from da.methods.afn import AFN
from da.methods.alternating import Alternating
from da.methods.atdoc import ATDOC
from da.methods.ba3us import BA3US
from da.methods.base import DomainAdaptation, JointTraining, NotApplicable
from da.methods.bnm import BNM
from da.methods.can import CAN
from da.methods.cdan import CDAN
from da.methods.cmd import CMD
from da.methods.daan import DAAN
from da.methods.daln import DALN
from da.methods.dan import DAN
from da.methods.dann import DANN
from da.methods.ddc import DDC
from da.methods.deep_coral import DeepCORAL
from da.methods.deep_jdot import DeepJDOT
from da.methods.domain_confusion import DomainConfusion
from da.methods.dsan import DSAN
from da.methods.dsbn import DSBN
from da.methods.dsn import DSN
from da.methods.fbnm import FBNM
from da.methods.fixmatch import FixMatch
from da.methods.gvb import GVB
from da.methods.homm import HoMM
from da.methods.hyperparameters import load
from da.methods.information_maximization import InformationMaximization
from da.methods.iwan import IWAN
from da.methods.jan import JAN
from da.methods.joint import Joint
from da.methods.jumbot import JUMBOT
from da.methods.log_coral import LogCORAL
from da.methods.mcc import MCC
from da.methods.mcd import MCD
from da.methods.mdd import MDD
from da.methods.mean_coral import MeanCORAL
from da.methods.mic import MIC
from da.methods.min_ent import MinEnt
from da.methods.pada import PADA
from da.methods.pseudo_label import PseudoLabel
from da.methods.self_ensembling import SelfEnsembling
from da.methods.shallow import Shallow
from da.methods.shot import SHOT
from da.methods.sinkhorn import Sinkhorn
from da.methods.source_only import SourceOnly
from da.methods.swd import SWD
from da.methods.symnets import SymNets
from da.methods.target_only import TargetOnly
from da.methods.transnorm import TransNorm
from da.methods.vada import VADA
from da.methods.wdgrl import WDGRL

__all__ = [
    "ADDA",
    "AFN",
    "ATDOC",
    "BA3US",
    "BNM",
    "CAN",
    "CDAN",
    "CMD",
    "DAAN",
    "DALN",
    "DAN",
    "DANN",
    "DDC",
    "DSAN",
    "DSBN",
    "DSN",
    "FBNM",
    "GVB",
    "IWAN",
    "JAN",
    "JUMBOT",
    "MCC",
    "MCD",
    "MDD",
    "MIC",
    "PADA",
    "SHOT",
    "SWD",
    "VADA",
    "WDGRL",
    "AdaBN",
    "Adversarial",
    "Alternating",
    "DeepCORAL",
    "DeepJDOT",
    "DomainAdaptation",
    "DomainConfusion",
    "FixMatch",
    "HoMM",
    "InformationMaximization",
    "Joint",
    "JointTraining",
    "LogCORAL",
    "MeanCORAL",
    "MinEnt",
    "NotApplicable",
    "PseudoLabel",
    "SelfEnsembling",
    "Shallow",
    "Sinkhorn",
    "SourceOnly",
    "SymNets",
    "TargetOnly",
    "TransNorm",
    "load",
]
