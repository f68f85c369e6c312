import numpy as np
import pytest
from sklearn.decomposition import PCA as PrincipalComponents
from sklearn.metrics.pairwise import rbf_kernel

from da.shallow import JDA, PCA, TCA

KERNELS = ["linear", "rbf", "primal"]


def ingredients(domains, kernel, bandwidth=2.0):
    """Kernel, mean discrepancy, centering and penalty of Pan et al. (2011), written out."""
    both = np.concatenate([domains.source, domains.target])
    e = np.concatenate([np.full(45, 1 / 45), np.full(60, -1 / 60)])
    discrepancy = np.outer(e, e) / np.linalg.norm(np.outer(e, e))
    centering = np.eye(105) - 1 / 105
    seen = {
        "linear": both @ both.T,
        "rbf": rbf_kernel(both, gamma=1 / (2 * bandwidth**2)),
        "primal": both,
    }[kernel]
    return seen, discrepancy, centering


def fitted(domains, kernel, **options):
    options = {"dimension": 3, "unit_length": False, "bandwidth": 2.0, **options}
    return TCA(kernel=kernel, **options).fit(domains.source, domains.labels, domains.target)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("regularization", [0.3, 10.0])
def test_components_solve_the_generalized_eigenproblem(domains, kernel, regularization):
    baseline = fitted(domains, kernel, regularization=regularization)
    seen, discrepancy, centering = ingredients(domains, kernel)
    embedded = np.concatenate([
        baseline.transform(domains.source, domain="source"), baseline.transform(domains.target)
    ])  # fmt: skip
    coefficients = np.linalg.pinv(seen, rcond=1e-12) @ embedded  # the shortest that yield these
    np.testing.assert_allclose(seen @ coefficients, embedded, atol=1e-6)
    penalty = seen.T @ discrepancy @ seen + regularization * np.eye(len(seen.T))
    spread = seen.T @ centering @ seen
    # Kernel PCA of the penalized problem: all solutions by another route than the code's
    values = np.sort(np.linalg.eigvals(np.linalg.solve(penalty, spread)).real)[::-1][:3]
    for value, column in zip(values, coefficients.T, strict=True):
        residual = spread @ column - value * penalty @ column
        assert np.linalg.norm(residual) < 1e-6 * np.linalg.norm(spread @ column)
        assert np.linalg.norm(column) == pytest.approx(1, abs=1e-5)


def test_no_other_direction_has_a_better_ratio(domains):
    baseline = fitted(domains, "primal", dimension=1)
    seen, discrepancy, centering = ingredients(domains, "primal")

    def ratio(a):
        return (a @ seen.T @ centering @ seen @ a) / (a @ seen.T @ discrepancy @ seen @ a + a @ a)

    best = ratio(baseline.transform(np.eye(5))[:, 0])
    directions = np.random.default_rng(0).normal(size=(500, 5))
    assert all(ratio(a) <= best for a in directions)


def test_a_large_regularization_leaves_the_principal_components(domains):
    baseline = fitted(domains, "primal", regularization=1e9)
    both = np.concatenate([domains.source, domains.target])
    expected = PrincipalComponents(3).fit(both).components_
    np.testing.assert_allclose(
        np.abs(expected @ baseline.transform(np.eye(5))), np.eye(3), atol=1e-6
    )


def test_a_small_regularization_makes_the_means_coincide(domains):
    baseline = fitted(domains, "linear", regularization=1e-6, dimension=2)
    mapped = baseline.transform(domains.source, domain="source"), baseline.transform(domains.target)
    gap = np.abs(mapped[0].mean(0) - mapped[1].mean(0))
    assert (gap < 1e-3 * mapped[0].std(0)).all()


@pytest.mark.parametrize("kernel", KERNELS)
def test_samples_are_scaled_to_unit_length_before_and_after(domains, kernel):
    baseline = fitted(domains, kernel, unit_length=True)
    mapped = baseline.transform(domains.target)
    np.testing.assert_allclose(np.linalg.norm(mapped, axis=1), 1)
    np.testing.assert_allclose(baseline.transform(7 * domains.target), mapped)


def test_labels_do_not_enter_tca_and_do_enter_jda(domains):
    shuffled = np.random.default_rng(0).permutation(domains.labels)
    for cls, same in ((TCA, True), (JDA, False)):
        mapped = [
            cls(dimension=3).fit(domains.source, labels, domains.target).transform(domains.target)
            for labels in (domains.labels, shuffled)
        ]
        assert np.allclose(*mapped) is same


def test_jda_of_one_iteration_is_tca(domains):
    mapped = [
        baseline.fit(domains.source, domains.labels, domains.target).transform(domains.target)
        for baseline in (TCA(dimension=3), JDA(dimension=3, iterations=1))
    ]
    np.testing.assert_allclose(*mapped)


def test_jda_solves_the_problem_of_its_last_labels(domains):
    options = {"dimension": 2, "kernel": "primal", "unit_length": False}
    arrays = domains.source, domains.labels, domains.target
    pseudo = JDA(iterations=2, **options).fit(*arrays).predict(domains.target)
    baseline = JDA(iterations=3, **options).fit(*arrays)
    seen, _, centering = ingredients(domains, "primal")
    # Long et al. (2013), Eq. 3 and 7, with the weights of the authors' code
    matrix = 0
    for weight, chosen in [(3, None), *((1, c) for c in (3, 5, 7))]:
        sides = [np.ones(45), np.ones(60)]
        if chosen is not None:
            sides = [domains.labels == chosen, pseudo == chosen]
        e = np.concatenate([sides[0] / sides[0].sum(), -(sides[1] / sides[1].sum())])
        matrix = matrix + weight * np.outer(e, e)
    penalty = seen.T @ (matrix / np.linalg.norm(matrix)) @ seen + np.eye(5)
    spread = seen.T @ centering @ seen
    for a in baseline.transform(np.eye(5)).T:
        value = (a @ spread @ a) / (a @ penalty @ a)
        np.testing.assert_allclose(spread @ a, value * penalty @ a, rtol=1e-6, atol=1e-6)


def test_jda_leaves_out_classes_that_the_target_does_not_show(domains):
    # All of the target lies at the samples of one class
    target = domains.source[domains.labels == 3] + 0.01
    baseline = JDA(dimension=2).fit(domains.source, domains.labels, target)
    assert 7 not in baseline.predict(target)
    assert np.isfinite(baseline.transform(target)).all()


def test_pca_is_that_of_both_domains_together(domains):
    baseline = PCA(dimension=2).fit(domains.source, domains.labels, domains.target)
    both = np.concatenate([domains.source, domains.target])
    _, _, axes = np.linalg.svd(both - both.mean(0))
    expected = (domains.target - both.mean(0)) @ axes[:2].T
    np.testing.assert_allclose(np.abs(baseline.transform(domains.target)), np.abs(expected))


@pytest.mark.parametrize("cls", [TCA, JDA])
def test_more_dimensions_than_there_are_is_refused(domains, cls):
    with pytest.raises(ValueError, match="span 5 dimensions; got dimension=6; choose 1 to 5"):
        cls(dimension=6).fit(domains.source, domains.labels, domains.target)


@pytest.mark.parametrize("options", [{"regularization": 0.0}, {"bandwidth": -1.0}])
def test_values_that_are_not_positive_are_refused(options):
    with pytest.raises(ValueError, match="regularization and bandwidth are positive; got"):
        TCA(**options)


def test_jda_without_iterations_is_refused():
    with pytest.raises(ValueError, match="at least 1 iteration; got iterations=0"):
        JDA(iterations=0)
