"""Transfer tasks whose samples are feature vectors, and how these are scaled."""

from abc import ABC
from functools import cached_property
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from da.data.base import TransferTask
from da.data.samples import Domain, Inputs, Samples
from da.data.scenarios import Scene

Normalize = Literal["none", "l1", "l2"]
Standardize = Literal["none", "labeled", "each", "all"]


class FeatureTask(TransferTask, ABC):
    """A transfer task on feature vectors: each sample is scaled by itself, then each column.

    Statistics of columns come from the samples that are trained on or adapted to, never from test
    samples that these are not, unless all are asked for, and never from labels.

    Args:
        source: Name of the labelled domain.
        target: Name of the unlabelled domain.
        normalize: Divide each sample by the sum of its absolute values ("l1", which makes shares
            of a histogram), by its Euclidean length ("l2"), or by nothing.
        standardize: Give each column mean 0 and standard deviation 1: by the statistics of the
            labelled training samples for both domains ("labeled"); each domain by its own
            ("each"), as Gong et al., *Geodesic Flow Kernel for Unsupervised Domain Adaptation*,
            CVPR 2012 and most tables of SURF features do, which itself adapts: it aligns the
            means and variances of the domains, for source-only too; each domain by all its
            samples, with those that take no part ("all"), as tables that draw from standardized
            files do; or not at all.
        **kwargs: See :class:`TransferTask`.

    Raises:
        ValueError: If something is asked for that only images have.
    """

    reads_files = True

    def __init__(
        self,
        source: str,
        target: str,
        *,
        normalize: Normalize = "none",
        standardize: Standardize = "none",
        **kwargs: Any,
    ) -> None:
        super().__init__(source, target, **kwargs)
        if kwargs.get("pixels") is not None or self.shift:
            raise ValueError(
                "features have no pixels to standardize or to shift; leave out pixels and shift, "
                "and scale columns with standardize"
            )
        self.normalize, self.standardize = normalize, standardize

    @cached_property
    def scene(self) -> Scene:
        scene = super().scene
        source, target = (
            _each_sample(domain, self.normalize) for domain in (scene.source, scene.target)
        )
        if self.standardize == "none":
            return Scene(source, target, scene.weights)
        if self.standardize == "all":
            return Scene(
                self._by_all(source, self.source), self._by_all(target, self.target), scene.weights
            )
        adapted = target.train.select(self._divide_target(target.train)[0])
        if self.standardize == "each":
            trained = self.protocol.divide_source(source)[0]
            return Scene(_columns(source, trained), _columns(target, adapted), scene.weights)
        # For the ceiling the target's own samples are the labelled ones, whatever the source.
        labeled = source if self.labeled_domain == "source" else Domain(target.train)
        trained = self.protocol.divide_source(labeled)[0]
        return Scene(_columns(source, trained), _columns(target, trained), scene.weights)

    def _by_all(self, domain: Domain, name: str) -> Domain:
        """Standardize the samples that take part by all that the data set has of their domain."""
        whole = (_each_sample(self.domain(n), self.normalize) for n in name.split("+"))
        return _columns(domain, *(part for d in whole for part in (d.train, d.test) if part))

    def split(self) -> dict[str, Any]:
        scaling = {"normalize": self.normalize, "standardize": self.standardize}
        return {**super().split(), "scaling": scaling}


def _each_sample(domain: Domain, norm: Normalize) -> Domain:
    if norm == "none":
        return domain
    order = 1 if norm == "l1" else 2

    def scale(x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        # a sample of zeros stays as it is
        return torch.nn.functional.normalize(x, p=order, dim=1)

    return _map(domain, scale)


def _columns(domain: Domain, *fitted_on: Samples | Inputs) -> Domain:
    """Standardize the columns of a domain by the statistics of these samples."""
    known = torch.cat([_rows(samples) for samples in fitted_on])
    mean, std = known.mean(0), known.std(0, correction=0)
    # a column without variation, but for rounding, is centred alone
    std = torch.where(std > 1e-7 * (1 + mean.abs()), std, 1.0)
    return _map(domain, lambda x: (x - mean) / std)


def _map(domain: Domain, function: Any) -> Domain:
    train: Samples | Inputs = domain.train
    scaled = function(_rows(train))
    train = (
        Samples(scaled, train.labels, train.ids)
        if isinstance(train, Samples)
        else Inputs(scaled, train.ids)
    )
    test = domain.test
    if test is not None:
        test = Samples(function(_rows(test)), test.labels, test.ids)
    return Domain(train, test)


def _rows(samples: Samples | Inputs) -> Float[Tensor, "n d"]:
    if not isinstance(samples.inputs, Tensor):
        raise ValueError("features are scaled in memory; got samples that are stored elsewhere")
    return samples.inputs.float()
