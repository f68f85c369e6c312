import numpy as np
import ot
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from scipy.stats import wasserstein_distance
from torch.nn import functional as F

from da.losses import (
    exact_plan,
    joint_cost,
    sinkhorn_divergence,
    squared_distances,
    transported,
    unbalanced_plan,
)

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]]).double()
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]]).double()
T4 = torch.cat([T3, torch.tensor([[1.0, 0]]).double()])
LABELS = torch.tensor([0, 0, 1, 1])
LOGITS = torch.tensor([[0.5, 0.5], [0.1, 0.9], [0.8, 0.2]], dtype=torch.float64).log()
JOINT = joint_cost(S4, T3, LABELS, LOGITS, feature_weight=0.1, label_weight=1.0)


def squared(x, y):
    return squared_distances(torch.cat([x, y]))[: len(x), len(x) :]


@pytest.mark.parametrize(("target", "value"), [(T4, 1.75), (T3, 2.9166666666666665)])
def test_exact_transport_has_its_hand_computed_cost(target, value):
    cost = squared(S4, target)
    assert transported(cost, exact_plan(cost)).item() == pytest.approx(value, rel=1e-12)


def test_exact_transport_of_equal_batches_is_an_assignment(source):
    cost = squared(source[:5], source.flip(1)[:5])
    rows, columns = linear_sum_assignment(cost)
    expected = cost[rows, columns].mean()
    torch.testing.assert_close(transported(cost, exact_plan(cost)), expected)


def test_exact_transport_on_a_line_is_that_of_scipy():
    cost = (S4[:, :1] - T3[:, 0]).abs()
    value = transported(cost, exact_plan(cost)).item()
    assert value == pytest.approx(0.25)
    assert value == pytest.approx(wasserstein_distance(S4[:, 0], T3[:, 0]))


def test_exact_plan_moves_all_of_both_batches():
    plan = exact_plan(JOINT)
    torch.testing.assert_close(plan.sum(1), torch.full((4,), 1 / 4).double())
    torch.testing.assert_close(plan.sum(0), torch.full((3,), 1 / 3).double())


def test_joint_cost_adds_features_and_labels():
    expected = 0.1 * squared(S4, T3)
    for i, label in enumerate(LABELS):
        for j in range(3):
            expected[i, j] += F.cross_entropy(LOGITS[j], label)
    torch.testing.assert_close(JOINT, expected)
    assert transported(JOINT, exact_plan(JOINT)).item() == pytest.approx(
        0.6822170825106604, rel=1e-10
    )


def test_certain_mistakes_have_a_finite_cost():
    logits = torch.tensor([[500.0, 0]])
    cost = joint_cost(
        torch.zeros(1, 2),
        torch.zeros(1, 2),
        torch.tensor([1]),
        logits,
        feature_weight=1.0,
        label_weight=1.0,
    )
    assert cost.item() == 500


def test_half_precision_costs_are_single_precision():
    half = [x.bfloat16() for x in (S4, T3)]
    with torch.autocast("cpu", torch.bfloat16):
        cost = joint_cost(*half, LABELS, LOGITS.bfloat16(), feature_weight=0.1, label_weight=1.0)
    assert cost.dtype == exact_plan(cost).dtype == torch.float32
    torch.testing.assert_close(cost, JOINT.float(), rtol=2e-2, atol=1e-2)


def test_gradient_of_the_optimum_is_the_plan(source, target):
    cost = squared(source, target).requires_grad_()
    plan = exact_plan(cost)
    (gradient,) = torch.autograd.grad(transported(cost, plan), cost)
    assert torch.equal(gradient, plan)
    step = 1e-6 * torch.randn(7, 5, generator=torch.Generator().manual_seed(0)).double()
    moved = transported(cost + step, exact_plan(cost + step)) - transported(cost, plan)
    torch.testing.assert_close(moved, (gradient * step).sum(), rtol=1e-6, atol=0)


def test_unbalanced_plan_has_its_hand_computed_cost_and_mass():
    plan = unbalanced_plan(JOINT, epsilon=0.1, tau=1.0, tolerance=1e-12)
    assert transported(JOINT, plan).item() == pytest.approx(0.5336755039, abs=1e-9)
    assert plan.sum().item() == pytest.approx(0.7880952300, abs=1e-9)


def stationarity(plan, epsilon, tau):
    """Derivative of the objective with respect to each entry of the plan."""
    marginals = (4 * plan.sum(1)).log()[:, None] + (3 * plan.sum(0)).log()
    return JOINT + epsilon * plan.log() + tau * marginals


