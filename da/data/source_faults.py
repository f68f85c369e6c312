"""Sources that are worse than they look: wrong labels, and samples of something unrelated."""

from dataclasses import replace
from typing import Literal

import torch
from jaxtyping import Bool, Int64, Shaped
from torch import Tensor
from torchvision.transforms.v2.functional import rgb_to_grayscale

from da.data.photographs import patches
from da.data.protocols import labeled
from da.data.samples import Domain, Samples
from da.data.scenarios import Scenario, Scene, class_order, even, in_memory
from da.data.splits import rank, uniform


class SourceNoise(Scenario):
    """Some of the source's labels are wrong, in training and in validation.

    Patrini et al., *Making Deep Neural Networks Robust to Label Noise*, CVPR 2017, Sec. 3:
    the label of a sample of class c is drawn from row c of ``T``. https://arxiv.org/abs/1609.03683

    "uniform": ``T = (1 - rate) I + rate / (K - 1) (11' - I)``; "pair": class c becomes c + 1, the
    last class the first, as in Han et al., *Co-teaching*, NeurIPS 2018. Whether and where a label
    moves depends on the sample's id, the draw and K alone: what is wrong at one rate is wrong in
    the same way at all higher ones.

    Args:
        rate: Probability that a label is wrong, in [0, 1]; 0 leaves the source as it is.
        kind: Where wrong labels go.
        draw: Number of the draw.
    """

    def __init__(
        self, rate: float = 0.4, kind: Literal["uniform", "pair"] = "uniform", draw: int = 0
    ) -> None:
        if not 0 <= rate <= 1:
            raise ValueError(f"a rate of wrong labels lies in [0, 1]; got rate={rate}")
        self.rate, self.kind, self.draw = rate, kind, draw

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        if self.rate == 0:
            return Scene(source, target, even(target))
        train = self._relabeled(labeled(source), num_classes)
        test = source.test and self._relabeled(source.test, num_classes)
        return Scene(Domain(train, test), target, even(target))

    def flipped(self, ids: tuple[str, ...]) -> Bool[Tensor, " n"]:
        """Return whose label is wrong."""
        return uniform(ids, f"source-noise:{self.draw}") < self.rate

    def _relabeled(self, samples: Samples, num_classes: int) -> Samples:
        step = torch.ones(len(samples), dtype=torch.long)
        if self.kind == "uniform":
            where = uniform(samples.ids, f"source-noise-class:{self.draw}")
            step += (where * (num_classes - 1)).long()
        step *= self.flipped(samples.ids)
        return replace(samples, labels=(samples.labels + step) % num_classes)


class UnrelatedSource(Scenario):
    """Some of the source has nothing to do with the target.

    Wang et al., *Characterizing and Avoiding Negative Transfer*, CVPR 2019, perturb a share of the
    source to provoke negative transfer. https://arxiv.org/abs/1811.09751

    "data": a share of the samples, each by its id alone, is replaced by something unrelated with
    random labels. Images become patches of two photographs, of a temple and of a flower, grey if
    the domain is; samples of a table take each feature from another random sample, which destroys
    what ties the features to each other and to the class. "classes": a share of the classes swap
    their names in a circle, at least two of them. What is changed at one share is changed at all
    larger ones.

    Args:
        share: Share of samples or classes, in [0, 1]; 0 leaves the source as it is.
        kind: What is unrelated.
        draw: Number of the draw.
    """

    def __init__(
        self, share: float = 0.5, kind: Literal["data", "classes"] = "data", draw: int = 0
    ) -> None:
        if not 0 <= share <= 1:
            raise ValueError(f"a share of the source lies in [0, 1]; got share={share}")
        self.share, self.kind, self.draw = share, kind, draw

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        if self.share == 0:
            return Scene(source, target, even(target))
        pool = labeled(source)
        if self.kind == "classes":
            names = self.names(num_classes)
            train = replace(pool, labels=names[pool.labels])
            test = source.test and replace(source.test, labels=names[source.test.labels])
            return Scene(Domain(train, test), target, even(target))
        grey = _grey(in_memory(pool))
        train = self._replaced(pool, num_classes, grey)
        test = source.test and self._replaced(source.test, num_classes, grey)
        return Scene(Domain(train, test), target, even(target))

    def names(self, num_classes: int) -> Int64[Tensor, " k"]:
        """Return the label that each class gets where classes swap their names."""
        count = max(2, round(self.share * num_classes)) if self.share else 0
        moved = torch.tensor(class_order(num_classes, self.draw)[:count], dtype=torch.long)
        labels = torch.arange(num_classes)
        labels[moved] = moved.roll(-1)
        return labels

    def _replaced(self, samples: Samples, num_classes: int, grey: bool) -> Samples:
        salt = f"unrelated-source:{self.draw}"
        chosen = (uniform(samples.ids, salt) < self.share).nonzero().flatten()
        ids = tuple(samples.ids[i] for i in chosen)
        inputs, labels = in_memory(samples).clone(), samples.labels.clone()
        labels[chosen] = (uniform(ids, f"{salt}:label") * num_classes).long()
        if inputs.ndim == 4:
            channels, height, width = inputs.shape[1:]
            images = torch.from_numpy(patches(ids, height, width, salt)).permute(0, 3, 1, 2)
            inputs[chosen] = rgb_to_grayscale(images, channels) if grey else images
        else:
            inputs[chosen] = _scrambled(samples, chosen, salt)
        return replace(samples, inputs=inputs, labels=labels)


def _grey(inputs: Shaped[Tensor, "n ..."]) -> bool:
    """Return whether images have one channel, or equal ones."""
    return inputs.ndim == 4 and bool((inputs == inputs[:, :1]).all())


def _scrambled(samples: Samples, chosen: Int64[Tensor, " m"], salt: str) -> Shaped[Tensor, "m d"]:
    """Take each feature of the chosen samples from another random sample."""
    inputs = in_memory(samples)
    size, width = inputs.shape
    # positions by id, so that the order of the samples makes no difference
    order = sorted(range(size), key=lambda i: samples.ids[i])
    place = torch.tensor(order).argsort()
    rows = torch.tensor(order)
    result = inputs[chosen]
    for k, i in enumerate(chosen.tolist()):
        rng = torch.Generator().manual_seed(rank(samples.ids[i], salt) >> 1)
        away = 1 + torch.randint(max(size - 1, 1), (width,), generator=rng)
        result[k] = inputs[rows[(place[i] + away) % size], torch.arange(width)]
    return result
