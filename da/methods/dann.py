"""Domain-adversarial training."""

from typing import Any

from torch import Tensor

from da.methods.adversarial import Adversarial


class DANN(Adversarial):
    """Learn features from which a discriminator cannot tell the domains apart.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Eq. 9 and 14-18.
    https://arxiv.org/abs/1505.07818

    Args:
        **kwargs: See :class:`Adversarial`.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or the target lacks classes"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.discriminator = self.make_discriminator(self.backbone.out_features)

    def condition(self, features: Tensor, logits: Tensor) -> Tensor:
        return features
