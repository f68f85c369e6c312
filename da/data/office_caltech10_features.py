"""Office-Caltech10 as ready features."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from da.acquisition import file
from da.data.features import FeatureTask, Normalize, Standardize
from da.data.samples import Domain, Samples
from da.data.tables import read

Kind = Literal["surf", "decaf6", "googlenet1024", "caffenet4096"]

#: Folder and width of each kind of features.
KINDS: dict[str, tuple[str, int]] = {
    "surf": ("surf", 800),
    "decaf6": ("decaf6", 4096),
    "googlenet1024": ("GoogleNet1024", 1024),
    "caffenet4096": ("CaffeNet4096", 4096),
}

#: File and number of samples of each domain.
DOMAINS = {
    "amazon": ("amazon.mat", 958),
    "caltech": ("caltech10.mat", 1123),
    "dslr": ("dslr.mat", 157),
    "webcam": ("webcam.mat", 295),
}


class OfficeCaltech10Features(FeatureTask):
    """Ten classes of Office-31 and Caltech-256 in four domains, as ready features.

    Gong et al., *Geodesic Flow Kernel for Unsupervised Domain Adaptation*, CVPR 2012.
    SURF histograms (800 visual words) are theirs; DeCAF6 are activations of Donahue et al.,
    *DeCAF*, ICML 2014; GoogLeNet and CaffeNet ones came with later comparisons.

    Published tables divide each sample by its sum and then give each domain mean 0 and variance 1
    by itself, as Wang et al., *Visual Domain Adaptation with Manifold Embedded Distribution
    Alignment*, ACM Multimedia 2018. That is the default here, and itself aligns the domains: their
    "no adaptation" has it too. ``standardize="labeled"`` leaves the domains where they are.

    Args:
        source: Name of the labelled domain.
        target: Name of the unlabelled domain.
        features: Which features.
        root: Data root; see :mod:`da.acquisition`.
        normalize: See :class:`FeatureTask`.
        standardize: See :class:`FeatureTask`.
        **kwargs: See :class:`FeatureTask`.
    """

    domains = tuple(DOMAINS)
    num_classes = 10

    def __init__(
        self,
        source: str,
        target: str,
        *,
        features: Kind = "surf",
        root: str | None = None,
        normalize: Normalize = "l1",
        standardize: Standardize = "each",
        **kwargs: Any,
    ) -> None:
        super().__init__(source, target, normalize=normalize, standardize=standardize, **kwargs)
        self.features, self.root = features, root

    @property
    def in_channels(self) -> int:  # type: ignore[override]
        return KINDS[self.features][1]

    @property
    def class_names(self) -> list[str]:
        return [
            *("backpack", "bike", "calculator", "headphones", "keyboard"),
            *("laptop", "monitor", "mouse", "mug", "projector"),
        ]

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        folder, width = KINDS[self.features]
        path = file("office-caltech10", f"features/{folder}/{DOMAINS[name][0]}", self.root)
        return _read(path, name, width)


@cache
def _read(path: Path, name: str, width: int) -> Domain:
    table, size = read(path), DOMAINS[name][1]
    if table.features.shape != (size, width):
        raise ValueError(
            f"{path} should hold {size} samples of {width} features; it holds "
            f"{table.features.shape[0]} of {table.features.shape[1]}; get the file again"
        )
    classes = [str(c) for c in range(1, 11)]
    if table.labels is None or set(table.labels) != set(classes):
        raise ValueError(f"the labels of {path} should be 1 to 10; get the file again")
    labels = torch.from_numpy(np.array([classes.index(label) for label in table.labels]))
    ids = tuple(f"{name}-{i:04d}" for i in range(size))
    return Domain(Samples(torch.from_numpy(table.features), labels, ids))
