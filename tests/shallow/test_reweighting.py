import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import KernelDensity

from da.shallow import KLIEP, KMM, DensityReweighting, DiscriminatorReweighting
from da.shallow.kliep import ratio_coefficients
from da.shallow.kmm import matching_weights

METHODS = [
    KMM(bandwidth=1.0, largest=10.0),
    KLIEP(bandwidths=(0.2, 0.5, 1.0)),
    DensityReweighting(bandwidth=0.3),
    DiscriminatorReweighting(),
]


@pytest.fixture(scope="module")
def gaussians():
    """Source N(0, 1), target N(0.8, 0.7^2), and the true ratio at the source, mean 1."""
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(300, 1)), rng.normal(0.8, 0.7, size=(300, 1))
    ratio = norm.pdf(source[:, 0], 0.8, 0.7) / norm.pdf(source[:, 0])
    return source, target, ratio / ratio.mean()


@pytest.mark.parametrize("method", METHODS[:3], ids=lambda m: type(m).__name__)
def test_weights_recover_the_density_ratio(gaussians, method):
    source, target, ratio = gaussians
    weights = method.fit(source, (source[:, 0] > 0).astype(int), target).weights
    assert weights.min() >= 0
    assert weights.mean() == pytest.approx(1)
    assert np.corrcoef(weights, ratio)[0, 1] > 0.85
    assert np.average(source[:, 0], weights=weights) == pytest.approx(0.8, abs=0.15)


def test_the_discriminator_finds_the_ratio_of_gaussians_of_equal_width(gaussians):
    source, target, _ = gaussians
    target = target * 10 / 7  # of width 1, and the source has mean 0
    method = DiscriminatorReweighting(strength=1e6)
    weights = method.fit(source, (source[:, 0] > 0).astype(int), target).weights
    slope, _ = np.polyfit(source[:, 0], np.log(weights), 1)
    assert slope == pytest.approx(8 / 7, abs=0.2)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: type(m).__name__)
def test_between_a_domain_and_itself_weights_are_equal(gaussians, method):
    source = gaussians[0]
    weights = method.fit(source, (source[:, 0] > 0).astype(int), source).weights
    assert np.abs(weights - 1).mean() < 0.05


@pytest.mark.parametrize("method", METHODS, ids=lambda m: type(m).__name__)
def test_labels_do_not_enter_the_weights_which_train_the_classifier(gaussians, method):
    source, target, _ = gaussians
    labels = (source[:, 0] > 0).astype(int)
    first = method.fit(source, labels, target).weights
    assert np.array_equal(method.fit(source, 1 - labels, target).weights, first)
    expected = LogisticRegression(max_iter=10_000).fit(source, 1 - labels, sample_weight=first)
    np.testing.assert_allclose(method.predict_proba(target), expected.predict_proba(target))


