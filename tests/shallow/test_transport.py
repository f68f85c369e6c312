import numpy as np
import ot
import pytest
from scipy.optimize import linear_sum_assignment, linprog

from da.shallow import (
    JCPOT,
    JDOT,
    OTExact,
    OTGroupLasso,
    OTLabelPropagation,
    OTLpL1,
    OTSinkhorn,
)
from da.shallow.jdot import squared_hinge


def distances(domains):
    return ((domains.source[:, None] - domains.target[None]) ** 2).sum(2)


def fitted(baseline, domains):
    return baseline.fit(domains.source, domains.labels, domains.target)


def test_exact_transport_solves_the_linear_program(domains):
    baseline = fitted(OTExact(cost_scale="none"), domains)
    n, m = 45, 60
    cost = distances(domains)
    sums = np.concatenate([np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))])
    marginals = np.concatenate([np.full(n, 1 / n), np.full(m, 1 / m)])
    best = linprog(cost.ravel(), A_eq=sums, b_eq=marginals).fun
    assert np.sum(baseline.plan * cost) == pytest.approx(best)
    np.testing.assert_allclose(baseline.plan.sum(1), 1 / n)
    np.testing.assert_allclose(baseline.plan.sum(0), 1 / m)


def test_exact_transport_of_equally_many_samples_matches_them(domains):
    baseline = OTExact().fit(domains.source, domains.labels, domains.target[:45])
    _, partner = linear_sum_assignment(distances(domains)[:, :45])
    moved = baseline.transform(domains.source, domain="source")
    np.testing.assert_allclose(moved, domains.target[partner])


@pytest.mark.parametrize("scale", ["median", "max", "none"])
def test_entropic_transport_has_the_form_of_sinkhorn(domains, scale):
    entropy = 2.0 if scale == "none" else 0.2
    baseline = fitted(OTSinkhorn(entropy=entropy, cost_scale=scale), domains)
    cost = distances(domains)
    cost = cost / {"median": np.median(cost), "max": cost.max(), "none": 1.0}[scale]
    np.testing.assert_allclose(baseline.plan.sum(1), 1 / 45, rtol=1e-4)
    np.testing.assert_allclose(baseline.plan.sum(0), 1 / 60, rtol=1e-4)
    # log plan + cost / entropy is a sum of one term per row and one per column
    potential = np.log(baseline.plan) + cost / entropy
    residual = potential - potential[:1] - potential[:, :1] + potential[0, 0]
    np.testing.assert_allclose(residual, 0, atol=1e-8)


@pytest.mark.parametrize(
    ("baseline", "reference"),
    [
        (OTExact(), ot.da.EMDTransport(norm="median")),
        (
            OTSinkhorn(entropy=0.3, cost_scale="max"),
            ot.da.SinkhornTransport(0.3, norm="max", max_iter=5000, tol=1e-7),
        ),
        (
            OTLpL1(entropy=0.5, class_weight=0.2),
            ot.da.SinkhornLpl1Transport(0.5, 0.2, norm="median", max_inner_iter=2000, tol=1e-6),
        ),
        (
            OTGroupLasso(entropy=0.5, class_weight=0.2),
            ot.da.SinkhornL1l2Transport(0.5, 0.2, norm="median", max_inner_iter=2000, tol=1e-6),
        ),
    ],
    ids=["exact", "sinkhorn", "lpl1", "group lasso"],
)
def test_agrees_with_the_classes_of_pot(domains, baseline, reference):
    fitted(baseline, domains)
    reference.fit(Xs=domains.source, ys=domains.labels, Xt=domains.target)
    moved = baseline.transform(domains.source, domain="source")
    np.testing.assert_allclose(moved, reference.transform(Xs=domains.source), atol=1e-10)


def test_lpl1_gives_each_target_sample_the_mass_of_one_class(domains):
    purity = []
    for weight in (1e-9, 1.0):
        plan = fitted(OTLpL1(entropy=0.5, class_weight=weight), domains).plan
        mass = np.stack([plan[domains.labels == c].sum(0) for c in (3, 5, 7)])
        purity.append((mass.max(0) / mass.sum(0)).mean())
    assert purity[0] < 0.8
    assert purity[1] > 0.99


def test_the_group_lasso_lowers_its_norm_and_its_objective(domains):
    cost = distances(domains) / np.median(distances(domains))

    def group_norm(plan):
        return sum(np.linalg.norm(plan[domains.labels == c], axis=0).sum() for c in (3, 5, 7))

    def objective(plan):  # Courty et al. (2017), Eq. 16
        entropy = np.sum(plan * np.log(np.maximum(plan, 1e-300)))
        return np.sum(plan * cost) + 0.5 * entropy + 3.0 * group_norm(plan)

    plain, lasso = (
        fitted(OTGroupLasso(entropy=0.5, class_weight=weight), domains).plan
        for weight in (1e-9, 3.0)
    )
    assert group_norm(lasso) < 0.98 * group_norm(plain)
    assert objective(lasso) < objective(plain)


@pytest.mark.parametrize("cls", [OTExact, OTSinkhorn])
def test_labels_do_not_move_samples_without_class_regularization(domains, cls):
    moved = [
        cls().fit(domains.source, labels, domains.target).transform(domains.source, domain="source")
        for labels in (domains.labels, domains.labels[::-1])
    ]
    assert np.array_equal(*moved)


