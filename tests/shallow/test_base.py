"""What every baseline has to keep to, whatever its paper."""

import inspect

import numpy as np
import pytest

import da.shallow
from da.shallow import Baseline, NoAdaptation

BASELINES = [
    cls
    for name in da.shallow.__all__
    if inspect.isclass(cls := getattr(da.shallow, name)) and not inspect.isabstract(cls)
]
#: Where the defaults ask for more dimensions than the test domains have
OPTIONS = {"PCA": {"dimension": 3}, "SubspaceAlignment": {"dimension": 3}, "GFK": {"dimension": 3},
           "TCA": {"dimension": 3}, "JDA": {"dimension": 3},
           # and where the default is for hundreds of samples
           "OTLpL1": {"entropy": 0.5}, "KLIEP": {"bandwidths": (0.5, 1.0)}}  # fmt: skip
every = pytest.mark.parametrize("cls", BASELINES, ids=lambda cls: cls.__name__)


def build(cls, **options):
    return cls(**OPTIONS.get(cls.__name__, {}), **options)


def fitted(cls, domains, **options):
    return build(cls, **options).fit(domains.source, domains.labels, domains.target)


def test_there_is_a_class_for_each_idea():
    assert len(BASELINES) == 19
    assert all(issubclass(cls, Baseline) for cls in BASELINES)


@every
def test_predicts_the_labels_of_the_target(cls, domains):
    predictions = fitted(cls, domains).predict(domains.target)
    assert predictions.dtype == domains.labels.dtype
    assert np.mean(predictions == domains.target_labels) > 0.8


@every
def test_is_fitted_in_place(cls, domains):
    baseline = build(cls)
    assert baseline.fit(domains.source, domains.labels, domains.target) is baseline
    assert baseline.classes.tolist() == [3, 5, 7]


@every
def test_scores_are_finite_and_decide(cls, domains):
    baseline = fitted(cls, domains)
    for domain in ("source", "target"):
        features = getattr(domains, domain)
        scores = baseline.scores(features, domain=domain)
        assert scores.shape == (len(features), 3)
        assert np.isfinite(scores).all()
        decided = baseline.classes[scores.argmax(1)]
        assert np.array_equal(decided, baseline.predict(features, domain=domain))


@every
def test_knows_the_source_it_was_trained_on(cls, domains):
    predictions = fitted(cls, domains).predict(domains.source, domain="source")
    assert np.mean(predictions == domains.labels) > 0.8


@every
def test_probabilities_sum_to_one_where_there_are_any(cls, domains):
    baseline = fitted(cls, domains)
    if baseline.probabilistic:
        probabilities = baseline.predict_proba(domains.target)
        np.testing.assert_allclose(probabilities.sum(1), 1)
        assert probabilities.min() >= 0
    else:
        with pytest.raises(ValueError, match="classifies by margins, which are no probabilities"):
            baseline.predict_proba(domains.target)


@every
def test_the_same_arrays_yield_the_same_scores(cls, domains):
    scores = fitted(cls, domains).scores(domains.target)
    np.random.default_rng().random(7)
    assert np.array_equal(fitted(cls, domains).scores(domains.target), scores)


@every
def test_the_order_of_the_samples_does_not_matter(cls, domains):
    rng = np.random.default_rng(1)
    first, second = rng.permutation(len(domains.source)), rng.permutation(len(domains.target))
    baseline = build(cls).fit(domains.source[first], domains.labels[first], domains.target[second])
    expected = fitted(cls, domains).scores(domains.target)
    scores = baseline.scores(domains.target)
    assert np.array_equal(scores.argmax(1), expected.argmax(1))
    if baseline.probabilistic:
        np.testing.assert_allclose(np.exp(scores), np.exp(expected), atol=1e-4)


@every
def test_renaming_the_classes_renames_the_predictions(cls, domains):
    renamed = {3: 20, 5: -4, 7: 11}  # another order too
    labels = np.array([renamed[i] for i in domains.labels])
    predictions = build(cls).fit(domains.source, labels, domains.target).predict(domains.target)
    expected = fitted(cls, domains).predict(domains.target)
    assert predictions.tolist() == [renamed[i] for i in expected]


@every
def test_depends_on_the_target_unless_it_does_not_adapt(cls, domains):
    near = build(cls).fit(domains.source, domains.labels, domains.target)
    other = build(cls).fit(domains.source, domains.labels, 2 * domains.target[:40] - 1)
    fresh = np.random.default_rng(5).normal(size=(200, 5), scale=3.0)
    same = np.array_equal(near.scores(fresh), other.scores(fresh))
    assert same is (cls is NoAdaptation) or cls.__name__ == "PCA"


@every
def test_does_not_change_its_arguments(cls, domains):
    copies = [x.copy() for x in domains]
    fitted(cls, domains).predict(domains.target)
    assert all(np.array_equal(a, b) for a, b in zip(domains, copies, strict=True))


@every
def test_works_with_two_classes(cls, domains):
    kept, seen = domains.labels < 7, domains.target_labels < 7
    baseline = build(cls).fit(domains.source[kept], domains.labels[kept], domains.target[seen])
    assert baseline.scores(domains.target).shape == (60, 2)
    assert np.mean(baseline.predict(domains.target[seen]) == domains.target_labels[seen]) > 0.8


@every
def test_works_with_fewer_samples_than_features(cls, domains):
    rng = np.random.default_rng(2)
    lift = rng.normal(size=(5, 100))
    source, target = domains.source[:24] @ lift, domains.target[:30] @ lift
    baseline = build(cls).fit(source, domains.labels[:24], target)
    assert np.isfinite(baseline.scores(target)).all()


@every
def test_works_with_constant_features(cls, domains):
    source, target = (np.pad(x, ((0, 0), (0, 2))) for x in (domains.source, domains.target))
    target[:, 6] = source[:, 6] = 1.0
    baseline = build(cls).fit(source, domains.labels, target)
    assert np.mean(baseline.predict(target) == domains.target_labels) > 0.8


@every
def test_takes_single_precision_and_lists_of_a_few_new_samples(cls, domains):
    baseline = build(cls).fit(
        domains.source.astype(np.float32), domains.labels, domains.target.astype(np.float32)
    )
    assert baseline.predict(domains.target[:1].astype(np.float32)).shape == (1,)
    assert baseline.predict(domains.source[:1], domain="source").shape == (1,)


@every
def test_a_single_class_is_refused(cls, domains):
    with pytest.raises(ValueError, match="at least 2 classes in the source; got only class 3"):
        build(cls).fit(domains.source, np.full(45, 3), domains.target)


@every
def test_features_of_another_width_are_refused(cls, domains):
    with pytest.raises(ValueError, match="was fitted on 5 features; got 4"):
        fitted(cls, domains).predict(domains.target[:, :4])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"target": np.zeros((9, 4))}, r"of one width; got shapes \(45, 5\) of the source and"),
        ({"labels": np.arange(44)}, "got 45 source samples with 44 labels and 60 target samples"),
        ({"target": np.zeros((1, 5))}, "with 45 labels and 1 target samples"),
        ({"target": np.full((9, 5), np.nan)}, "must be finite; got NaN or infinity"),
        ({"source": np.full((45, 5), np.inf)}, "must be finite; got NaN or infinity"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(domains, change, sentence, monkeypatch):
    arrays = {**domains._asdict(), **change}
    fit = inspect.unwrap(Baseline.fit)  # past the checks that only tests have
    with pytest.raises(ValueError, match=sentence):
        fit(NoAdaptation(), arrays["source"], arrays["labels"], arrays["target"])
