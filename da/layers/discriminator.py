"""The network that tells the domains apart."""

from jaxtyping import Float
from torch import Tensor, nn

from da.layers.perceptron import perceptron


class Discriminator(nn.Module):
    """Perceptron from features to the logit of "source".

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Fig. 4.
    https://arxiv.org/abs/1505.07818

    By default it has no batch normalization: the statistics of a batch of both domains tell each
    sample the proportion of the domains. With it, it has to be given both domains in one batch, for
    batches of one domain would be told apart by nothing but their statistics.

    Args:
        in_features: Width of the features.
        width: Units of each hidden layer; at least 1.
        depth: Hidden layers; at least 0.
        bias: Whether the logit has a bias, which cancels where only differences of it count.
        batch_norm: Whether to normalize in each hidden layer, as Jiang et al., *Transferability in
            Deep Learning*, 2022, do in their library.
        dropout: Probability of dropout behind each hidden layer, in [0, 1).
    """

    def __init__(
        self,
        in_features: int,
        width: int = 1024,
        depth: int = 2,
        *,
        bias: bool = True,
        batch_norm: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if width < 1 or depth < 0:
            raise ValueError(
                f"a discriminator has layers of at least 1 unit; got width={width}, depth={depth}"
            )
        self.layers = perceptron(
            in_features, 1, width, depth, bias=bias, batch_norm=batch_norm, dropout=dropout
        )

    def forward(self, features: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        return self.layers(features).squeeze(1)