@pytest.mark.parametrize("largest", [1.5, 1000.0])
def test_weights_of_kmm_solve_the_quadratic_program(largest):
    rng = np.random.default_rng(1)
    source, target = rng.normal(size=(25, 2)), rng.normal(0.7, 1, size=(30, 2))
    kernel, similarity = rbf_kernel(source), rbf_kernel(source, target).mean(1)
    total = (20.0, 30.0)

    def objective(w):
        return w @ kernel @ w / (2 * 25**2) - w @ similarity / 25

    reference = minimize(
        objective,
        np.ones(25),
        jac=lambda w: kernel @ w / 25**2 - similarity / 25,
        bounds=[(0, largest)] * 25,
        constraints=[
            {"type": "ineq", "fun": lambda w: w.sum() - total[0]},
            {"type": "ineq", "fun": lambda w: total[1] - w.sum()},
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    weights = matching_weights(kernel, similarity, largest=largest, total=total)
    assert total[0] - 1e-9 <= weights.sum() <= total[1] + 1e-9
    assert 0 <= weights.min() <= weights.max() <= largest
    assert objective(weights) <= reference.fun + 1e-9
    assert objective(weights) == pytest.approx(reference.fun, abs=1e-6)


@pytest.mark.parametrize("total", [(26.0, 30.0), (20.0, 22.0)])
def test_the_sum_of_the_weights_of_kmm_is_bounded(total):
    source = np.random.default_rng(1).normal(size=(25, 2))
    weights = matching_weights(
        rbf_kernel(source), rbf_kernel(source).mean(1), largest=5.0, total=total
    )
    assert weights.sum() == pytest.approx(min(total, key=lambda bound: abs(bound - 25)))


def test_weights_of_kliep_maximize_the_likelihood():
    rng = np.random.default_rng(2)
    source, target = rng.normal(size=(40, 2)), rng.normal(0.7, 1, size=(30, 2))
    at_source, at_target = rbf_kernel(source, target[:6]), rbf_kernel(target, target[:6])

    def loss(coefficients):
        return -np.log(at_target @ coefficients).mean()

    reference = minimize(
        loss,
        np.full(6, 1 / at_source.mean(0).sum()),
        bounds=[(0, None)] * 6,
        constraints={"type": "eq", "fun": lambda c: at_source.mean(0) @ c - 1},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    coefficients = ratio_coefficients(at_source, at_target)
    assert (at_source @ coefficients).mean() == pytest.approx(1)
    assert coefficients.min() >= 0
    assert loss(coefficients) == pytest.approx(reference.fun, abs=2e-4)


def test_kliep_chooses_the_width_by_the_likelihood_of_samples_left_out(gaussians):
    source, target, _ = gaussians
    labels = (source[:, 0] > 0).astype(int)
    chosen = KLIEP(bandwidths=(0.02, 0.5, 50.0)).fit(source, labels, target).weights
    assert np.array_equal(KLIEP(bandwidths=(0.5,)).fit(source, labels, target).weights, chosen)


def test_kliep_without_a_gaussian_that_reaches_the_source_is_refused(gaussians):
    source, target, _ = gaussians
    sentence = r"reaches a source sample; got bandwidths=\(0.001,\) times the median distance"
    with pytest.raises(ValueError, match=sentence):
        KLIEP(bandwidths=(0.001,)).fit(source, (source[:, 0] > 0).astype(int), target + 50)


def test_density_weights_are_the_ratio_of_the_estimates(gaussians):
    source, target, _ = gaussians
    baseline = DensityReweighting(bandwidth=0.4)
    weights = baseline.fit(source, (source[:, 0] > 0).astype(int), target).weights
    density = [
        np.exp(KernelDensity(bandwidth=0.4).fit(x).score_samples(source)) for x in (target, source)
    ]
    expected = density[0] / density[1]
    np.testing.assert_allclose(weights, expected / expected.mean())


def test_domains_far_apart_still_give_finite_weights(gaussians):
    source, target, _ = gaussians
    labels = (source[:, 0] > 0).astype(int)
    for method in (DensityReweighting(bandwidth=0.1), DiscriminatorReweighting(), KMM()):
        weights = method.fit(source, labels, target + 30).weights
        assert np.isfinite(weights).all()


@pytest.mark.parametrize(
    ("cls", "options"),
    [
        (KMM, {"largest": 0.5}),
        (KMM, {"bandwidth": 0.0}),
        (KMM, {"slack": -0.1}),
        (KLIEP, {"bandwidths": ()}),
        (KLIEP, {"folds": 1}),
        (DensityReweighting, {"bandwidth": -1.0}),
        (DiscriminatorReweighting, {"strength": 0.0}),
    ],
)
def test_values_out_of_range_are_refused(cls, options):
    with pytest.raises(ValueError, match="; got "):
        cls(**options)


@pytest.mark.parametrize("method", [KMM(), KLIEP(), DensityReweighting()])
def test_domains_of_equal_samples_have_no_width(method):
    same = np.ones((6, 2))
    with pytest.raises(ValueError, match="all samples are equal, so a kernel has no width"):
        method.fit(same, np.arange(6) % 2, same)
