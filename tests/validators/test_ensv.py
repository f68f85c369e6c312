"""Golden values: three candidates and four samples of two classes."""

import numpy as np
import pytest
import torch

from da.validators import ensemble_classes, ensv

from .examples import LOGITS, source, target

FIRST = [[0.9, 0.6, 0.2, 0.3], [0.8, 0.4, 0.1, 0.4], [0.2, 0.3, 0.9, 0.2]]
POOL = [torch.tensor([[p, 1 - p] for p in column], dtype=torch.float64).log() for column in FIRST]


def test_three_candidates():
    classes = ensemble_classes(POOL)
    assert classes.tolist() == [0, 1, 1, 1]
    values = [ensv(source(), target(logits), ensemble=classes).value for logits in POOL]
    assert values == [0.75, 1, 0.5]


def test_probabilities_are_averaged_not_logits():
    pool = [torch.tensor([[-100.0, 0.0]]), *[torch.tensor([[3.0, 0.0]])] * 2]
    assert ensemble_classes(pool).tolist() == [0]
    assert sum(pool).argmax().item() == 1


def test_ties_go_to_the_first_class_whatever_the_order_of_candidates():
    # The same shares for either class, added up in another order.
    some = torch.randn(50, 9, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    pool = [*some, *some.flip(2)]
    assert (ensemble_classes(pool) == 0).all()
    assert (ensemble_classes(pool[::-1]) == 0).all()
    assert ensv(source(), target(torch.zeros(6, 3)), ensemble=np.zeros(6, dtype=int)).value == 1


def test_a_candidate_alone_agrees_with_itself():
    score = ensv(source(), target(LOGITS), ensemble=ensemble_classes([LOGITS]))
    assert score == (1, None)


def test_a_pool_may_be_read_one_after_the_other():
    assert ensemble_classes(iter(POOL)).tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("place", range(4))
def test_a_candidate_that_diverged_has_no_say(place):
    diverged = POOL[0].clone()
    diverged[2, 1] = torch.nan
    pool = [*POOL[:place], diverged, *POOL[place:]]
    assert ensemble_classes(pool).tolist() == [0, 1, 1, 1]
    score = ensv(source(), target(diverged), ensemble=ensemble_classes(pool))
    assert score.status == "degenerate"


def test_a_pool_of_other_samples_or_of_nobody_raises():
    with pytest.raises(ValueError, match=r"of shape \(4, 2\); got \(3, 2\) of candidate 2"):
        ensemble_classes([POOL[0], POOL[1][:3]])
    with pytest.raises(ValueError, match="needs at least 1 candidate; got none"):
        ensemble_classes([])
    with pytest.raises(ValueError, match=r"4 target samples need 4 classes; got shape \(3,\)"):
        ensv(source(), target(POOL[0]), ensemble=np.array([0, 1, 1]))
