import numpy as np
import pytest
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC, LinearSVC

from da.shallow import (
    KMM,
    DiscriminatorReweighting,
    NoAdaptation,
    linear_svm,
    logistic_regression,
    nearest_neighbor,
    searched_svm,
)
from da.shallow.classifiers import class_scores, is_probabilistic

CLASSIFIERS = [nearest_neighbor, logistic_regression, linear_svm, LinearSVC]


@pytest.mark.parametrize("make", CLASSIFIERS)
@pytest.mark.parametrize("classes", [2, 3])
def test_scores_decide_as_the_classifier_does(domains, make, classes):
    kept = domains.labels < 3 + 2 * classes
    classifier = make().fit(domains.source[kept], domains.labels[kept])
    scores = class_scores(classifier, domains.target)
    assert scores.shape == (60, classes)
    predicted = classifier.classes_[scores.argmax(1)]
    assert np.array_equal(predicted, classifier.predict(domains.target))


def test_scores_are_log_probabilities_where_there_are_any(domains):
    classifier = logistic_regression().fit(domains.source, domains.labels)
    expected = classifier.predict_log_proba(domains.target)
    np.testing.assert_allclose(class_scores(classifier, domains.target), expected)
    assert [is_probabilistic(make()) for make in CLASSIFIERS] == [True, True, False, False]


def test_nearest_neighbour_is_the_nearest(domains):
    baseline = NoAdaptation().fit(domains.source, domains.labels, domains.target)
    distances = ((domains.target[:, None] - domains.source[None]) ** 2).sum(2)
    expected = domains.labels[distances.argmin(1)]
    assert np.array_equal(baseline.predict(domains.target), expected)


def test_the_svm_minimizes_the_hinge_loss(domains):
    labels = np.where(domains.labels == 3, 1, -1)
    svm = linear_svm(strength=0.01).fit(domains.source, labels)

    def objective(w):
        slack = np.maximum(1 - labels * (domains.source @ w[:5] + w[5]), 0)
        return w[:5] @ w[:5] / 2 + 0.01 * slack.sum()

    weights = svm.dual_coef_ @ domains.source[svm.support_]
    solution = np.append(weights, svm.intercept_)
    around = solution + 0.05 * np.random.default_rng(0).normal(size=(300, 6))
    assert objective(solution) < min(map(objective, around)) + 1e-4


def test_the_weight_of_the_svm_is_searched_on_the_source(domains):
    strengths = (1e-4, 1e-2, 1.0)
    noisy = domains.source + np.random.default_rng(0).normal(size=(45, 5), scale=3.0)
    svm = searched_svm(strengths=strengths).fit(noisy, domains.labels)
    scores = [cross_val_score(linear_svm(strength=c), noisy, domains.labels, cv=2).mean()
              for c in strengths]  # fmt: skip
    assert len(set(scores)) == 3
    assert svm.best_params_ == {"C": strengths[int(np.argmax(scores))]}
    assert not NoAdaptation(classifier=svm).probabilistic


def test_the_width_of_the_searched_kernel_is_the_number_of_features(domains):
    svm = searched_svm(strengths=[1.0], kernel="rbf").fit(domains.source, domains.labels)
    kernel = rbf_kernel(domains.source, domains.source, gamma=1 / 5)
    expected = SVC(kernel="precomputed").fit(kernel, domains.labels)
    own = svm.best_estimator_.decision_function(domains.target)
    between = rbf_kernel(domains.target, domains.source, gamma=1 / 5)
    np.testing.assert_allclose(own, expected.decision_function(between), atol=1e-6)


def test_the_classifier_that_was_given_is_not_trained_itself(domains):
    classifier = logistic_regression()
    NoAdaptation(classifier=classifier).fit(domains.source, domains.labels, domains.target)
    assert not hasattr(classifier, "coef_")


@pytest.mark.parametrize("cls", [KMM, DiscriminatorReweighting])
def test_reweighting_refuses_a_classifier_without_weights(cls):
    with pytest.raises(ValueError, match=f"{cls.__name__} weighs samples, which KNeighborsCl"):
        cls(classifier=nearest_neighbor())
