import pytest

from da.methods import AFN
from da.schedules import constant
from tests.methods.terms import S4, SOURCE, T3, TARGET, at


def test_stepwise_term_is_constant_in_both_domains_and_its_norm_is_watched(build):
    method = at(build(AFN, weight=0.05, step=2.0, ramp=constant))
    assert method.adaptation_loss(SOURCE, TARGET).item() == pytest.approx(0.05 * 2 * 4)
    expected = T3.norm(dim=1).mean().item()
    assert method.monitored["feature_norm"].item() == pytest.approx(expected)


def test_hard_term_is_the_distance_to_the_radius(build):
    method = at(build(AFN, weight=0.5, variant="hard", radius=3.0, ramp=constant))
    expected = sum((x.norm(dim=1) - 3).square().mean() for x in (S4, T3))
    assert method.adaptation_loss(SOURCE, TARGET).item() == pytest.approx(0.5 * expected.item())


def test_hard_norms_come_to_the_radius(build, stripes, trainer):
    method = build(AFN, variant="hard", radius=7.0, ramp=constant)
    trainer(max_steps=80).fit(method, stripes())
    assert method.monitored["feature_norm"].item() == pytest.approx(7, rel=0.1)


@pytest.mark.parametrize("options", [{"step": 0.0}, {"radius": -1.0}])
def test_refuses_a_step_or_radius_that_is_not_positive(build, options):
    with pytest.raises(ValueError, match="step and radius are positive; got"):
        build(AFN, **options)
