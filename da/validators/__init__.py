"""Scores of a model that need no target label; higher is better."""

from da.validators.atc import atc
from da.validators.borda import borda, mean_ranks
from da.validators.cheap_score import cheap_score
from da.validators.circv import circv
from da.validators.class_ami import class_ami
from da.validators.class_confusion import class_confusion
from da.validators.class_silhouette import class_silhouette
from da.validators.clusters import target_clusters
from da.validators.consistency import consistency
from da.validators.density_ratio import density_ratio
from da.validators.dev import dev
from da.validators.devn import devn
from da.validators.effective_rank import effective_rank
from da.validators.ensv import ensemble_classes, ensv
from da.validators.entropy import entropy
from da.validators.gde import gde
from da.validators.guard import guarded
from da.validators.importance import effective_size
from da.validators.information import normalized_information
from da.validators.information_maximization import information_maximization, prior_matching
from da.validators.iwcv import iwcv, self_normalized_iwcv
from da.validators.matrix_norm import matrix_norm
from da.validators.mixval import mixed_inputs, mixing_partners, mixval
from da.validators.neighborhood_density import neighborhood_density
from da.validators.nuclear_norm import nuclear_norm
from da.validators.quality import Selection, selection, weighted_spearman
from da.validators.score import Score
from da.validators.softmax_correlation import softmax_correlation
from da.validators.source_accuracy import source_accuracy
from da.validators.source_nll import source_nll
from da.validators.summary import Summary, summarize
from da.validators.transfer_score import hopkins, non_uniformity, transfer_score

__all__ = [
    "Score",
    "Selection",
    "Summary",
    "atc",
    "borda",
    "cheap_score",
    "circv",
    "class_ami",
    "class_confusion",
    "class_silhouette",
    "consistency",
    "density_ratio",
    "dev",
    "devn",
    "effective_rank",
    "effective_size",
    "ensemble_classes",
    "ensv",
    "entropy",
    "gde",
    "guarded",
    "hopkins",
    "information_maximization",
    "iwcv",
    "matrix_norm",
    "mean_ranks",
    "mixed_inputs",
    "mixing_partners",
    "mixval",
    "neighborhood_density",
    "non_uniformity",
    "normalized_information",
    "nuclear_norm",
    "prior_matching",
    "selection",
    "self_normalized_iwcv",
    "softmax_correlation",
    "source_accuracy",
    "source_nll",
    "summarize",
    "target_clusters",
    "transfer_score",
    "weighted_spearman",
]
