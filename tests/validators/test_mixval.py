"""Golden values: four points on a line, whose class is their sign."""

import pytest
import torch

from da.validators import mixed_inputs, mixing_partners, mixval

from .examples import LABELS, confident, source, target

INPUTS = torch.tensor([[-2.0], [-1.0], [1.0], [3.0]])


def sign(inputs):
    return torch.cat([-inputs, inputs], 1)


def agreement(others):
    others = torch.tensor(others)
    mixtures = sign(mixed_inputs(INPUTS, others))
    return mixval(source(), target(sign(INPUTS)), mixtures=mixtures, others=others)


def test_within_and_across_classes():
    assert agreement([1, 0, 3, 2]) == (1, None)
    assert agreement([2, 3, 0, 1]) == (0.5, None)


def test_both_kinds_count_alike_however_many_there_are():
    # Within: -2 with -1, -1 with -1 and 3 with 3 are right. Across: 1 with -2 is not.
    assert agreement([1, 1, 0, 3]).value == (3 / 3 + 0 / 1) / 2


def test_a_mixture_has_the_larger_share_of_its_sample():
    torch.testing.assert_close(
        mixed_inputs(INPUTS, torch.tensor([1, 0, 3, 2])),
        torch.tensor([[-1.55], [-1.45], [1.9], [2.1]]),
    )
    images = torch.rand(3, 1, 2, 2)
    torch.testing.assert_close(
        mixed_inputs(images, torch.tensor([2, 2, 2]), share=0.75)[0],
        0.75 * images[0] + 0.25 * images[2],
    )


def test_partners_are_the_same_for_all_models():
    others = mixing_partners(50)
    assert torch.equal(others, mixing_partners(50))
    assert torch.equal(others.sort().values, torch.arange(50))


def test_collapse_is_flagged():
    collapsed = confident(torch.zeros_like(LABELS), 3)
    score = mixval(source(), target(collapsed), mixtures=collapsed, others=mixing_partners(8))
    assert score == (1, "collapsed")


@pytest.mark.parametrize("share", [0.5, 1.1, float("nan")])
def test_a_share_that_is_not_the_larger_raises(share):
    with pytest.raises(ValueError, match=r"the larger share of a mixture is in \(.5, 1\]; got"):
        mixed_inputs(INPUTS, torch.arange(4), share=share)


@pytest.mark.parametrize("others", [[0, 1, 2], [0, 1, 2, 4], [0, 1, 2, -1]])
def test_partners_of_other_samples_raise(others):
    logits = sign(INPUTS)
    with pytest.raises(ValueError, match=r"4 mixtures need 4 indices in \[0, 4\)"):
        mixval(source(), target(logits), mixtures=logits, others=torch.tensor(others))


def test_logits_of_other_samples_raise():
    with pytest.raises(ValueError, match=r"of shape \(4, 2\); got \(3, 2\)"):
        mixval(
            source(),
            target(sign(INPUTS)),
            mixtures=sign(INPUTS[:3]),
            others=torch.arange(4),
        )
