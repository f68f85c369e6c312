import pytest
import torch

from da.batch import Labeled, Unlabeled
from da.methods import DAN
from da.schedules import constant

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]])
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]])


@pytest.mark.parametrize(
    ("estimator", "value"), [("biased", 0.3621784365885953), ("unbiased", 0.048755671839330605)]
)
def test_term_is_the_weighted_discrepancy_of_five_kernels(build, estimator, value):
    method = build(DAN, weight=5.0, ramp=constant, estimator=estimator)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    labels = torch.zeros(4, dtype=torch.long)
    loss = method.adaptation_loss(
        Labeled(S4, torch.zeros(4, 3), labels), Unlabeled(T3, torch.zeros(3, 3))
    )
    assert loss.item() == pytest.approx(5 * value, rel=1e-5)


def test_is_biased_by_default(build):
    assert build(DAN).estimator == "biased"
