"""What a method asks of a feature extractor."""

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor, nn


class Backbone(nn.Module, ABC):
    """Maps inputs to feature vectors of width ``out_features``, on which domains are aligned."""

    out_features: int

    @property
    def trunk(self) -> nn.Module:
        """The part that may start from weights of other data; all of it if nothing follows it."""
        return self

    @abstractmethod
    def forward(self, inputs: Float[Tensor, "n ..."]) -> Float[Tensor, "n d"]:
        """Return the features of a batch."""
