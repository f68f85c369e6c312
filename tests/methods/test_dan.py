import pytest
import torch
from sklearn.metrics.pairwise import rbf_kernel

from da.batch import Labeled, Unlabeled
from da.methods import DAN
from da.schedules import constant

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]])
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]])


def loss_of(method):
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    labels = torch.zeros(4, dtype=torch.long)
    source = Labeled(S4, torch.zeros(4, 3), labels)
    return method.adaptation_loss(source, Unlabeled(T3, torch.zeros(3, 3))).item()


@pytest.mark.parametrize(
    ("estimator", "value"), [("biased", 0.3621784365885953), ("unbiased", 0.048755671839330605)]
)
def test_term_is_the_weighted_discrepancy_of_five_kernels(build, estimator, value):
    method = build(DAN, weight=5.0, ramp=constant, estimator=estimator)
    assert loss_of(method) == pytest.approx(5 * value, rel=1e-5)


def test_kernels_may_have_widths_of_their_own(build):
    # Bousmalis et al., NIPS 2016, code: exp(-|x - y|^2 / (2 sigma)), summed over sigma
    sigmas = [1e-6, 1e-2, 1.0, 5.0, 35.0, 1e3]
    method = build(DAN, weight=6.0, ramp=constant, bandwidth=2.0, scales=sigmas)
    pairs = [(S4, S4, 1), (T3, T3, 1), (S4, T3, -2)]
    expected = sum(
        sign * rbf_kernel(a, b, gamma=1 / (2 * sigma)).mean()
        for sigma in sigmas
        for a, b, sign in pairs
    )
    assert loss_of(method) == pytest.approx(expected, rel=1e-5)


def test_is_biased_by_default(build):
    assert build(DAN).estimator == "biased"


@pytest.mark.parametrize("scales", [[], [1.0, 0.0]])
def test_a_kernel_has_a_width(build, scales):
    with pytest.raises(ValueError, match="scales are positive; got scales="):
        build(DAN, scales=scales)
