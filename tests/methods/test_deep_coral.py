import pytest
import torch

from da.batch import Labeled, Unlabeled
from da.methods import DeepCORAL
from da.schedules import constant


def test_term_is_the_weighted_distance_of_covariances(build):
    source = torch.tensor([[1.0, 2], [3, 4]])
    target = torch.tensor([[0.0, 2], [2, 0]])  # Deep CORAL is 2 between these
    method = build(DeepCORAL, weight=0.7, ramp=constant)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    labels = torch.zeros(2, dtype=torch.long)
    loss = method.adaptation_loss(
        Labeled(source, torch.zeros(2, 3), labels), Unlabeled(target, torch.zeros(2, 3))
    )
    assert loss.item() == pytest.approx(1.4)


def test_covariances_approach_each_other(build, stripes, trainer):
    distances = []
    for weight in (0.0, 30.0):
        method = build(DeepCORAL, weight=weight, ramp=constant)
        task = stripes()
        trainer(max_steps=60).fit(method, task)
        data = task.training_data
        source, target = (
            method.backbone(next(iter(task.evaluation(inputs)))).T.cov()
            for inputs in (data.source_train.without_labels(), data.target_adapt)
        )
        distances.append(((source - target).norm() / source.norm()).item())
    assert distances[1] < distances[0] / 2
