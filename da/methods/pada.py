"""Partial adversarial domain adaptation."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import domain_classification
from da.methods.partial import PartialAdversarial


class PADA(PartialAdversarial):
    """DANN in which source classes that the target seems to lack count little, in both losses.

    Cao et al., *Partial Adversarial Domain Adaptation*, ECCV 2018, Eq. 4-5.
    https://arxiv.org/abs/1808.04205

    The weighted losses are divided by the sum of their weights, and the weight of the term scales
    the reversed gradient, as in DANN.

    Args:
        **kwargs: See :class:`PartialAdversarial`.
    """

    family = "partial label space"
    settings = ("partial",)
    assumes = "target classes among the source's (made for it)"
    hurts = "if the first predictions weigh down classes that the target has"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        logits = self.domain_logits(source, target)
        return domain_classification(*logits, self.class_weights[source.labels])
