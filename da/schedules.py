"""Weights and learning rates as functions of the training progress."""

import math


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
