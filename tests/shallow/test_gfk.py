import numpy as np
import pytest
from sklearn.decomposition import PCA

from da.shallow import GFK, logistic_regression
from da.shallow.gfk import geodesic_flow_map


def bases(d, p, seed=0):
    rng = np.random.default_rng(seed)
    return [np.linalg.qr(rng.normal(size=(d, p)))[0] for _ in range(2)]


def integrated(source, target, points=200):
    """The mean projection along the geodesic, by Gauss-Legendre quadrature.

    The geodesic of two spans is the matrix exponential of its initial velocity on the Grassmannian:
    Edelman, Arias & Smith, *The Geometry of Algorithms with Orthogonality Constraints*, SIAM 1998.
    """
    left, cosines, right = np.linalg.svd(source.T @ target)
    angles = np.arccos(np.clip(cosines, -1, 1))
    normal = target @ right.T - source @ left * cosines
    direction = normal / np.linalg.norm(normal, axis=0)
    times, weights = np.polynomial.legendre.leggauss(points)
    kernel = 0
    for t, w in zip((times + 1) / 2, weights / 2, strict=True):
        flow = source @ left * np.cos(t * angles) + direction * np.sin(t * angles)
        kernel = kernel + w * flow @ flow.T
    return kernel


@pytest.mark.parametrize(("d", "p"), [(8, 3), (7, 1), (40, 20)])
def test_is_the_integral_along_the_geodesic(d, p):
    source, target = bases(d, p)
    root = geodesic_flow_map(source, target)
    np.testing.assert_allclose(root @ root.T, integrated(source, target), atol=1e-12)


def test_what_subspaces_share_stays_as_it_is():
    source, target = bases(6, 2)
    shared = np.eye(8)[:, 6:]
    both = [np.concatenate([np.pad(x, ((0, 2), (0, 0))), shared], 1) for x in (source, target)]
    root = geodesic_flow_map(*both)
    expected = np.pad(integrated(source, target), (0, 2)) + shared @ shared.T
    np.testing.assert_allclose(root @ root.T, expected, atol=1e-12)


def test_between_a_subspace_and_itself_it_is_the_projection():
    source, _ = bases(9, 3)
    root = geodesic_flow_map(source, source)
    np.testing.assert_allclose(root @ root.T, source @ source.T, atol=1e-12)


def test_between_orthogonal_lines_it_is_the_known_matrix():
    root = geodesic_flow_map(np.eye(3)[:, :1], np.eye(3)[:, 1:2])
    expected = np.array([[1 / 2, 1 / np.pi, 0], [1 / np.pi, 1 / 2, 0], [0, 0, 0]])
    signs = np.sign(root @ root.T + (expected == 0))  # a quarter turn may go either way
    np.testing.assert_allclose(root @ root.T, signs * expected, atol=1e-12)


def test_is_symmetric_in_the_domains_and_independent_of_their_bases():
    source, target = bases(8, 3)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    first, second = geodesic_flow_map(source, target), geodesic_flow_map(target @ turn, source)
    np.testing.assert_allclose(first @ first.T, second @ second.T, atol=1e-12)


def test_agrees_with_the_closed_form_of_the_paper():
    source, target = bases(10, 3)
    complement = np.linalg.svd(source)[0][:, 3:]
    # The generalized decomposition of Eq. 4, from the singular values of its first block
    u1, gamma, right = np.linalg.svd(source.T @ target)
    theta = np.arccos(gamma)
    u2 = -(complement.T @ target @ right.T) / np.sin(theta)
    parts = [1 + np.sin(2 * theta) / (2 * theta), (np.cos(2 * theta) - 1) / (2 * theta),
             1 - np.sin(2 * theta) / (2 * theta)]  # fmt: skip
    outer = np.concatenate([source @ u1, complement @ u2], 1)
    middle = np.block([[np.diag(parts[0]), np.diag(parts[1])],
                       [np.diag(parts[1]), np.diag(parts[2])]])  # fmt: skip
    root = geodesic_flow_map(source, target)
    np.testing.assert_allclose(2 * root @ root.T, outer @ middle @ outer.T, atol=1e-12)


def test_inner_products_of_mapped_samples_are_the_kernel(domains):
    baseline = GFK(dimension=2).fit(domains.source, domains.labels, domains.target)
    spans = [PCA(2).fit(x).components_.T for x in (domains.source, domains.target)]
    mapped = [baseline.transform(domains.source, domain="source"),
              baseline.transform(domains.target)]  # fmt: skip
    expected = domains.source @ integrated(*spans) @ domains.target.T
    np.testing.assert_allclose(mapped[0] @ mapped[1].T, expected, atol=1e-9)
    assert mapped[0].shape == (45, 4)


def test_takes_another_classifier(domains):
    baseline = GFK(dimension=2, classifier=logistic_regression())
    baseline.fit(domains.source, domains.labels, domains.target)
    assert baseline.predict_proba(domains.target).max() < 1


@pytest.mark.parametrize("dimension", [0, 6])
def test_more_dimensions_than_there_are_is_refused(domains, dimension):
    sentence = f"spans 5 dimensions; got dimension={dimension}; choose 1 to 5"
    with pytest.raises(ValueError, match=sentence):
        GFK(dimension=dimension).fit(domains.source, domains.labels, domains.target)
