"""Conditional adversarial domain adaptation."""

from typing import Any

from torch import Tensor

from da.layers import MultilinearMap
from da.methods.adversarial import Adversarial


class CDAN(Adversarial):
    """Show the discriminator features in their product with the predictions.

    Long et al., *Conditional Adversarial Domain Adaptation*, NeurIPS 2018, Eq. 8; with
    ``entropy_weighting`` it is CDAN+E, Eq. 9. https://arxiv.org/abs/1705.10667

    No gradient flows through the predictions, neither as condition nor as weights.

    Args:
        sketch: Width of the random map that stands for the product where that is too wide.
        largest: Width of the product up to which it is exact.
        **kwargs: See :class:`Adversarial`.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or confident predictions for the target are wrong"

    def __init__(self, *, sketch: int = 1024, largest: int = 4096, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        d, k = self.backbone.out_features, self.classifier.out_features
        self.map = MultilinearMap(d, k, sketch, largest)
        self.discriminator = self.make_discriminator(self.map.out_features)

    def condition(self, features: Tensor, logits: Tensor) -> Tensor:
        return self.map(features, logits.detach().softmax(1))
