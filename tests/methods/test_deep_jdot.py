import pytest
import torch

from da.losses import exact_plan, joint_cost, transported
from da.methods import JUMBOT, DeepJDOT
from da.schedules import constant
from tests.methods.terms import S4, SOURCE, T3, TARGET, at

OPTIONS = {"feature_weight": 0.1, "label_weight": 1.0, "ramp": constant}


def test_balanced_term_is_the_cost_of_the_exact_plan(build):
    method = at(build(DeepJDOT, weight=2.0, **OPTIONS))
    loss = method.adaptation_loss(SOURCE, TARGET)
    assert loss.item() == pytest.approx(2 * 0.6822170825106604, rel=1e-5)


def test_unbalanced_term_and_its_mass(build):
    method = at(build(JUMBOT, weight=2.0, epsilon=0.1, tau=1.0, **OPTIONS))
    loss = method.adaptation_loss(SOURCE, TARGET)
    assert loss.item() == pytest.approx(2 * 0.5336755039, rel=1e-4)
    assert method.monitored["transported_mass"].item() == pytest.approx(0.78809523, rel=1e-4)
    assert method.monitored["failed_plans"] == 0


def test_a_plan_that_failed_is_replaced_and_counted(build, monkeypatch):
    def failing(cost, **kwargs):
        return torch.full_like(cost, torch.nan)

    monkeypatch.setattr("da.methods.jumbot.unbalanced_plan", failing)
    method = at(build(JUMBOT, **OPTIONS))
    balanced = at(build(DeepJDOT, **OPTIONS)).adaptation_loss(SOURCE, TARGET)
    for failures in (1, 2):
        loss = method.adaptation_loss(SOURCE, TARGET)
        torch.testing.assert_close(loss, balanced)
        assert method.monitored["failed_plans"] == failures


@pytest.mark.parametrize("cls", [DeepJDOT, JUMBOT])
def test_gradient_flows_through_the_cost_and_not_the_plan(build, cls):
    method = at(build(cls, **OPTIONS))
    features = S4.clone().requires_grad_(), T3.clone().requires_grad_()
    logits = TARGET.logits.clone().requires_grad_()
    source, target = (
        SOURCE._replace(features=features[0]),
        TARGET._replace(features=features[1], logits=logits),
    )
    method.adaptation_loss(source, target).backward()
    cost = joint_cost(S4, T3, SOURCE.labels, TARGET.logits, feature_weight=0.1, label_weight=1.0)
    plan = method.plan(cost)
    expected = 0.2 * (plan.sum(1, keepdim=True) * S4 - plan @ T3)
    torch.testing.assert_close(features[0].grad, expected)
    assert features[1].grad.any()
    assert logits.grad.any()
    assert cls is JUMBOT or transported(cost, plan) == transported(cost, exact_plan(cost))


def test_proportions_of_the_classes_that_differ_are_matched_by_less_mass(build):
    points = torch.tensor([[0.0, 0], [0, 0], [0, 0], [9, 9]])
    logits = 20 * torch.tensor([[1.0, -1]] * 3 + [[-1.0, 1]])
    labels = torch.tensor([0, 0, 0, 1])
    source = SOURCE._replace(features=points, labels=labels)
    target = TARGET._replace(features=points[[0, 3, 3, 3]], logits=logits[[0, 3, 3, 3]])
    crossing, served = [], []
    for cls, options in ((DeepJDOT, {}), (JUMBOT, {}), (JUMBOT, {"target_tau": torch.inf})):
        method = at(build(cls, **OPTIONS, **options))
        method.adaptation_loss(source, target)
        cost = joint_cost(
            source.features,
            target.features,
            labels,
            target.logits,
            feature_weight=0.1,
            label_weight=1.0,
        )
        plan = method.plan(cost)
        crossing.append(plan[:3, 1:].sum().item())
        served.append((plan[:3].sum().item(), plan[3].sum().item()))
    assert crossing[0] == pytest.approx(0.5)
    assert max(crossing[1:]) < 1e-3
    # A fixed target reweights the source: a quarter for three samples, the rest for one.
    assert served[2] == pytest.approx((0.25, 0.75), abs=1e-4)


@pytest.mark.parametrize(
    ("cls", "options", "sentence"),
    [
        (DeepJDOT, {"feature_weight": -1.0}, r"at least 0; got feature_weight=-1\.0"),
        (JUMBOT, {"epsilon": 0.0}, r"epsilon and tau are positive; got epsilon=0\.0"),
        (JUMBOT, {"tau": 0.0}, r"got epsilon=0\.01, tau=0\.0"),
    ],
)
def test_refuses_weights_without_meaning(build, cls, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(cls, **options)