@pytest.mark.parametrize("target_tau", [1.0, 0.2, torch.inf])
def test_unbalanced_plan_is_that_of_pot(target_tau):
    plan = unbalanced_plan(JOINT, epsilon=0.1, tau=1.0, target_tau=target_tau, tolerance=1e-12)
    expected = ot.unbalanced.sinkhorn_unbalanced(
        ot.unif(4),
        ot.unif(3),
        JOINT.numpy(),
        0.1,
        (1.0, target_tau),
        reg_type="kl",
        c=np.ones((4, 3)),  # the entropy, as a divergence from a plan of ones
        stopThr=1e-14,
        numItermax=5000,
    )
    np.testing.assert_allclose(plan, expected, rtol=1e-7)


def test_unbalanced_plan_of_a_cost_beyond_all_scales_is_finite(source, target):
    for scale in (1e3, 1e6):
        plan = unbalanced_plan(scale * squared(source, target), epsilon=0.01, tau=0.5)
        assert plan.isfinite().all()
        assert plan.sum() <= 1.1


def test_unbalanced_plan_is_stationary():
    plan = unbalanced_plan(JOINT, epsilon=0.1, tau=1.0, tolerance=1e-14)
    slope = stationarity(plan, 0.1, 1.0)
    torch.testing.assert_close(slope, torch.zeros(4, 3).double(), atol=1e-8, rtol=0)


def test_costly_marginals_make_the_plan_balanced():
    plan = unbalanced_plan(JOINT, epsilon=0.5, tau=50.0, tolerance=1e-10)
    expected = ot.sinkhorn(ot.unif(4), ot.unif(3), JOINT.numpy(), 0.5)
    np.testing.assert_allclose(plan, expected, rtol=0.03)


def test_costs_far_above_the_entropy_do_not_underflow():
    assert JOINT.max() / 0.004 > 500
    plan = unbalanced_plan(JOINT, epsilon=0.004, tau=0.05, tolerance=1e-12)
    carried = plan > 1e-9
    assert carried.sum() >= 3
    assert stationarity(plan, 0.004, 0.05)[carried].abs().max() < 1e-6


def test_plans_carry_no_gradient():
    cost = JOINT.clone().requires_grad_()
    assert not exact_plan(cost).requires_grad
    assert not unbalanced_plan(cost, epsilon=0.1, tau=1.0).requires_grad


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_cost_that_is_not_finite_is_passed_on(value):
    cost = JOINT.clone()
    cost[1, 2] = value
    plan = exact_plan(cost)
    assert (plan == 1 / 12).all()
    assert not transported(cost, plan).isfinite()


def test_refuses_an_entropy_or_marginals_of_no_weight():
    with pytest.raises(ValueError, match=r"epsilon is positive; got epsilon=0\.0"):
        unbalanced_plan(JOINT, epsilon=0.0, tau=1.0)
    with pytest.raises(ValueError, match=r"tau is positive; got tau=-1\.0"):
        unbalanced_plan(JOINT, epsilon=0.1, tau=-1.0)
    with pytest.raises(ValueError, match=r"epsilon is positive; got epsilon=0\.0"):
        sinkhorn_divergence(S4, T3, epsilon=0.0)


@pytest.mark.parametrize(
    ("epsilon", "value"),
    [(0.1, 2.8624280931), (1.0, 2.5624906999), (10.0, 2.3412640519), (1e3, 2.3127611677)],
)
def test_divergence_lies_between_transport_and_the_distance_of_the_means(epsilon, value):
    result = sinkhorn_divergence(S4, T3, epsilon=epsilon, iterations=5000, tolerance=1e-13)
    assert result.item() == pytest.approx(value, abs=1e-9)
    assert 2.3125 < result.item() < 2.9166666667


@pytest.mark.parametrize("epsilon", [5.0, 100.0])
def test_divergence_from_a_shift_is_its_square(epsilon):
    shifted = S4 + torch.tensor([3.0, 4])
    value = sinkhorn_divergence(S4, shifted, epsilon=epsilon, tolerance=1e-12)
    assert value.item() == pytest.approx(25, rel=1e-6)


def test_divergence_agrees_with_three_problems_of_pot(source, target):
    source, target = source / 2, target / 2

    def between(x, y):
        cost = ot.dist(x.numpy(), y.numpy())
        return ot.solve(cost, reg=2.0, reg_type="KL", tol=1e-9, max_iter=10_000).value

    expected = between(source, target) - (between(source, source) + between(target, target)) / 2
    value = sinkhorn_divergence(source, target, epsilon=2.0, tolerance=1e-10).item()
    assert value == pytest.approx(expected, rel=1e-6)


def test_gradient_of_the_divergence(source, target):
    inputs = source[:3, :2].clone().requires_grad_(), target[:2, :2].clone().requires_grad_()

    def converged(x, y):
        return sinkhorn_divergence(x, y, epsilon=5.0, tolerance=1e-13)

    assert torch.autograd.gradcheck(converged, inputs)
