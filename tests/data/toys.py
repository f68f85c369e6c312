"""Small domains for tests of scenarios."""

import numpy as np
import torch

from da.data import Domain, Samples, Stored, TransferTask


def samples(name, counts, copies=1, width=1):
    """Samples of so many originals in each class, whose features are numbers that all differ."""
    labels = np.repeat(np.arange(len(counts)), counts)
    labels = np.repeat(np.random.default_rng(0).permutation(labels), copies)
    ids = [
        f"{name}/{i // copies}" + (f"#{i % copies}" if copies > 1 else "")
        for i in range(len(labels))
    ]
    inputs = torch.arange(len(labels) * width, dtype=torch.float32).view(-1, width)
    return Samples(inputs, torch.tensor(labels), tuple(ids))


def images(name, counts, channels=3, side=16, copies=1):
    """Samples of random images."""
    drawn = samples(name, counts, copies)
    rng = torch.Generator().manual_seed(len(name))
    shape = (len(drawn), channels, side, side)
    return Samples(
        torch.randint(256, shape, generator=rng, dtype=torch.uint8), drawn.labels, drawn.ids
    )


class Lazy(Stored):
    """Inputs that would be read from files."""

    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def select(self, positions):
        return Lazy(len(positions))

    def read(self, position):
        raise AssertionError("nothing is read to build a scenario")


def lazily(one):
    """The same samples, their inputs left where they are."""
    return Samples(Lazy(len(one)), one.labels, one.ids)


def in_files(domain):
    return Domain(lazily(domain.train), lazily(domain.test))


def classes(one):
    return set(one.labels.tolist())


class Table(TransferTask):
    """Two domains of features, four classes, 400 training and 100 test samples each."""

    domains = ("alpha", "beta")
    num_classes = 4
    in_channels = 5

    def domain(self, name):
        return Domain(
            samples(f"{name}-train", [100] * 4, width=5), samples(f"{name}-test", [25] * 4, width=5)
        )
