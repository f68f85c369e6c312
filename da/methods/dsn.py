"""Domain separation networks."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from da.backbones import DigitCNN
from da.batch import Batch, Labeled, Unlabeled
from da.layers import Decoder, Discriminator, reverse_gradient
from da.losses import domain_classification, scale_invariant_error, subspace_overlap
from da.methods.base import BackboneCallable, JointTraining, NotApplicable

DecoderCallable = Callable[[int, int], nn.Module]


class DSN(JointTraining):
    """Keep what only one domain has apart from the features, and draw the images from both.

    Bousmalis et al., *Domain Separation Networks*, NIPS 2016, Eq. 1. https://arxiv.org/abs/1608.06019

    Each domain has an encoder of its own. A decoder reconstructs the image from the sum of its code
    and the features; code and features are drawn apart; a discriminator behind a gradient reversal
    draws the features of both domains together. For another similarity than that (the paper has MMD
    as well), this without similarity and DAN are two terms of :class:`Joint`.

    The weight acts on what reaches the features. The other networks learn from the first step, each
    at its own loss's weight.

    Args:
        similarity: The paper's ``gamma``, of the discriminator's loss; non-negative, 0 for none.
        difference: ``beta``, of the overlap of features and codes; non-negative.
        reconstruction: ``alpha``, of the error of the images; non-negative. The paper states none
            of the three; these are of a public re-implementation (github.com/fungtion/DSN).
        private_encoder: Makes the encoder of one domain for a number of input channels, as wide as
            the backbone; another backbone without it.
        decoder: Makes the decoder for a number of features and of channels.
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        **kwargs: See :class:`JointTraining`.

    Raises:
        NotApplicable: If inputs are not images.
        ValueError: If a weight is negative, or codes have another width than the features.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or the target lacks classes"

    def __init__(
        self,
        num_classes: int,
        in_channels: int = 3,
        backbone: BackboneCallable = DigitCNN,
        *,
        similarity: float = 0.25,
        difference: float = 0.075,
        reconstruction: float = 0.01,
        private_encoder: BackboneCallable | None = None,
        decoder: DecoderCallable = Decoder,
        width: int = 100,
        depth: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            num_classes=num_classes, in_channels=in_channels, backbone=backbone, **kwargs
        )
        if not min(similarity, difference, reconstruction) >= 0:
            raise ValueError(
                "the terms of DSN have weights of at least 0; got "
                f"similarity={similarity}, difference={difference}, reconstruction={reconstruction}"
            )
        self.similarity, self.difference = similarity, difference
        self.reconstruction = reconstruction
        features = self.backbone.out_features
        private_encoder = private_encoder or backbone
        self.source_encoder, self.target_encoder = (private_encoder(in_channels) for _ in range(2))
        if self.source_encoder.out_features != features:
            raise ValueError(
                f"codes are added to features and have their width, {features}; got a private "
                f"encoder with out_features={self.source_encoder.out_features}"
            )
        self.decoder = decoder(features, in_channels)
        if similarity:
            self.discriminator = Discriminator(features, width, depth)

    def losses(self, batch: Batch, source: Labeled, target: Unlabeled) -> tuple[Tensor, Tensor]:
        task_loss, similarity = super().losses(batch, source, target)
        of_source = self.separation(batch["source"][0], source.features, self.source_encoder)
        of_target = self.separation(batch["target"], target.features, self.target_encoder)
        return task_loss, similarity + of_source + of_target

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        if not self.similarity:
            return source.features.new_zeros(())
        features = torch.cat([source.features, target.features])
        logits = self.discriminator(reverse_gradient(features, self.weight))
        sizes = [len(source.features), len(target.features)]
        return self.similarity * domain_classification(*logits.split(sizes))

    def separation(self, inputs: Tensor, features: Tensor, encoder: nn.Module) -> Tensor:
        """Return the loss of drawing a domain's inputs and of keeping its code apart."""
        if inputs.dim() != 4:
            raise NotApplicable(
                f"DSN reconstructs images (n, c, h, w); got inputs of shape {tuple(inputs.shape)}"
            )
        # The weight is that of the gradient from here on, so that what lies behind keeps its pace.
        shared, private = reverse_gradient(features, -self.weight), encoder(inputs)
        drawn = self.decoder(shared + private, inputs.shape[2:])
        error, overlap = scale_invariant_error(drawn, inputs), subspace_overlap(shared, private)
        domain = "source" if encoder is self.source_encoder else "target"
        self.monitored |= {f"{domain}_error": error, f"{domain}_overlap": overlap}
        return self.reconstruction * error + self.difference * overlap
