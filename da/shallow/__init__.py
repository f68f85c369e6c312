"""Baselines in feature space behind one interface, mostly solved by POT and scikit-learn."""

from da.shallow.base import Baseline
from da.shallow.class_transport import OTGroupLasso, OTLpL1
from da.shallow.classifiers import (
    linear_svm,
    logistic_regression,
    nearest_neighbor,
    searched_svm,
)
from da.shallow.coral import CORAL
from da.shallow.density_reweighting import DensityReweighting
from da.shallow.discriminator_reweighting import DiscriminatorReweighting
from da.shallow.gfk import GFK
from da.shallow.jda import JDA
from da.shallow.jdot import JDOT
from da.shallow.kliep import KLIEP
from da.shallow.kmm import KMM
from da.shallow.label_propagation import JCPOT, OTLabelPropagation
from da.shallow.linear_transport import OTLinear
from da.shallow.mapping import Mapping
from da.shallow.no_adaptation import NoAdaptation
from da.shallow.pca import PCA
from da.shallow.preprocessing import standardize_histograms
from da.shallow.reweighting import Reweighting
from da.shallow.subspace_alignment import SubspaceAlignment
from da.shallow.tca import TCA
from da.shallow.transport import OTExact, OTSinkhorn

__all__ = [
    "CORAL",
    "GFK",
    "JCPOT",
    "JDA",
    "JDOT",
    "KLIEP",
    "KMM",
    "PCA",
    "TCA",
    "Baseline",
    "DensityReweighting",
    "DiscriminatorReweighting",
    "Mapping",
    "NoAdaptation",
    "OTExact",
    "OTGroupLasso",
    "OTLabelPropagation",
    "OTLinear",
    "OTLpL1",
    "OTSinkhorn",
    "Reweighting",
    "SubspaceAlignment",
    "linear_svm",
    "logistic_regression",
    "nearest_neighbor",
    "searched_svm",
    "standardize_histograms",
]