@pytest.mark.parametrize("cls", [OTExact, OTSinkhorn])
def test_new_source_samples_move_as_the_nearest_one(domains, cls):
    baseline = fitted(cls(), domains)
    moved = baseline.transform(domains.source, domain="source")
    near = baseline.transform(domains.source + 1e-3, domain="source")
    np.testing.assert_allclose(near, moved + 1e-3)


def test_an_entropy_that_is_too_small_is_said(domains):
    sentence = "the plan of JCPOT lost the mass of some samples, as its entropy is too small"
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=sentence):
        fitted(JCPOT(entropy=1e-4), domains)


@pytest.mark.parametrize("entropy", [0.0, 0.2])
def test_labels_are_propagated_by_the_share_of_mass(domains, entropy):
    probabilities = fitted(OTLabelPropagation(entropy=entropy), domains).predict_proba(
        domains.target
    )
    if entropy:
        reference = ot.da.SinkhornTransport(entropy, norm="median", max_iter=5000, tol=1e-7)
    else:
        reference = ot.da.EMDTransport(norm="median")
    reference.fit(Xs=domains.source, Xt=domains.target)
    expected = reference.transform_labels(domains.labels)
    np.testing.assert_allclose(probabilities, expected, atol=1e-6)


def test_new_target_samples_take_the_label_of_the_nearest_one(domains):
    baseline = fitted(OTLabelPropagation(), domains)
    near = baseline.predict(domains.target + 1e-4)
    assert np.array_equal(near, baseline.predict(domains.target))


def test_jcpot_estimates_the_proportions_of_the_target(domains):
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [50, 50])
    shares = np.repeat([0, 1], [120, 30])
    source = 4.0 * labels[:, None] + rng.normal(size=(100, 2))
    target = 4.0 * shares[:, None] + rng.normal(size=(150, 2))
    baseline = JCPOT(entropy=0.05).fit(source, labels, target)
    np.testing.assert_allclose(baseline.proportions, [0.8, 0.2], atol=0.03)
    # A transport that keeps the source's proportions must give 30 % of the target a wrong label
    plain = OTLabelPropagation().fit(source, labels, target)
    assert np.mean(plain.predict(target) == shares) < 0.75
    assert np.mean(baseline.predict(target) == shares) > 0.95


def test_jcpot_is_the_fixed_point_of_its_projections(domains):
    baseline = fitted(JCPOT(entropy=0.2), domains)
    cost = distances(domains)
    plan = np.exp(-cost / np.median(cost) / 0.2)
    members = np.stack([domains.labels == c for c in (3, 5, 7)])
    for _ in range(2000):  # Redko et al. (2019), Proposition 4, for one source
        plan = plan / plan.sum(0) / 60
        proportions = members @ plan.sum(1)
        rows = members.T @ (proportions / members.sum(1))
        plan = plan * (rows / plan.sum(1))[:, None]
    np.testing.assert_allclose(baseline.proportions, proportions, atol=1e-5)
    expected = members @ plan / plan.sum(0)
    np.testing.assert_allclose(baseline.predict_proba(domains.target), expected.T, atol=1e-4)


def test_each_iteration_of_jdot_lowers_its_objective(domains):
    target = domains.target + np.random.default_rng(0).normal(size=(60, 5), scale=2.0)
    baseline = JDOT(strength=1.0).fit(domains.source, domains.labels, target)
    objectives = baseline.objectives
    assert len(objectives) >= 3
    assert all(np.diff(objectives) <= 1e-6)


def test_the_loss_of_jdot_is_the_squared_hinge_of_one_against_the_rest():
    margins = np.array([[0.5, -2.0, 3.0]])
    expected = [
        0.5**2 + 0 + 4**2,  # the first is right: 1 - 0.5, 1 + (-2) < 0, 1 + 3
        1.5**2 + 3**2 + 4**2,
        1.5**2 + 0 + 0,
    ]
    np.testing.assert_allclose(squared_hinge(margins), [expected])


def test_the_classifier_of_jdot_minimizes_its_loss(domains):
    baseline = fitted(JDOT(strength=0.1, iterations=1), domains)
    shares = fitted(OTLabelPropagation(), domains).predict_proba(domains.target) / 60
    x = np.column_stack([domains.target, np.ones(60)])
    svm = baseline.fitted
    for i in range(3):  # the gradient of the mean loss against half the squared norm
        w = np.append(svm.coef_[i], svm.intercept_[i])
        inside, outside = np.maximum(1 - x @ w, 0), np.maximum(1 + x @ w, 0)
        pull = shares[:, i] * inside - (1 / 60 - shares[:, i]) * outside
        np.testing.assert_allclose(w, 2 * 0.1 * x.T @ pull, atol=1e-5)


def test_the_first_classifier_of_jdot_learns_from_the_plain_transport(domains):
    baseline = fitted(JDOT(iterations=1), domains)
    plain = fitted(OTLabelPropagation(), domains).predict(domains.target)
    assert np.mean(baseline.predict(domains.target) == plain) > 0.9


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: OTSinkhorn(entropy=0.0), "needs a positive entropy; got 0.0"),
        (lambda: OTLpL1(class_weight=-1.0), "needs a positive class_weight; got -1.0"),
        (lambda: JCPOT(entropy=0.0), "needs a positive entropy; got 0.0"),
        (lambda: OTLabelPropagation(entropy=-1.0), "is at least 0; got -1.0"),
        (lambda: JDOT(strength=0.0), "needs positive weights and at least 1 iteration; got"),
    ],
)
def test_values_out_of_range_are_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()
