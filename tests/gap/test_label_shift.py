"""Golden values: two classes solved by hand, and populations whose prior is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import config
from sklearn.metrics import confusion_matrix

from da.gap import bbse, joint_confusion, label_shift, rlls

CONFUSION = np.array([[0.4, 0.1], [0.1, 0.4]])
PRIOR = np.array([0.5, 0.5])
PREDICTED = np.array([0.65, 0.35])


def population(k, seed, accuracy=0.8):
    """Return a confusion, its source prior, a target prior, and the predictions that follow."""
    rng = np.random.default_rng(seed)
    conditional = accuracy * np.eye(k) + (1 - accuracy) * rng.dirichlet(np.ones(k), size=k).T
    source, target = rng.dirichlet(np.full(k, 5.0)), rng.dirichlet(np.ones(k))
    return conditional * source, source, target, conditional @ target


def test_bbse():
    prior = bbse(CONFUSION, PRIOR, PREDICTED)
    np.testing.assert_allclose(prior / PRIOR, [1.5, 0.5], atol=1e-12)
    np.testing.assert_allclose(prior, [0.75, 0.25], atol=1e-12)


@pytest.mark.parametrize(
    ("regularization", "ratio"),
    [(1e-14, [1.5, 0.5]), (0.01, [1.45, 0.55]), (0.1, [1.23684211, 0.76315789])],
)
def test_rlls(regularization, ratio):
    prior = rlls(CONFUSION, PRIOR, PREDICTED, regularization=regularization)
    np.testing.assert_allclose(prior / PRIOR, ratio, atol=5e-9)


@settings(derandomize=True, database=None, max_examples=50, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10_000))
def test_exact_predictions_give_the_exact_prior(k, seed):
    confusion, source, target, predicted = population(k, seed)
    np.testing.assert_allclose(bbse(confusion, source, predicted), target, atol=1e-9)


def test_no_shift_gives_the_source_prior():
    confusion, source, _, _ = population(5, 0)
    np.testing.assert_allclose(label_shift(confusion, source, confusion.sum(1)), source)
    regularized = rlls(confusion, source, confusion.sum(1), regularization=0.3)
    np.testing.assert_allclose(regularized, source)


def test_label_shift_inverts_what_is_well_posed():
    np.testing.assert_array_equal(
        label_shift(CONFUSION, PRIOR, PREDICTED), bbse(CONFUSION, PRIOR, PREDICTED)
    )


@pytest.mark.parametrize(("accuracy", "inverts"), [(0.56, True), (0.54, False)])
def test_label_shift_regularizes_below_a_tenth_of_a_perfect_classifier(accuracy, inverts):
    # The singular values are 1/2 and accuracy - 1/2; the threshold is .1/2.
    confusion = np.array([[accuracy, 1 - accuracy], [1 - accuracy, accuracy]]) / 2
    predicted = np.array([0.51, 0.49])
    prior = label_shift(confusion, PRIOR, predicted)
    smallest = accuracy - 0.5
    shift = 0.01 / smallest if inverts else 0.01 * smallest / (smallest**2 + 0.05**2)
    np.testing.assert_allclose(prior, PRIOR * [1 + shift, 1 - shift])


def test_label_shift_survives_a_class_that_is_never_seen_or_predicted():
    confusion = np.diag([0.5, 0.5, 0.0])
    prior = label_shift(confusion, np.array([0.5, 0.5, 0.0]), np.array([0.8, 0.2, 0.0]))
    assert prior[2] == 0
    np.testing.assert_allclose(prior[:2], [0.8, 0.2], atol=0.01)


def test_negative_solutions_are_clipped():
    prior = bbse(CONFUSION, PRIOR, np.array([0.95, 0.05]))
    np.testing.assert_array_equal(prior, [1, 0])


def test_relabeling_classes_permutes_the_prior():
    confusion, source, _, predicted = population(4, 3)
    order = np.array([2, 0, 3, 1])
    moved = label_shift(confusion[np.ix_(order, order)], source[order], predicted[order])
    np.testing.assert_allclose(moved, label_shift(confusion, source, predicted)[order])


def test_joint_confusion_has_predictions_in_rows():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(0, 4, 60), rng.integers(0, 3, 60)
    expected = confusion_matrix(labels, predictions, labels=range(5), normalize="all").T
    np.testing.assert_allclose(joint_confusion(predictions, labels, 5), expected)


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match="is singular, so it cannot be inverted; use rlls"):
        bbse(np.full((2, 2), 0.25), PRIOR, PREDICTED)
    with pytest.raises(ValueError, match="regularization is positive; got 0, so use bbse"):
        rlls(CONFUSION, PRIOR, PREDICTED, regularization=0)
    with pytest.raises(ValueError, match="3 classes need a 3 x 3 confusion"):
        label_shift(CONFUSION, np.ones(3) / 3, PREDICTED)
    with pytest.raises(ValueError, match="must be finite"):
        label_shift(CONFUSION, PRIOR, np.array([np.nan, 1.0]))
    with pytest.raises(ValueError, match="got 2 predictions and 1 labels"):
        joint_confusion(np.array([0, 1]), np.array([0]), 2)
    with pytest.raises(ValueError, match=r"in \[0, 2\)"):
        joint_confusion(np.array([0, 2]), np.array([0, 1]), 2)
