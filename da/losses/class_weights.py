"""Which source classes the target seems to have, from predictions alone."""

from typing import Literal

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def class_weights(
    probabilities: Float[Tensor, "m k"], *, largest: Literal["one", "share"] = "one"
) -> Float[Tensor, " k"]:
    """Mean predicted probability of each class over target samples.

    Cao et al., *Partial Adversarial Domain Adaptation*, ECCV 2018, Eq. 4.
    https://arxiv.org/abs/1808.04205

    Args:
        probabilities: Predictions for target samples.
        largest: "one" divides by the largest weight, as in PADA; "share" leaves weights that sum
            to 1, as in Liang et al., ECCV 2020 (https://arxiv.org/abs/2003.02541).

    Returns:
        One weight per class, in [0, 1].
    """
    mean = probabilities.mean(0)
    return mean / (mean.max() if largest == "one" else mean.sum())
