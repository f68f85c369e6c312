"""Methods: LightningModules, one paper a file."""

from da.methods.adabn import AdaBN
from da.methods.afn import AFN
from da.methods.base import DomainAdaptation, JointTraining, NotApplicable
from da.methods.can import CAN
from da.methods.cmd import CMD
from da.methods.dan import DAN
from da.methods.dann import DANN
from da.methods.ddc import DDC
from da.methods.deep_coral import DeepCORAL
from da.methods.deep_jdot import DeepJDOT
from da.methods.dsan import DSAN
from da.methods.dsbn import DSBN
from da.methods.homm import HoMM
from da.methods.hyperparameters import load
from da.methods.jan import JAN
from da.methods.jumbot import JUMBOT
from da.methods.log_coral import LogCORAL
from da.methods.mean_coral import MeanCORAL
from da.methods.sinkhorn import Sinkhorn
from da.methods.source_only import SourceOnly
from da.methods.swd import SWD
from da.methods.target_only import TargetOnly
from da.methods.transnorm import TransNorm

__all__ = [
    "AFN",
    "CAN",
    "CMD",
    "DAN",
    "DANN",
    "DDC",
    "DSAN",
    "DSBN",
    "JAN",
    "JUMBOT",
    "SWD",
    "AdaBN",
    "DeepCORAL",
    "DeepJDOT",
    "DomainAdaptation",
    "HoMM",
    "JointTraining",
    "LogCORAL",
    "MeanCORAL",
    "NotApplicable",
    "Sinkhorn",
    "SourceOnly",
    "TargetOnly",
    "TransNorm",
    "load",
]
