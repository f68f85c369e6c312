"""Reverse validation: how well the labels that a model gives to the target lead back."""

from collections.abc import Callable, Mapping
from copy import copy

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.benchmark.embedding import embed
from da.data import TransferTask
from da.data.base import TrainingData
from da.data.loaders import EvaluationBatches
from da.data.samples import Inputs, Samples
from da.methods import DomainAdaptation, Shallow
from da.validators import Score, circv

State = Mapping[str, Tensor]
#: Trains a method on a task and returns its checkpoints by their steps.
Train = Callable[[DomainAdaptation, TransferTask], Mapping[int, State]]


def backwards(task: TransferTask, adapted: Tensor, held_out: Tensor) -> TransferTask:
    """Return the task from target to source, where predicted classes stand for the labels.

    Args:
        task: The task from source to target.
        adapted: Predicted classes of the target samples that were adapted to.
        held_out: Predicted classes of the target samples that validate.
    """
    data = task.training_data
    turned = copy(task)
    turned.__dict__["training_data"] = TrainingData(
        source_train=_labeled(data.target_adapt, adapted),
        source_val=_labeled(data.target_val, held_out),
        target_adapt=data.source_train.without_labels(),
        target_val=data.source_val.without_labels(),
    )
    return turned


def best_on_source(model: DomainAdaptation, task: TransferTask, states: Mapping[int, State]) -> int:
    """Return the step whose weights do best on held-out source samples, the first of equal ones."""
    labels = task.training_data.source_val.labels
    batches = task.evaluation(task.training_data.source_val.without_labels())
    right = {}
    for step, state in states.items():
        model.load_state_dict(state)
        right[step] = (_embed(model, batches)[1].argmax(1) == labels).sum().item()
    return max(right, key=lambda step: right[step])


def reverse_validation(
    model: DomainAdaptation,
    task: TransferTask,
    states: Mapping[int, State],
    other: DomainAdaptation,
    train: Train,
) -> Score:
    """Train the method back from the target, with the labels it predicts, and score the source.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Sec. 5.1.2, after
    Zhong et al., *Cross Validation Framework to Choose amongst Models and Datasets for Transfer
    Learning*, ECML PKDD 2010. https://jmlr.org/papers/v17/15-239.html

    Both trainings stop early: the first at the checkpoint that does best on held-out source
    samples, the one back at that which does best on the predicted classes of held-out target
    samples. The one back starts from the weights of the first.

    Args:
        model: The trained method; it is left with the weights of its best checkpoint.
        task: The task that it was trained on.
        states: Its checkpoints by their steps.
        other: The same method, untrained.
        train: Trains ``other``.
    """
    model.load_state_dict(states[best_on_source(model, task, states)])
    data = task.training_data
    held_out = task.evaluation(data.source_val.without_labels())
    source = Labeled(*_embed(model, held_out), data.source_val.labels)
    model.adapt_statistics(task.evaluation(data.target_adapt))  # type: ignore[arg-type]
    adapted = _embed(model, task.evaluation(data.target_adapt))[1].argmax(1)
    target = Unlabeled(*_embed(model, task.evaluation(data.target_val)))
    if len(adapted.unique()) == 1:  # then so does whatever learns from it
        constant = torch.zeros_like(source.logits)
        constant[:, adapted[0]] = 1.0
        return circv(source, target, backward=constant)
    if not isinstance(other, Shallow):
        other.load_state_dict(model.state_dict())
    turned = backwards(task, adapted, target.logits.argmax(1))
    back = train(other, turned)
    other.load_state_dict(back[best_on_source(other, turned, back)])
    other.adapt_statistics(turned.evaluation(turned.training_data.target_adapt))  # type: ignore[arg-type]
    return circv(source, target, backward=_embed(other, held_out)[1])


def _labeled(inputs: Inputs, labels: Tensor) -> Samples:
    return Samples(inputs.inputs, labels, inputs.ids)


@torch.no_grad()
def _embed(model: DomainAdaptation, batches: EvaluationBatches) -> tuple[Tensor, Tensor]:
    model.eval()
    return embed(model, batches)
