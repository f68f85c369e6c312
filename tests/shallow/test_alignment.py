import numpy as np
import ot
import pytest
from scipy.linalg import sqrtm

from da.shallow import CORAL, OTLinear, SubspaceAlignment, nearest_neighbor


def mapped(baseline, domains):
    baseline.fit(domains.source, domains.labels, domains.target)
    return baseline.transform(domains.source, domain="source")


def test_coral_gives_the_source_the_covariance_of_the_target(domains):
    aligned = mapped(CORAL(regularization=1e-9), domains)
    np.testing.assert_allclose(np.cov(aligned.T), np.cov(domains.target.T), atol=1e-6)


def test_coral_agrees_with_the_paper(domains):
    covariances = [np.cov(x.T) + np.eye(5) for x in (domains.source, domains.target)]
    expected = domains.source @ np.linalg.inv(sqrtm(covariances[0])) @ sqrtm(covariances[1])
    np.testing.assert_allclose(mapped(CORAL(), domains), expected)


@pytest.mark.parametrize("cls", [CORAL, OTLinear])
def test_the_target_stays_as_it_is(domains, cls):
    baseline = cls().fit(domains.source, domains.labels, domains.target)
    assert np.array_equal(baseline.transform(domains.target), domains.target)


@pytest.mark.parametrize("cls", [CORAL, OTLinear])
def test_between_a_domain_and_itself_nothing_moves(domains, cls):
    baseline = cls().fit(domains.source, domains.labels, domains.source)
    moved = baseline.transform(domains.source, domain="source")
    np.testing.assert_allclose(moved, domains.source, atol=1e-8)


def test_one_feature_is_enough_for_coral(domains):
    baseline = CORAL(classifier=nearest_neighbor())
    baseline.fit(domains.source[:, :1], domains.labels, domains.target[:, :1])
    spread = [np.var(x[:, 0], ddof=1) + 1 for x in (domains.source, domains.target)]
    moved = baseline.transform(domains.source[:, :1], domain="source")
    np.testing.assert_allclose(moved, domains.source[:, :1] * np.sqrt(spread[1] / spread[0]))


def test_linear_transport_gives_the_source_both_moments_of_the_target(domains):
    aligned = mapped(OTLinear(regularization=1e-9), domains)
    np.testing.assert_allclose(aligned.mean(0), domains.target.mean(0), atol=1e-8)
    np.testing.assert_allclose(
        np.cov(aligned.T, ddof=0), np.cov(domains.target.T, ddof=0), atol=1e-6
    )


def test_linear_transport_is_that_of_pot_and_its_matrix_symmetric(domains):
    baseline = OTLinear(regularization=0.5)
    aligned = mapped(baseline, domains)
    reference = ot.da.LinearTransport(reg=0.5).fit(Xs=domains.source, Xt=domains.target)
    np.testing.assert_allclose(aligned, reference.transform(Xs=domains.source))
    np.testing.assert_allclose(baseline.slope, baseline.slope.T, atol=1e-10)


def test_subspace_alignment_agrees_with_the_paper(domains):
    moved = mapped(baseline := SubspaceAlignment(dimension=2), domains)
    spans, centered = [], []
    for x in (domains.source, domains.target):
        centered.append(x - x.mean(0))
        spans.append(np.linalg.svd(centered[-1])[2][:2].T)
    # Inner products of source and target, whatever the signs of the axes
    expected = centered[0] @ spans[0] @ spans[0].T @ spans[1] @ spans[1].T @ centered[1].T
    np.testing.assert_allclose(moved @ baseline.transform(domains.target).T, expected, atol=1e-9)


@pytest.mark.parametrize("small", ["source", "target"])
def test_no_more_dimensions_are_aligned_than_the_smaller_domain_spans(domains, small):
    # three samples span two dimensions around their mean
    few = {"source": 3} if small == "source" else {"target": 3}
    source, labels = domains.source[: few.get("source")], domains.labels[: few.get("source")]
    target = domains.target[: few.get("target")]
    capped, two = (
        SubspaceAlignment(dimension=n).fit(source, labels, target).transform(domains.target)
        for n in (4, 2)
    )
    assert capped.shape == (len(domains.target), 2)
    np.testing.assert_array_equal(capped, two)


def test_at_least_one_dimension_is_aligned(domains):
    with pytest.raises(ValueError, match="got dimension=0; choose 1 to 5"):
        SubspaceAlignment(dimension=0).fit(domains.source, domains.labels, domains.target)


@pytest.mark.parametrize("cls", [CORAL, OTLinear])
def test_a_regularization_that_is_not_positive_is_refused(cls):
    with pytest.raises(
        ValueError, match=f"the regularization of {cls.__name__} is positive; got 0"
    ):
        cls(regularization=0.0)
