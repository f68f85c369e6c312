"""Small features with known discrepancies, and a method at a step of a run."""

import torch

from da.batch import Labeled, Unlabeled

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]])
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]])
LABELS = torch.tensor([0, 0, 1, 1])
SOURCE_LOGITS = torch.tensor([[0.7, 0.3], [0.6, 0.4], [0.2, 0.8], [0.9, 0.1]]).log()
TARGET_LOGITS = torch.tensor([[0.5, 0.5], [0.1, 0.9], [0.8, 0.2]]).log()
SOURCE = Labeled(S4, SOURCE_LOGITS, LABELS)
TARGET = Unlabeled(T3, TARGET_LOGITS)


def at(method, step=0, steps=1):
    """Put a method at some step of a run."""
    method._trainer = type("Run", (), {"global_step": step, "max_steps": steps})()
    return method
