"""Small data, networks and runs that several tests share."""

from functools import partial

import pytest
import torch
from pytorch_lightning import Trainer

from da.backbones import DigitCNN
from da.data import Domain, Samples, TransferTask


def mirrored_and_faded(image):
    return (0.7 * image.flip(2)).byte()


class Stripes(TransferTask):
    """Three classes of 28-pixel grey images: a stripe in the upper, middle or lower third.

    The target is inverted and has more samples than the source.

    Args:
        relabel: Applied to the labels of the target.
        darker: Subtracted from the pixels of the target.
        **kwargs: See :class:`TransferTask`.
    """

    domains = ("light", "dark")
    num_classes = 3
    in_channels = 1

    def __init__(self, relabel=lambda labels: labels, darker=0, **kwargs):
        super().__init__("light", "dark", **{"batch_size": 12, **kwargs})
        self.relabel, self.darker = relabel, darker

    def domain(self, name):
        return Domain(self._draw(name, "train"), self._draw(name, "test"))

    def default_strong(self):
        return mirrored_and_faded

    def _draw(self, name, side):
        size = 45 if name == "light" else 60
        labels = torch.arange(size) % 3
        rng = torch.Generator().manual_seed(10 * len(name) + len(side))
        images = torch.randint(0, 120, (size, 1, 28, 28), generator=rng)
        for image, label in zip(images, labels, strict=True):
            image[:, 9 * label + 2 : 9 * label + 7] += 100
        if name == "dark":
            images, labels = 255 - images - self.darker, self.relabel(labels)
        return Samples(images.byte(), labels, tuple(f"{name}-{side}-{i}" for i in range(size)))


@pytest.fixture(scope="session")
def stripes():
    """Return the class of a transfer task between tiny images."""
    return Stripes


@pytest.fixture(scope="session")
def build():
    """Return a function that makes a method with a tiny network, for :class:`Stripes`."""

    def build(cls, seed=0, network=None, lr=0.01, **kwargs):
        torch.manual_seed(seed)
        network = network or partial(DigitCNN, channels=(2, 3), out_features=8)
        optimizer = partial(torch.optim.Adam, lr=lr)
        return cls(num_classes=3, in_channels=1, backbone=network, optimizer=optimizer, **kwargs)

    return build


@pytest.fixture(scope="session")
def trainer():
    """Return a function that makes a silent trainer of a few steps."""

    def trainer(**options):
        quiet = {
            "accelerator": "cpu",
            "logger": False,
            "enable_checkpointing": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
            "num_sanity_val_steps": 0,
        }
        return Trainer(**{**quiet, "max_steps": 5, "max_epochs": -1, **options})

    return trainer


@pytest.fixture
def source():
    """Return 7 rows of float64 features."""
    return torch.randn(7, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def target():
    """Return 5 rows of float64 features, which lie and vary differently."""
    rng = torch.Generator().manual_seed(1)
    return 0.5 + 1.5 * torch.randn(5, 4, dtype=torch.float64, generator=rng)
