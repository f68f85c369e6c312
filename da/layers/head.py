"""Classifiers other than one linear layer."""

from collections.abc import Sequence
from itertools import pairwise

from torch import nn
from torch.nn.utils.parametrizations import weight_norm


class Head(nn.Sequential):
    """Classifier with hidden layers, as the label predictors of the first papers on digits have.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Fig. 4: on MNIST two
    hidden layers of 100 units (https://arxiv.org/abs/1505.07818). Saito et al., *Maximum Classifier
    Discrepancy for Unsupervised Domain Adaptation*, CVPR 2018, and their code: with batch
    normalization, and with dropout before each layer (https://arxiv.org/abs/1712.02560). Others
    leave it out before some of them.

    Domains are aligned on what it is given, not on its hidden layers. Weights start as torch's do.

    Args:
        in_features: Width of the features.
        out_features: Classes.
        hidden: Width of each hidden layer.
        dropout: Probability of dropout before each layer, in [0, 1): one for all layers, or one for
            each, the last included.
        batch_norm: Whether to normalize in each hidden layer.

    Raises:
        ValueError: If a layer has no unit, or a probability is missing or out of range.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        hidden: Sequence[int] = (100, 100),
        dropout: float | Sequence[float] = 0.0,
        batch_norm: bool = False,
    ) -> None:
        if isinstance(dropout, int | float):
            dropout = [dropout] * (len(hidden) + 1)
        if min(hidden, default=1) < 1 or not all(0 <= p < 1 for p in dropout):
            raise ValueError(
                "each hidden layer has at least 1 unit and a probability of dropout lies in [0, 1);"
                f" got hidden={hidden}, dropout={dropout}"
            )
        if len(dropout) != len(hidden) + 1:
            raise ValueError(
                f"dropout has one probability for all or for each of {len(hidden) + 1} layers; "
                f"got dropout={dropout}"
            )
        layers: list[nn.Module] = []
        for p, (inputs, outputs) in zip(dropout, pairwise([in_features, *hidden]), strict=False):
            layers += [nn.Dropout(p)] if p else []
            layers += [nn.Linear(inputs, outputs)]
            layers += [nn.BatchNorm1d(outputs)] if batch_norm else []
            layers += [nn.ReLU()]
        layers += [nn.Dropout(dropout[-1])] if dropout[-1] else []
        super().__init__(*layers, nn.Linear([in_features, *hidden][-1], out_features))
        self.in_features, self.out_features = in_features, out_features


def normalized_linear(in_features: int, out_features: int) -> nn.Linear:
    """Return a linear classifier with a length and a direction for each class's weights.

    Salimans & Kingma, *Weight Normalization*, NeurIPS 2016, Eq. 2
    (https://arxiv.org/abs/1602.07868); as classifier: Liang, Hu & Feng, *Do We Really Need to
    Access the Source Data?*, ICML 2020, Sec. 3.4 (https://arxiv.org/abs/2002.08546). It starts as
    torch's linear layer does.
    """
    layer: nn.Linear = weight_norm(nn.Linear(in_features, out_features))
    return layer
