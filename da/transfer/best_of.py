"""What tuning is worth: the expected best of so many trials."""

import numpy as np
from jaxtyping import Float, Real


def expected_best_of(
    values: Real[np.ndarray, " trials"], *, replacement: bool = True
) -> Float[np.ndarray, " trials"]:
    """Expected highest value among the first trials of a random search, by their number.

    Dodge et al., *Show Your Work: Improved Reporting of Experimental Results*, EMNLP 2019, Sec. 3,
    https://arxiv.org/abs/1909.03004, draws trials with replacement: biased downwards, for the best
    trial may be missed however many are drawn. Tang et al., *Showing Your Work Doesn't Always
    Work*, ACL 2020 (https://arxiv.org/abs/2004.13705) give the unbiased estimate without.

    Args:
        values: Validation score of each trial; higher is better.
        replacement: Draw trials with replacement.

    Returns:
        Expected best of 1, 2, ... and all trials.

    Raises:
        ValueError: If there are no trials or a value is not finite.
    """
    ordered = np.sort(np.asarray(values, np.float64))
    trials = len(ordered)
    if trials == 0 or not np.isfinite(ordered).all():
        raise ValueError(
            f"the best of some trials needs finite values of at least 1 trial; got {ordered}"
        )
    drawn = np.zeros(trials) if replacement else np.arange(trials)  # no longer there to draw
    rank = np.arange(trials + 1)
    # Probability that all of n draws are among the lowest trials, by n and by how many those are.
    each = np.maximum(rank - drawn[:, None], 0) / (trials - drawn)[:, None]
    return np.diff(np.cumprod(each, axis=0), axis=1) @ ordered
