import numpy as np
import pytest
from scipy.stats import norm

from da.gap.proxy_a_distance import proxy_a_distance


def gaussians(distance, *, n=2000, d=10, seed=0):
    generator = np.random.default_rng(seed)
    source, target = generator.normal(size=(2, n, d))
    target[:, 0] += distance
    return source, target


@pytest.mark.parametrize(
    ("distance", "expected"), [(0, 0.0), (0.5, 0.3948253), (1, 0.7658498), (2, 1.3653790)]
)
def test_two_gaussians_are_as_far_apart_as_the_bayes_classifier_says(distance, expected):
    assert 2 * (1 - 2 * norm.cdf(-distance / 2)) == pytest.approx(expected, abs=1e-6)
    estimate = proxy_a_distance(*gaussians(distance))
    # five splits share their samples: the error of one split is what remains at worst
    assert estimate.value == pytest.approx(expected, abs=3 * estimate.standard_error)


def test_many_features_of_few_samples_do_not_separate_what_is_the_same():
    # an error counted on the training samples would say 2
    estimate = proxy_a_distance(*gaussians(0, n=200, d=512))
    assert abs(estimate.value) < 3 * estimate.standard_error


def test_the_standard_error_is_the_binomial_one():
    estimate = proxy_a_distance(*gaussians(1, n=1000))
    variance = estimate.error * (1 - estimate.error) / 1000
    assert estimate.standard_error == pytest.approx(4 * variance**0.5)
    assert estimate.value == pytest.approx(2 * (1 - 2 * estimate.error))


def test_samples_of_unequal_size_count_alike():
    source, target = gaussians(1)
    both = proxy_a_distance(source, target[:300]), proxy_a_distance(source[:300], target)
    assert both[0].value == pytest.approx(both[1].value, abs=3 * both[0].standard_error)


def test_the_same_seed_gives_the_same_distance():
    assert proxy_a_distance(*gaussians(1, n=300)) == proxy_a_distance(*gaussians(1, n=300))


def test_a_handful_of_samples_is_refused():
    source, target = gaussians(1)
    with pytest.raises(ValueError, match="at least 12 samples of each; got 2000 and 11"):
        proxy_a_distance(source, target[:11])
