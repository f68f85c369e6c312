"""Learning from labels that a network gave."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def confident_cross_entropy(
    logits: Float[Tensor, "m k"],
    teacher_logits: Float[Tensor, "m k"],
    *,
    threshold: float | None = None,
) -> Float[Tensor, ""]:
    """Cross-entropy with the teacher's most probable classes, counted by its confidence.

    With a threshold: Sohn et al., *FixMatch: Simplifying Semi-Supervised Learning with Consistency
    and Confidence*, NeurIPS 2020, Eq. 4 (https://arxiv.org/abs/2001.07685). The sum is over the
    confident samples, but the mean over all, so that few confident samples have a small weight.

    Without one: Hoyer et al., *MIC: Masked Image Consistency for Context-Enhanced Domain
    Adaptation*, CVPR 2023, Eq. 6 (https://arxiv.org/abs/2212.01322). Each sample counts as much as
    its highest probability.

    Args:
        logits: Logits that are trained.
        teacher_logits: Logits that the labels are taken from; they receive no gradient.
        threshold: Least probability of a label that counts, in [0, 1].

    Returns:
        A non-negative scalar.
    """
    confidence, labels = teacher_logits.detach().softmax(1).max(1)
    if threshold is not None:
        confidence = (confidence >= threshold).to(confidence)
    return (confidence * F.cross_entropy(logits, labels, reduction="none")).mean()
