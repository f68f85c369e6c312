"""Negative transfer: did adaptation help or hurt, by how much, and how sure is that."""

from da.transfer.bayesian import Posterior, bayesian_signed_rank
from da.transfer.bootstrap import (
    PercentileInterval,
    crossed_bootstrap,
    crossed_replicates,
    percentile_interval,
)
from da.transfer.classwise import Classwise, classwise
from da.transfer.flips import Flips, flips
from da.transfer.floor import check_label_shift_floor, label_shift_floor, total_variation
from da.transfer.judgment import Judgment, judge
from da.transfer.paired import Interval, VarianceComponents, twc, variance_components
from da.transfer.power import (
    Resolution,
    paired_standard_error,
    planned_detectable,
    planned_half_width,
    resolution,
    selection_inflation,
)
from da.transfer.rate import Rate, clopper_pearson, negative_transfer_rate
from da.transfer.ratio_intervals import RatioIntervals, ratio_intervals, transfer_ratio_interval
from da.transfer.ratios import (
    gap_closed,
    normalized_gap,
    normalized_score,
    transfer_loss,
    transfer_ratio,
)
from da.transfer.recalls import RecallDifferences, recall_differences
from da.transfer.resampling import TaskValues, observed_means, resampled_means
from da.transfer.shrinkage import shrink
from da.transfer.signed_rank import SignedRank, target_means, wilcoxon
from da.transfer.significance import benjamini_hochberg, holm, mcnemar, sign_flip
from da.transfer.suite import SuiteMean, suite_mean
from da.transfer.verdict import Verdict, verdict

__all__ = [
    "Classwise",
    "Flips",
    "Interval",
    "Judgment",
    "PercentileInterval",
    "Posterior",
    "Rate",
    "RatioIntervals",
    "RecallDifferences",
    "Resolution",
    "SignedRank",
    "SuiteMean",
    "TaskValues",
    "VarianceComponents",
    "Verdict",
    "bayesian_signed_rank",
    "benjamini_hochberg",
    "check_label_shift_floor",
    "classwise",
    "clopper_pearson",
    "crossed_bootstrap",
    "crossed_replicates",
    "flips",
    "gap_closed",
    "holm",
    "judge",
    "label_shift_floor",
    "mcnemar",
    "negative_transfer_rate",
    "normalized_gap",
    "normalized_score",
    "observed_means",
    "paired_standard_error",
    "percentile_interval",
    "planned_detectable",
    "planned_half_width",
    "ratio_intervals",
    "recall_differences",
    "resampled_means",
    "resolution",
    "selection_inflation",
    "shrink",
    "sign_flip",
    "suite_mean",
    "target_means",
    "total_variation",
    "transfer_loss",
    "transfer_ratio",
    "transfer_ratio_interval",
    "twc",
    "variance_components",
    "verdict",
    "wilcoxon",
]
