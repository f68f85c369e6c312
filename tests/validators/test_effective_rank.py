"""Golden values: matrices whose singular values are known."""

import math

import numpy as np
import pytest
import torch
from scipy import linalg, stats

from da.validators import effective_rank

from .examples import FEATURES, LOGITS, source, target


def rank(features):
    logits = LOGITS.repeat(2, 1)[: len(features)]
    return effective_rank(source(), target(logits, features))


def test_golden_values():
    assert rank(torch.eye(4)).value == pytest.approx(4)
    assert rank(torch.ones(8, 4)).value == pytest.approx(1)
    # Singular values 2, 1, 1.
    points = torch.cat([torch.eye(3), torch.ones(1, 3)])
    assert rank(points).value == pytest.approx(2.8284271247, abs=1e-9)
    # with 1e-7 added to each share, as some write it
    shares = np.array([0.5, 0.25, 0.25]) + 1e-7
    assert np.exp(-shares @ np.log(shares)) == pytest.approx(2.8284272565, abs=1e-9)


def test_equals_scipy():
    expected = math.exp(stats.entropy(linalg.svdvals(FEATURES.numpy())))
    assert rank(FEATURES).value == pytest.approx(expected)


def test_scale_and_rotation_do_not_matter():
    turn = torch.linalg.qr(FEATURES[:4]).Q
    assert rank(1e-20 * FEATURES @ turn).value == pytest.approx(rank(FEATURES).value)


def test_features_that_are_zero_have_no_rank():
    score = rank(torch.zeros(8, 4))
    assert math.isnan(score.value)
    assert score.status == "degenerate"
