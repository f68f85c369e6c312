"""Did adaptation help? One word per cell of a table."""

from enum import Enum

from da.transfer.paired import Interval


class Verdict(str, Enum):
    """What a cell of a table may claim about adaptation against its reference."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Verdict":
        """Attach the sentence that a report prints beside the word."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    NEG_MATERIAL = "NEG_MATERIAL", "Adaptation hurt, by more than the declared materiality."
    NEG = "NEG", "Adaptation hurt, even after correction for all cells of the table."
    POS = "POS", "Adaptation helped."
    SAFE = "SAFE", "Adaptation did not hurt by more than the declared materiality."
    INCONCLUSIVE = "INCONCLUSIVE", "The design could not tell whether adaptation helped or hurt."

    @property
    def negative(self) -> bool:
        """Whether the cell counts as negative transfer."""
        return self in (Verdict.NEG_MATERIAL, Verdict.NEG)


def verdict(
    interval95: Interval, interval90: Interval, holm_p: float, *, materiality: float = 0.01
) -> Verdict:
    """Judge a cell; the first match in the order of :class:`Verdict` wins.

    The lower bound of the 90% interval makes SAFE a one-sided test of non-inferiority at .05
    (Piaggio et al., *Reporting of Noninferiority and Equivalence Randomized Trials*, JAMA 2012,
    https://doi.org/10.1001/jama.2012.87802).

    Args:
        interval95: 95% interval of adapted minus reference, a fraction.
        interval90: 90% interval of the same differences.
        holm_p: Two-sided p-value of the cell, adjusted over the cells of the table.
        materiality: Smallest loss that matters, as a fraction; declared before running.

    Raises:
        ValueError: If the 90% interval is wider than the 95% one, or materiality is negative.
    """
    if interval90.half_width > interval95.half_width:
        raise ValueError(
            f"a 90% interval is not wider than the 95% one; got half-widths "
            f"{interval90.half_width:.4g} and {interval95.half_width:.4g}, so swap the two"
        )
    if materiality < 0:
        raise ValueError(f"materiality is at least 0; got {materiality}")
    if interval95.high < -materiality:
        return Verdict.NEG_MATERIAL
    if holm_p <= 0.05 and interval95.estimate < 0:
        return Verdict.NEG
    if interval95.low > 0:
        return Verdict.POS
    if interval90.low > -materiality:
        return Verdict.SAFE
    return Verdict.INCONCLUSIVE
