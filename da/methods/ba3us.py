"""Balanced adversarial alignment and adaptive uncertainty suppression."""

from typing import Any

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import complement_entropy, domain_classification, entropy
from da.methods.partial import PartialAdversarial


class BA3US(PartialAdversarial):
    """Weight source classes as PADA, fill the target up with source samples, share out mistakes.

    Liang et al., *A Balanced and Uncertainty-aware Approach for Partial Domain Adaptation*, ECCV
    2020, Eq. 3-9. https://arxiv.org/abs/2003.02541

    A share of the source batch counts as target for the discriminator, which makes up for the
    classes that the target lacks; the share falls linearly to zero in the course of training. Wrong
    classes of source samples are made equally probable, and the target's predictions certain.

    Args:
        share: Share of source samples that count as target at first, in [0, 1].
        complement: Weight of the complement entropy relative to the whole term; non-negative.
        exponent: Power of ``1 - p_label`` that an uncertain sample counts by; non-negative.
        certainty: Weight of the target's entropy relative to the whole term; non-negative.
        **kwargs: See :class:`PartialAdversarial`.
    """

    family = "partial label space"
    settings = ("partial",)
    assumes = "target classes among the source's (made for it)"
    hurts = "if the first predictions weigh down classes that the target has"

    def __init__(
        self,
        *,
        share: float = 0.25,
        complement: float = 1.0,
        exponent: float = 1.0,
        certainty: float = 0.1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 <= share <= 1 or not min(complement, exponent, certainty) >= 0:
            raise ValueError(
                f"a share lies in [0, 1] and weights are at least 0; got share={share}, "
                f"complement={complement}, exponent={exponent}, certainty={certainty}"
            )
        self.share, self.complement = share, complement
        self.exponent, self.certainty = exponent, certainty

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        weights = self.class_weights[source.labels]
        source_logits, target_logits = self.domain_logits(source, target)
        moved = int(self.share * (1 - self.progress) * len(weights))
        domain = domain_classification(
            source_logits,
            torch.cat([target_logits, source_logits[:moved]]),
            weights,
            torch.cat([torch.ones_like(target_logits), weights[:moved].to(target_logits)]),
        )
        with torch.no_grad():
            wrong = 1 - source.logits.softmax(1).gather(1, source.labels[:, None]).squeeze(1)
            # the least number keeps the mean defined where no sample is uncertain
            uncertain = weights * wrong.clamp_min(1e-7) ** self.exponent
        even = (uncertain * complement_entropy(source.logits, source.labels)).sum()
        spread = self.complement * even / uncertain.sum()
        certain = self.certainty * entropy(target.logits).mean()
        return domain + self.weight * (spread + certain)
