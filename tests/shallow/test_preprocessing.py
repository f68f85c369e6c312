import numpy as np
import pytest

from da.shallow import standardize_histograms


def test_agrees_with_the_formula_of_the_literature():
    counts = np.random.default_rng(0).integers(0, 9, size=(12, 5))
    shares = counts / counts.sum(1, keepdims=True)
    expected = (shares - shares.mean(0)) / shares.std(0)
    np.testing.assert_allclose(standardize_histograms(counts), expected)


def test_the_scale_of_a_histogram_does_not_matter():
    counts = np.random.default_rng(0).integers(0, 9, size=(12, 5))
    np.testing.assert_allclose(standardize_histograms(counts), standardize_histograms(7 * counts))


def test_empty_rows_and_constant_columns_stay_finite():
    counts = np.array([[1, 3, 0], [2, 2, 0], [0, 0, 0]])
    standardized = standardize_histograms(counts)
    assert np.isfinite(standardized).all()
    assert not standardized[:, 2].any()


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_what_is_no_histogram_is_refused(value):
    with pytest.raises(ValueError, match="finite counts of at least 0; got others"):
        standardize_histograms(np.array([[value, 2.0]]))
