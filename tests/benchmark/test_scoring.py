import json

import torch

from da.batch import Labeled, Unlabeled
from da.benchmark.scoring import VALIDATORS, scores
from da.validators import class_confusion, effective_rank


def samples(features):
    rng = torch.Generator().manual_seed(0)
    logits = torch.randn(len(features), 3, generator=rng)
    return Labeled(features, logits, torch.arange(len(features)) % 3), Unlabeled(features, logits)


def test_each_validator_is_stored_under_its_name():
    source, target = samples(torch.eye(8))
    stored = scores(source, target)
    assert list(stored) == [v.__name__ for v in VALIDATORS]
    assert stored["class_confusion"]["value"] == class_confusion(source, target).value
    assert stored["effective_rank"]["value"] == effective_rank(source, target).value
    assert {s["status"] for s in stored.values()} == {None}


def test_no_value_is_stored_as_none():
    stored = scores(*samples(torch.zeros(8, 2)))  # a network whose units are all dead
    assert stored["effective_rank"] == {"value": None, "status": "degenerate"}
    assert stored["source_accuracy"]["value"] is not None
    json.dumps(stored, allow_nan=False)
