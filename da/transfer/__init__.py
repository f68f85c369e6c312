"""Negative transfer: did adaptation help or hurt, by how much, and how sure is that."""

from da.transfer.aggregate import (
    harm_profile,
    interquartile_mean,
    performance_profile,
    probability_of_improvement,
    stratified_bootstrap,
)
from da.transfer.bayesian import Posterior, bayesian_signed_rank
from da.transfer.best_of import expected_best_of
from da.transfer.bootstrap import (
    PercentileInterval,
    crossed_bootstrap,
    crossed_replicates,
    percentile_interval,
    percentile_p,
)
from da.transfer.certificate import Certificate, certificate
from da.transfer.classwise import Classwise, classwise
from da.transfer.dirichlet_shift import dirichlet_shift
from da.transfer.flips import Flips, flips
from da.transfer.floor import check_label_shift_floor, label_shift_floor, total_variation
from da.transfer.gate_calibration import Calibrated, calibrate_gate, leave_one_dataset_out
from da.transfer.gate_harm import HarmBound, harm_bound
from da.transfer.gate_trial import GateTrial, gate_trial, harms
from da.transfer.gates import (
    Decision,
    Evidence,
    Thresholds,
    certificate_only,
    collapse_ratios,
    gate,
    gates,
    known_gates,
)
from da.transfer.jensen_shannon import jensen_shannon, jensen_shannon_floor
from da.transfer.judgment import Judgment, judge
from da.transfer.paired import Interval, VarianceComponents, twc, variance_components
from da.transfer.pairwise import among_best, pairwise
from da.transfer.planning import growth_needed, projected_detectable, seeds_needed
from da.transfer.power import (
    Resolution,
    paired_standard_error,
    planned_detectable,
    planned_half_width,
    resolution,
    selection_inflation,
)
from da.transfer.ranks import Friedman, average_ranks, friedman, nemenyi
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
from da.transfer.references import Differences, chance_level, differences_from_references
from da.transfer.replication import (
    Compared,
    Replication,
    RunMean,
    compare,
    mean_from_spread,
    mean_of_means,
    mean_of_runs,
)
from da.transfer.resampling import TaskValues, observed_means, resampled_means
from da.transfer.run_intervals import improvement_interval, interquartile_interval
from da.transfer.sample_harm import SampleHarm, sample_harm
from da.transfer.shrinkage import shrink
from da.transfer.signed_rank import SignedRank, target_means, wilcoxon
from da.transfer.significance import benjamini_hochberg, holm, mcnemar, sign_flip
from da.transfer.stress import aurc, break_even, harm, relative_curve, worst
from da.transfer.stress_intervals import OverallHarm, StressScores, overall_harm, stress_scores
from da.transfer.suite import SuiteMean, suite_mean, suite_means
from da.transfer.verdict import Verdict, verdict

__all__ = [
    "Calibrated",
    "Certificate",
    "Classwise",
    "Compared",
    "Decision",
    "Differences",
    "Evidence",
    "Flips",
    "Friedman",
    "GateTrial",
    "HarmBound",
    "Interval",
    "Judgment",
    "OverallHarm",
    "PercentileInterval",
    "Posterior",
    "Rate",
    "RatioIntervals",
    "RecallDifferences",
    "Replication",
    "Resolution",
    "RunMean",
    "SampleHarm",
    "SignedRank",
    "StressScores",
    "SuiteMean",
    "TaskValues",
    "Thresholds",
    "VarianceComponents",
    "Verdict",
    "among_best",
    "aurc",
    "average_ranks",
    "bayesian_signed_rank",
    "benjamini_hochberg",
    "break_even",
    "calibrate_gate",
    "certificate",
    "certificate_only",
    "chance_level",
    "check_label_shift_floor",
    "classwise",
    "clopper_pearson",
    "collapse_ratios",
    "compare",
    "crossed_bootstrap",
    "crossed_replicates",
    "differences_from_references",
    "dirichlet_shift",
    "expected_best_of",
    "flips",
    "friedman",
    "gap_closed",
    "gate",
    "gate_trial",
    "gates",
    "growth_needed",
    "harm",
    "harm_bound",
    "harm_profile",
    "harms",
    "holm",
    "improvement_interval",
    "interquartile_interval",
    "interquartile_mean",
    "jensen_shannon",
    "jensen_shannon_floor",
    "judge",
    "known_gates",
    "label_shift_floor",
    "leave_one_dataset_out",
    "mcnemar",
    "mean_from_spread",
    "mean_of_means",
    "mean_of_runs",
    "negative_transfer_rate",
    "nemenyi",
    "normalized_gap",
    "normalized_score",
    "observed_means",
    "overall_harm",
    "paired_standard_error",
    "pairwise",
    "percentile_interval",
    "percentile_p",
    "performance_profile",
    "planned_detectable",
    "planned_half_width",
    "probability_of_improvement",
    "projected_detectable",
    "ratio_intervals",
    "recall_differences",
    "relative_curve",
    "resampled_means",
    "resolution",
    "sample_harm",
    "seeds_needed",
    "selection_inflation",
    "shrink",
    "sign_flip",
    "stratified_bootstrap",
    "stress_scores",
    "suite_mean",
    "suite_means",
    "target_means",
    "total_variation",
    "transfer_loss",
    "transfer_ratio",
    "transfer_ratio_interval",
    "twc",
    "variance_components",
    "verdict",
    "wilcoxon",
    "worst",
]
