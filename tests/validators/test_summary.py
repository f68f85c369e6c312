"""Golden values: four predictions by hand."""

import numpy as np
import pytest
import torch

from da.validators import summarize

from .examples import LOGITS, PROBABILITIES


def test_four_predictions():
    mean, mean_entropy, shares = summarize(LOGITS)
    np.testing.assert_allclose(mean, PROBABILITIES.mean(0))
    assert mean_entropy == pytest.approx(0.7310370197465452, abs=1e-12)
    np.testing.assert_array_equal(shares, [0.25, 0.25, 0.5])


def test_nothing_to_summarize_is_nan():
    assert np.isnan(summarize(LOGITS[:0]).mean_probabilities).all()
    assert np.isnan(summarize(torch.full((4, 2), torch.nan)).mean_entropy)
