"""Two Gaussians a domain: a transfer task whose risks are known in closed form."""

from statistics import NormalDist
from typing import Any

import torch

from da.data.base import TransferTask
from da.data.samples import Domain, Samples
from da.streams import generator


class Gaussians(TransferTask):
    """One feature, two classes: ``x | y ~ N(y mu, 1)`` in the source, for y = -1 and 1.

    The target's features are moved by ``delta``, and its class 1 has another prior. Aligning the
    means undoes the first and falls for the second, so that one can know beforehand where
    adaptation helps and where it hurts.

    Args:
        source: Name of the labelled domain.
        target: Name of the unlabelled domain.
        mu: Half the distance between the classes, in standard deviations.
        delta: Shift of the target's features.
        prior: Prior of class 1 in the target, in (0, 1); the source's is one half.
        size: Samples of a domain to train on, and as many to test on; at least 2.
        **kwargs: See :class:`TransferTask`.

    Raises:
        ValueError: If the prior or the size is out of range.
    """

    domains = ("source", "target")
    num_classes = 2
    in_channels = 1

    def __init__(
        self,
        source: str = "source",
        target: str = "target",
        *,
        mu: float = 1.5,
        delta: float = 0.0,
        prior: float = 0.5,
        size: int = 2000,
        **kwargs: Any,
    ) -> None:
        super().__init__(source, target, **kwargs)
        if not 0 < prior < 1 or size < 2:
            raise ValueError(
                f"a prior lies in (0, 1) and a domain has at least 2 samples; "
                f"got prior={prior}, size={size}"
            )
        self.mu, self.delta, self.prior, self.size = mu, delta, prior, size

    def domain(self, name: str) -> Domain:
        return Domain(self._draw(name, "train"), self._draw(name, "test"))

    def _draw(self, name: str, side: str) -> Samples:
        shifted = name == "target"
        prior, delta = (self.prior, self.delta) if shifted else (0.5, 0.0)
        # Exactly the expected share of each class: only the features are drawn.
        labels = (torch.arange(self.size) < round(prior * self.size)).long()
        # The noise knows no parameter, so that tasks differ by their parameters alone.
        rng = generator("scenario", 0, int(shifted), int(side == "test"))
        noise = torch.randn(self.size, 1, generator=rng)
        inputs = self.mu * (2 * labels - 1).unsqueeze(1) + delta + noise
        return Samples(inputs, labels, tuple(f"{name}-{side}-{i:06d}" for i in range(self.size)))


def source_only_risk(mu: float, delta: float, prior: float) -> float:
    """Target error of the best classifier of the source, ``sign(x)``, in [0, 1]."""
    return _risk(mu + delta, mu - delta, prior)


def aligned_risk(mu: float, prior: float) -> float:
    """Target error of ``sign(x - E x)``, in [0, 1], which is the same for each shift.

    The best classifier of the source once the means of the domains agree: what adapted batch
    normalization does, or a discrepancy with a linear kernel at its minimum.
    """
    return _risk(2 * mu * (1 - prior), 2 * mu * prior, prior)


def _risk(positive_margin: float, negative_margin: float, prior: float) -> float:
    """Error from how far the mean of each class lies on its own side of the threshold."""
    normal = NormalDist()
    return prior * normal.cdf(-positive_margin) + (1 - prior) * normal.cdf(-negative_margin)
