"""Against scikit-learn, fit by fit and fold by fold."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from da.validators.logistic import fit_logistic

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)


def problem(n=120, d=6, gap=0.7, seed=0):
    """Two overlapping classes, and five folds."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) % 3 == 0).astype(float)
    inputs = rng.normal(size=(n, d)) + gap * labels[:, None] * (np.arange(d) < 2)
    return inputs, labels, rng.integers(0, 5, n)


def reference(inputs, labels, strength):
    return LogisticRegression(C=strength, tol=1e-10, max_iter=10_000).fit(inputs, labels)


def cross_validated_loss(inputs, labels, folds, strength):
    losses = []
    for fold in range(5):
        out = folds == fold
        scores = reference(inputs[~out], labels[~out], strength).decision_function(inputs[out])
        losses.append(np.logaddexp(0, np.where(labels[out] == 1, -scores, scores)).mean())
    return np.mean(losses)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("d", [6, 200])  # fewer dimensions than samples, and more
def test_weights_are_those_of_scikit_learn(strength, d):
    inputs, labels, folds = problem(d=d)
    expected = reference(inputs, labels, strength)
    fit = fit_logistic(inputs, labels, [strength], folds)
    np.testing.assert_allclose(fit.weights[:-1], expected.coef_[0], atol=2e-3)
    assert fit.weights[-1] == pytest.approx(expected.intercept_[0], abs=2e-3)
    assert fit.regularization == strength


@pytest.mark.parametrize("gap", [0.0, 0.4, 1.0, 6.0])
def test_the_strength_has_the_least_cross_validated_loss(gap):
    inputs, labels, folds = problem(gap=gap)
    losses = [cross_validated_loss(inputs, labels, folds, strength) for strength in STRENGTHS]
    fit = fit_logistic(inputs, labels, STRENGTHS, folds)
    assert fit.regularization == STRENGTHS[int(np.argmin(losses))]
    expected = reference(inputs, labels, fit.regularization)
    np.testing.assert_allclose(fit.weights[:-1], expected.coef_[0], atol=2e-3)


def test_far_samples_do_not_make_it_diverge():
    inputs, labels, folds = problem()
    inputs[:4] *= 1e6
    fit = fit_logistic(inputs, labels, STRENGTHS, folds)
    assert np.isfinite(fit.weights).all()
