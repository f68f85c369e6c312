"""The network that tells the domains apart."""

from jaxtyping import Float
from torch import Tensor, nn

from da.layers.perceptron import perceptron


class Discriminator(nn.Module):
    """Perceptron from features to the logit of "source".

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Fig. 4.
    https://arxiv.org/abs/1505.07818

    It has no batch normalization: the statistics of a batch of both domains would tell each sample
    the proportion of the domains.

    Args:
        in_features: Width of the features.
        width: Units of each hidden layer; at least 1.
        depth: Hidden layers; at least 0.
        bias: Whether the logit has a bias, which cancels where only differences of it count.
    """

    def __init__(
        self, in_features: int, width: int = 1024, depth: int = 2, *, bias: bool = True
    ) -> None:
        super().__init__()
        if width < 1 or depth < 0:
            raise ValueError(
                f"a discriminator has layers of at least 1 unit; got width={width}, depth={depth}"
            )
        self.layers = perceptron(in_features, 1, width, depth, bias=bias)

    def forward(self, features: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        return self.layers(features).squeeze(1)
