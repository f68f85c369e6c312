"""Features conditioned on predictions."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class MultilinearMap(nn.Module):
    """Outer product of features and class probabilities, or a random sketch of it.

    Long et al., *Conditional Adversarial Domain Adaptation*, NeurIPS 2018, Eq. 5 (exact), 6
    (randomized) and 7 (which of them). https://arxiv.org/abs/1705.10667

    The matrices of the sketch are drawn once, when the layer is made. They are buffers, so that a
    resumed run and every process of a distributed one have the same.

    Args:
        in_features: Width of the features.
        num_classes: Number of classes.
        sketch: Width of the sketch; at least 1.
        largest: Width of the outer product up to which it is exact; 0 for always a sketch.

    Attributes:
        out_features: Width of the output.

    Raises:
        ValueError: If the sketch has no column.
    """

    of_features: Tensor
    of_classes: Tensor

    def __init__(
        self, in_features: int, num_classes: int, sketch: int = 1024, largest: int = 4096
    ) -> None:
        super().__init__()
        if sketch < 1:
            raise ValueError(f"a sketch has at least 1 column; got sketch={sketch}")
        self.exact = in_features * num_classes <= largest
        self.out_features = in_features * num_classes if self.exact else sketch
        if not self.exact:
            self.register_buffer("of_features", torch.randn(in_features, sketch))
            self.register_buffer("of_classes", torch.randn(num_classes, sketch))

    def forward(
        self, features: Float[Tensor, "n d"], probabilities: Float[Tensor, "n k"]
    ) -> Float[Tensor, "n h"]:
        """Return one row a sample; in the exact map, the features times the first class come first.

        The inner product of two rows is that of the features times that of the probabilities: of
        exact rows exactly, of sketches in expectation.
        """
        if self.exact:
            return (probabilities.unsqueeze(2) * features.unsqueeze(1)).flatten(1)
        product = (features @ self.of_features) * (probabilities @ self.of_classes)
        return product / self.out_features**0.5
