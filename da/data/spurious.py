"""Domains in which something besides the class gives it away, and misleads in the target."""

from dataclasses import replace

import torch
from jaxtyping import Int64
from torch import Tensor
from torch.nn.functional import normalize

from da.data.protocols import labeled
from da.data.samples import Domain, Samples
from da.data.scenarios import Scenario, Scene, even, in_memory, sides
from da.data.splits import uniform
from da.streams import generator

DIM = 0.4  # of its brightness is left of the channel that an attribute dims
BAR = 14  # a bar's width is one of so many parts of the image's


class Spurious(Scenario):
    """An attribute that agrees with the class in the source and contradicts it in the target.

    As the colour in Arjovsky et al., *Invariant Risk Minimization*, 2019, Sec. 5.1: the classes
    form two groups, even and odd ones, and each sample gets a binary attribute that equals its
    group with probability (1 + correlation) / 2 in the source and (1 - correlation) / 2 in the
    target, in all their samples. https://arxiv.org/abs/1907.02893

    The attribute dims the first or the second colour channel of an image, to 0.4 of its
    brightness; with one channel, it is a white bar at the left or the right edge, a 14th of the
    width. It moves a sample of a table back or forth by one standard deviation of each feature
    over the source's training pool, times a random direction of length 1. At correlation 0 the
    attribute is there and says nothing. It depends on the sample's id, class and the draw alone,
    and moves towards its limit with the correlation: in the source, samples that agree at one
    correlation agree at all higher ones.

    Args:
        correlation: Correlation of attribute and group in the source, minus that in the target;
            in [0, 1).
        draw: Number of the draw.
    """

    def __init__(self, correlation: float = 0.8, draw: int = 0) -> None:
        if not 0 <= correlation < 1:
            raise ValueError(f"a spurious correlation lies in [0, 1); got {correlation=}")
        self.correlation, self.draw = correlation, draw

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        pool, (train, test) = labeled(source), sides(target)
        step = self._step(in_memory(pool))
        r = self.correlation
        return Scene(
            Domain(self._marked(pool, r, step), source.test and self._marked(source.test, r, step)),
            Domain(self._marked(train, -r, step), self._marked(test, -r, step)),
            even(target),
        )

    def attribute(self, samples: Samples, correlation: float) -> Int64[Tensor, " n"]:
        """Return the attribute of each sample, 0 or 1, at this correlation with its group."""
        agrees = uniform(samples.ids, f"spurious:{self.draw}") < (1 + correlation) / 2
        return (samples.labels + ~agrees) % 2

    def _marked(self, samples: Samples, correlation: float, step: Tensor) -> Samples:
        attribute, inputs = self.attribute(samples, correlation), in_memory(samples)
        if inputs.ndim != 4:
            sign = (2 * attribute - 1).unsqueeze(1)
            return replace(samples, inputs=inputs.float() + sign * step)
        inputs, rows = inputs.clone(), torch.arange(len(samples))
        if inputs.shape[1] > 1:
            inputs[rows, attribute] = (DIM * inputs[rows, attribute]).round().byte()
        else:
            width = max(1, inputs.shape[3] // BAR)
            inputs[attribute == 0, :, :, :width] = 255
            inputs[attribute == 1, :, :, -width:] = 255
        return replace(samples, inputs=inputs)

    def _step(self, inputs: Tensor) -> Tensor:
        """Return how far an attribute moves the samples of a table."""
        if inputs.ndim == 4:
            return torch.zeros(())
        width = inputs.shape[1]
        direction = torch.randn(width, generator=generator("scenario", self.draw, width))
        return inputs.float().std(0, correction=0) * normalize(direction, dim=0)
