"""Two small domains that every baseline can be fitted on."""

from typing import NamedTuple

import numpy as np
import pytest


class Domains(NamedTuple):
    """Features and labels of three classes in five dimensions; the target is turned and moved."""

    source: np.ndarray
    labels: np.ndarray
    target: np.ndarray
    target_labels: np.ndarray


@pytest.fixture(scope="session")
def domains():
    rng = np.random.default_rng(0)
    means = 4 * np.eye(3, 5)
    labels, target_labels = np.arange(45) % 3, np.arange(60) % 3
    turn = np.eye(5)
    turn[:2, :2] = [[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]]
    source = means[labels] + rng.normal(size=(45, 5))
    target = (means[target_labels] + rng.normal(size=(60, 5))) @ turn + 0.3
    # Labels need not count from 0
    return Domains(source, 2 * labels + 3, target, 2 * target_labels + 3)
