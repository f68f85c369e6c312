"""Weights and learning rates as functions of the training progress.

What papers give by iterations or epochs is a class here, which is told how many there are: a
shorter training then passes through the whole schedule all the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass


def sigmoid_ramp(progress: float) -> float:
    """Weight that grows from 0 to 1 with the training progress.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Sec. 5.2.2.
    https://arxiv.org/abs/1505.07818

    Args:
        progress: Optimizer steps done over all optimizer steps, in [0, 1].

    Returns:
        ``2 / (1 + exp(-10 progress)) - 1``, in [0, 1).
    """
    return 2 / (1 + math.exp(-10 * progress)) - 1


def constant(progress: float) -> float:
    """Weight 1 from the first step on."""
    return 1.0


def inverse_decay(progress: float) -> float:
    """Factor on the learning rate that falls with the training progress.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Sec. 5.2.2.
    https://arxiv.org/abs/1505.07818

    Args:
        progress: Optimizer steps done over all optimizer steps, in [0, 1].

    Returns:
        ``(1 + 10 progress) ** -0.75``, in (0, 1].
    """
    return float((1 + 10 * progress) ** -0.75)


def cosine_decay(progress: float) -> float:
    """Factor on the learning rate that falls from 1 to 0 along half a cosine.

    Loshchilov & Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, ICLR 2017, Eq. 5,
    without restarts. https://arxiv.org/abs/1608.03983
    """
    return (1 + math.cos(math.pi * progress)) / 2


@dataclass(frozen=True)
class IterationRamp:
    """Weight that grows from 0 towards 1 with the iterations, at a rate that is not their number's.

    Jiang et al., *Transferability in Deep Learning*, 2022, in the code
    (https://github.com/thuml/Transfer-Learning-Library); Long et al., *Conditional Adversarial
    Domain Adaptation*, NeurIPS 2018, in the authors' code, which writes ``-10 i / 10000``.

    Its values are ``2 / (1 + exp(-i / scale)) - 1``, in [0, 1], at the iteration ``i`` since the
    start.

    Args:
        iterations: Iterations of the whole training; at least 1.
        scale: Iterations after which the weight is 0.462; positive.
        start: Progress at which it starts, in [0, 1); the weight is 0 before.
    """

    iterations: int
    scale: float = 1000.0
    start: float = 0.0

    def __post_init__(self) -> None:
        if not (self.iterations >= 1 and self.scale > 0 and 0 <= self.start < 1):
            raise ValueError(
                "a ramp has at least 1 iteration, a positive scale and a start in [0, 1); got "
                f"iterations={self.iterations}, scale={self.scale}, start={self.start}"
            )

    def __call__(self, progress: float) -> float:
        """Return the weight at a progress in [0, 1]."""
        done = self.iterations * max(progress - self.start, 0.0)
        return 2 / (1 + math.exp(-done / self.scale)) - 1


@dataclass(frozen=True)
class IterationDecay:
    """Factor on the learning rate that falls with the iterations, at a rate that is not their own.

    Jiang et al., *Transferability in Deep Learning*, 2022, in the code
    (https://github.com/thuml/Transfer-Learning-Library).

    Its values are ``(1 + gamma i) ** -power``, in (0, 1], at the iteration ``i``.

    Args:
        iterations: Iterations of the whole training; at least 1.
        gamma: How fast it falls; non-negative.
        power: How fast it falls in the end; non-negative.
    """

    iterations: int
    gamma: float = 0.001
    power: float = 0.75

    def __post_init__(self) -> None:
        if not (self.iterations >= 1 and self.gamma >= 0 and self.power >= 0):
            raise ValueError(
                "a decay has at least 1 iteration, and gamma and power are at least 0; got "
                f"iterations={self.iterations}, gamma={self.gamma}, power={self.power}"
            )

    def __call__(self, progress: float) -> float:
        """Return the factor at a progress in [0, 1]."""
        return float((1 + self.gamma * self.iterations * progress) ** -self.power)


@dataclass(frozen=True)
class EpochDecay:
    """Factor on the learning rate that falls in steps, at the start of every so many epochs.

    Long et al., *Conditional Adversarial Domain Adaptation*, NeurIPS 2018, in the authors' code for
    digits. As there, epochs count from 1: with ``every=6`` the sixth is the first that has half the
    learning rate.

    Args:
        epochs: Epochs of the whole training; at least 1.
        every: Epochs between two steps; at least 1.
        factor: What each step multiplies the learning rate by, in (0, 1].
    """

    epochs: int
    every: int
    factor: float = 0.5

    def __post_init__(self) -> None:
        if not (self.epochs >= 1 and self.every >= 1 and 0 < self.factor <= 1):
            raise ValueError(
                "a decay has at least 1 epoch, a step at least each, and a factor in (0, 1]; got "
                f"epochs={self.epochs}, every={self.every}, factor={self.factor}"
            )

    def __call__(self, progress: float) -> float:
        """Return the factor at a progress in [0, 1]."""
        # A share of the steps such as 0.29 times 100 is a little less than a whole number.
        epoch = 1 + math.floor(self.epochs * progress + 1e-6)
        return float(self.factor ** (epoch // self.every))


@dataclass(frozen=True)
class Restarted:
    """A schedule that runs once in each of two stages, for methods that train in two.

    Args:
        at: Share of the training that the first stage takes, in (0, 1).
        schedule: Function of each stage's own progress in [0, 1].
    """

    at: float
    schedule: Callable[[float], float] = inverse_decay

    def __post_init__(self) -> None:
        if not 0 < self.at < 1:
            raise ValueError(f"the first stage takes a share in (0, 1); got at={self.at}")

    def __call__(self, progress: float) -> float:
        """Return the schedule's value at a progress in [0, 1] of both stages together."""
        if progress < self.at:
            return self.schedule(progress / self.at)
        return self.schedule((progress - self.at) / (1 - self.at))
