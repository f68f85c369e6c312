"""Negative transfer: did adaptation help or hurt, by how much, and how sure is that."""

from da.transfer.classwise import Classwise, classwise
from da.transfer.flips import Flips, flips
from da.transfer.floor import check_label_shift_floor, label_shift_floor, total_variation
from da.transfer.paired import Interval, VarianceComponents, twc, variance_components
from da.transfer.rate import Rate, clopper_pearson, negative_transfer_rate
from da.transfer.ratios import gap_closed, normalized_gap
from da.transfer.significance import benjamini_hochberg, holm, mcnemar, sign_flip
from da.transfer.verdict import Verdict, verdict

__all__ = [
    "Classwise",
    "Flips",
    "Interval",
    "Rate",
    "VarianceComponents",
    "Verdict",
    "benjamini_hochberg",
    "check_label_shift_floor",
    "classwise",
    "clopper_pearson",
    "flips",
    "gap_closed",
    "holm",
    "label_shift_floor",
    "mcnemar",
    "negative_transfer_rate",
    "normalized_gap",
    "sign_flip",
    "total_variation",
    "twc",
    "variance_components",
    "verdict",
]
