"""Batch normalization by domain, and domain-adversarial training behind it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Literal

from torch import Tensor
from torch.func import functional_call

from da.layers import named_batch_norms
from da.methods.base import NotApplicable
from da.methods.dann import DANN

Domain = Literal["source", "target"]


class DomainNormalized(DANN, ABC):
    """Pass each domain through the network with batch normalization of its own.

    The network keeps its layers, which are the source's. What the target has in their place is kept
    beside it and handed over for the time of a pass. The target is evaluated with its own.

    With weight 0 there is no adaptation, and the source's normalization serves both.

    Args:
        batch_norm: Each domain is a batch of its own: "separate".
        **kwargs: See :class:`DANN`.

    Raises:
        NotApplicable: If the backbone has no batch normalization.
    """

    def __init__(self, *, batch_norm: Literal["separate"] = "separate", **kwargs: Any) -> None:
        super().__init__(batch_norm=batch_norm, **kwargs)
        if not named_batch_norms(self.backbone):
            raise NotApplicable(
                f"{type(self).__name__} needs batch normalization, and the backbone "
                f"{type(self.backbone).__name__} has none; switch its batch_norm on"
            )
        self.domain: Domain = "source"

    @abstractmethod
    def normalization(self, domain: Domain) -> dict[str, Tensor]:
        """Return the parameters and statistics, by name, that replace the backbone's own."""

    def embed(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        replaced = {} if self.max_weight == 0 else self.normalization(self.domain)
        features = functional_call(self.backbone, replaced, (inputs,))
        return features, self.classifier(features)

    def embed_both(
        self, source: Tensor, target: Tensor
    ) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        of_source = self.embed(source)
        self.domain = "target"
        of_target = self.embed(target)
        self.domain = "source"
        return of_source, of_target

    def adapt_statistics(self, target: Iterable[Tensor]) -> None:
        self.domain = "target"

    def train(self, mode: bool = True) -> Any:
        self.domain = "source"  # whoever evaluates the target says so afterwards
        return super().train(mode)

    def on_validation_batch_start(
        self, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        self.domain = "target" if dataloader_idx == 1 else "source"

    def on_validation_end(self) -> None:
        self.domain = "source"

    def on_test_start(self) -> None:
        self.domain = "target"

    def on_predict_start(self) -> None:
        self.domain = "target"

    def parameter_groups(self) -> list[dict[str, Any]]:
        network, discriminator = super().parameter_groups()
        known = {id(p) for group in (network, discriminator) for p in group["params"]}
        network["params"] += [p for p in self.parameters() if id(p) not in known]
        return [network, discriminator]
