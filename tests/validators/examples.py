"""Predictions that the tests of all validators share."""

import torch

from da.batch import Labeled, Unlabeled

PROBABILITIES = torch.tensor(
    [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]], dtype=torch.float64
)
# Twice the same rows: the means stay, and six samples are enough for three classes.
LOGITS = PROBABILITIES.log().repeat(2, 1)
LABELS = torch.tensor([0, 1, 0, 2, 0, 1, 2, 0])


# No two alike, so that they have a rank and clusters.
FEATURES = torch.randn(8, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def target(logits, features=None):
    return Unlabeled(torch.zeros(len(logits), 1) if features is None else features, logits)


def source(logits=LOGITS, labels=LABELS):
    return Labeled(torch.zeros(len(logits), 1), logits, labels)


def confident(classes, k):
    """Logits of one-hot predictions."""
    return 1000.0 * torch.eye(k, dtype=torch.float64)[classes]
