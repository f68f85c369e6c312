"""Terms of the methods that state one known loss of features, predictions and labels."""

import pytest
import torch

from da.losses import (
    central_moments,
    class_probabilities,
    jmmd,
    lmmd,
    log_coral,
    moment_tensors,
    pooled_bandwidth,
    sinkhorn_divergence,
)
from da.methods import CMD, DAN, DDC, DSAN, JAN, HoMM, LogCORAL, MeanCORAL, Sinkhorn
from da.schedules import constant, sigmoid_ramp
from tests.methods.terms import S4, SOURCE, T3, TARGET, at

PROBABILITIES = class_probabilities(SOURCE.logits), class_probabilities(TARGET.logits)


@pytest.mark.parametrize(
    ("cls", "options", "expected"),
    [
        (DDC, {}, 2.3125),
        (MeanCORAL, {}, 1.324652777777778),
        (LogCORAL, {}, log_coral(S4, T3)),
        (LogCORAL, {"jitter": 0.1}, log_coral(S4, T3, jitter=0.1)),
        (CMD, {}, central_moments(S4.tanh(), T3.tanh())),
        (CMD, {"orders": 3}, central_moments(S4.tanh(), T3.tanh(), orders=3)),
        (HoMM, {}, moment_tensors(S4.tanh(), T3.tanh())),
        (HoMM, {"order": 4}, moment_tensors(S4.tanh(), T3.tanh(), order=4)),
        (JAN, {}, jmmd(S4, T3, *PROBABILITIES)),
        (JAN, {"estimator": "unbiased"}, jmmd(S4, T3, *PROBABILITIES, estimator="unbiased")),
        (JAN, {"bandwidth": "mean"}, jmmd(S4, T3, *PROBABILITIES, bandwidth="mean")),
        (DSAN, {}, lmmd(S4, T3, SOURCE.labels, PROBABILITIES[1])),
        (Sinkhorn, {}, sinkhorn_divergence(S4, T3, epsilon=0.4)),  # the median distance is 4
        (Sinkhorn, {"epsilon": 1.0}, sinkhorn_divergence(S4, T3, epsilon=4.0)),
        (DAN, {"kernel": "energy"}, 1.4726280379838643),
    ],
)
def test_term_is_the_weighted_loss(build, cls, options, expected):
    method = at(build(cls, weight=3.0, ramp=constant, **options))
    loss = method.adaptation_loss(SOURCE, TARGET)
    assert loss.item() == pytest.approx(3 * float(expected), rel=1e-3)
    grown = at(build(cls, weight=3.0, ramp=sigmoid_ramp, **options), 1, 10)
    ramped = grown.adaptation_loss(SOURCE, TARGET)
    assert ramped.item() == pytest.approx(0.4621171573 * loss.item(), rel=1e-4)


@pytest.mark.parametrize(
    ("cls", "options", "sentence"),
    [
        (LogCORAL, {"jitter": 0.0}, r"needs a positive jitter; got jitter=0\.0"),
        (HoMM, {"order": 0}, "order 1 at least; got order=0"),
        (CMD, {"orders": 0}, "order of 1 at least; got orders=0"),
        (Sinkhorn, {"epsilon": 0.0}, r"epsilon is positive; got epsilon=0\.0"),
    ],
)
def test_refuses_what_has_no_discrepancy(build, cls, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(cls, **options)


def test_averaged_bandwidth_starts_at_the_median_and_follows_slowly(build):
    method = at(build(DAN, bandwidth="ema", ramp=constant))
    first = method.adaptation_loss(SOURCE, TARGET)
    torch.testing.assert_close(first, at(build(DAN, ramp=constant)).adaptation_loss(SOURCE, TARGET))
    assert method.average_bandwidth.item() == 4
    wide = SOURCE._replace(features=10 * S4), TARGET._replace(features=10 * T3)
    method.adaptation_loss(*wide)
    assert method.average_bandwidth.item() == pytest.approx(0.99 * 4 + 0.01 * 400)
    assert "average_bandwidth" in method.state_dict()
    assert "average_bandwidth" not in build(DAN).state_dict()


def test_averaged_bandwidth_carries_no_gradient_from_step_to_step(build):
    method = at(build(DAN, bandwidth="ema", ramp=constant))
    for _ in range(2):
        features = S4.clone().requires_grad_()
        method.adaptation_loss(SOURCE._replace(features=features), TARGET).backward()
        assert features.grad.any()
    assert pooled_bandwidth(torch.cat([S4, T3])).item() == 4


def test_covariances_of_another_bandwidth_rule_and_kernel_train(build, stripes, trainer):
    for options in (
        {"kernel": "laplacian", "bandwidth": "mean"},
        {"kernel": "imq", "bandwidth": "ema"},
        {"kernel": "energy"},
        {"estimator": "linear", "bandwidth": 2.0},
        {"estimator": "block"},
    ):
        method = build(DAN, ramp=constant, **options)
        trainer(max_steps=2).fit(method, stripes())
        assert all(p.isfinite().all() for p in method.parameters())


def test_a_single_large_sample_does_not_decide_about_moments(build):
    method = at(build(HoMM, ramp=constant))
    outlier = SOURCE._replace(features=torch.cat([S4, torch.full((1, 2), 1e3)]))
    assert method.adaptation_loss(outlier, TARGET) < 1  # bounded features have a distance below 1
