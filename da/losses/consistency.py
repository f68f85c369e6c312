"""How far a student's predictions are from its teacher's."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def consistency(
    logits: Float[Tensor, "m k"], teacher_logits: Float[Tensor, "m k"], *, threshold: float = 0.0
) -> Float[Tensor, ""]:
    """Mean squared difference of probabilities on samples that the teacher is confident of.

    French, Mackiewicz & Fisher, *Self-Ensembling for Visual Domain Adaptation*, ICLR 2018, Sec.
    3.1-3.2. https://arxiv.org/abs/1706.05208

    Args:
        logits: Logits of the student.
        teacher_logits: Logits of the teacher, which receive no gradient.
        threshold: Least highest probability of the teacher for a sample to count, in [0, 1]. The
            mean is over all samples, also over those that do not count.

    Returns:
        A scalar in [0, 2 / k].
    """
    teacher = teacher_logits.detach().softmax(1)
    confident = teacher.max(1).values >= threshold
    return (confident * (logits.softmax(1) - teacher).square().mean(1)).mean()
