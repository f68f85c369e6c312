"""Scores of a model that need no target label; higher is better."""

from da.validators.cheap_score import cheap_score
from da.validators.entropy import entropy
from da.validators.guard import guarded
from da.validators.information import normalized_information
from da.validators.information_maximization import information_maximization, prior_matching
from da.validators.score import Score
from da.validators.source_accuracy import source_accuracy
from da.validators.source_nll import source_nll
from da.validators.summary import Summary, summarize

__all__ = [
    "Score",
    "Summary",
    "cheap_score",
    "entropy",
    "guarded",
    "information_maximization",
    "normalized_information",
    "prior_matching",
    "source_accuracy",
    "source_nll",
    "summarize",
]
