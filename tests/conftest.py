"""Small data that several tests share."""

import pytest
import torch

from da.data import Domain, Samples, TransferTask


class Stripes(TransferTask):
    """Three classes of 28-pixel grey images: a stripe in the upper, middle or lower third.

    The target is inverted and has more samples than the source.
    """

    domains = ("light", "dark")
    num_classes = 3
    in_channels = 1
    sizes = {"light": 45, "dark": 60}  # noqa: RUF012

    def __init__(self, target_labels=None, target_offset=0, **kwargs):
        super().__init__("light", "dark", **{"batch_size": 12, **kwargs})
        self.target_labels, self.target_offset = target_labels, target_offset

    def domain(self, name):
        sides = []
        for side in ("train", "test"):
            size = self.sizes[name]
            labels = torch.arange(size) % 3
            rng = torch.Generator().manual_seed(len(name) + len(side) * 10 + (name == "dark"))
            images = torch.randint(0, 120, (size, 1, 28, 28), generator=rng)
            for image, label in zip(images, labels, strict=True):
                image[:, 9 * label + 2 : 9 * label + 7] += 100
            if name == "dark":
                images = 255 - images - self.target_offset
                if self.target_labels is not None:
                    labels = self.target_labels(labels)
            ids = tuple(f"{name}-{side}-{i}" for i in range(size))
            sides.append(Samples(images.byte(), labels, ids))
        return Domain(*sides)


@pytest.fixture
def stripes():
    """Return the class of a transfer task between tiny images."""
    return Stripes


@pytest.fixture
def source():
    """Return 7 rows of float64 features."""
    return torch.randn(7, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def target():
    """Return 5 rows of float64 features, which lie and vary differently."""
    rng = torch.Generator().manual_seed(1)
    return 0.5 + 1.5 * torch.randn(5, 4, dtype=torch.float64, generator=rng)
