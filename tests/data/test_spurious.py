from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from da.data import Digits, Domain, Spurious, Transductive
from tests.data.toys import Table, images, samples

LEVELS = (0.0, 0.3, 0.6, 0.8, 0.95)


@pytest.fixture
def source():
    return Domain(images("s", [500] * 4, side=4), images("s-test", [100] * 4, side=4))


@pytest.fixture
def target():
    return Domain(images("t", [500] * 4, side=4), images("t-test", [100] * 4, side=4))


def seen(before, after):
    """Which attribute each image shows: the channel that was dimmed."""
    dimmed = (after.inputs < before.inputs).flatten(2).any(2)
    assert not dimmed[:, 2].any()
    assert (dimmed[:, 0] ^ dimmed[:, 1]).all()
    return dimmed[:, 1].long()


def correlation(before, after):
    return np.corrcoef(seen(before, after), before.labels % 2)[0, 1]


@pytest.mark.parametrize("r", LEVELS)
def test_the_attribute_agrees_in_the_source_and_contradicts_in_the_target(r, source, target):
    scene = Spurious(r).apply(source, target, 4)
    for sign, old, new in ((1, source, scene.source), (-1, target, scene.target)):
        for before, after in ((old.train, new.train), (old.test, new.test)):
            agrees = (seen(before, after) == before.labels % 2).sum()
            assert binomtest(int(agrees), len(before), (1 + sign * r) / 2).pvalue > 1e-4
        assert correlation(old.train, new.train) == pytest.approx(sign * r, abs=0.06)


def test_images_that_agree_in_the_source_agree_at_all_higher_correlations(source, target):
    scenes = [Spurious(r).apply(source, target, 4) for r in LEVELS]
    shown = [seen(source.train, scene.source.train) == source.train.labels % 2 for scene in scenes]
    misled = [seen(target.train, scene.target.train) != target.train.labels % 2 for scene in scenes]
    for nested in (shown, misled):
        for fewer, more in pairwise(nested):
            assert more[fewer].all()
            assert more.sum() > fewer.sum()


def test_labels_and_ids_stay(source, target):
    scene = Spurious(0.8).apply(source, target, 4)
    for old, new in ((source, scene.source), (target, scene.target)):
        for before, after in ((old.train, new.train), (old.test, new.test)):
            assert after.ids == before.ids
            assert after.labels is before.labels
    assert scene.weights.tolist() == [1.0] * 400


def test_a_dimmed_channel_keeps_two_fifths_of_its_brightness(source, target):
    new = Spurious(0.8).apply(source, target, 4).source.train
    dimmed, before = seen(source.train, new), source.train.inputs.float()
    rows = torch.arange(2000)
    expected = (0.4 * before[rows, dimmed]).round()
    assert torch.equal(new.inputs[rows, dimmed].float(), expected)
    assert torch.equal(new.inputs[rows, 1 - dimmed].float(), before[rows, 1 - dimmed])


def test_grey_images_get_a_bar_at_one_of_two_edges():
    one = images("s", [50] * 4, channels=1, side=28)
    dark = Domain(replace(one, inputs=one.inputs // 2))
    scenario = Spurious(0.8)
    new = scenario.apply(dark, Domain(dark.train, dark.train), 4).source.train
    bars = (new.inputs == 255).all(2).squeeze(1)  # (n, w)
    left, right = torch.zeros(28, dtype=bool), torch.zeros(28, dtype=bool)
    left[:2], right[-2:] = True, True
    attribute = scenario.attribute(one, 0.8)
    assert torch.equal(bars, torch.where(attribute[:, None] == 1, right, left))
    middle = slice(2, -2)
    assert torch.equal(new.inputs[..., middle], dark.train.inputs[..., middle])


def test_the_attribute_moves_a_table_along_one_direction():
    rng = torch.Generator().manual_seed(0)
    scales = torch.tensor([0.1, 1.0, 50.0, 0.0, 2.0])
    one, two = samples("s", [50] * 4), samples("t", [50] * 4)
    source = Domain(replace(one, inputs=torch.randn(200, 5, generator=rng) * scales))
    target = Domain(*[replace(two, inputs=torch.randn(200, 5, generator=rng) * 7)] * 2)
    scenario = Spurious(0.6)
    scene = scenario.apply(source, target, 4)
    std = source.train.inputs.std(0, correction=0)
    moves = []
    for r, before, after in (
        (0.6, source.train, scene.source.train),
        (-0.6, target.train, scene.target.train),
        (-0.6, target.test, scene.target.test),
    ):
        sign = 2.0 * scenario.attribute(before, r) - 1
        moves.append(sign[:, None] * (after.inputs - before.inputs))
    move = torch.cat(moves)
    torch.testing.assert_close(move, move[:1].expand_as(move), rtol=0, atol=1e-4)
    varying = std > 0
    assert (move[0] / std)[varying].norm() < 1
    assert move[0, 3] == 0
    other = Spurious(0.6, draw=1).apply(source, target, 4).source.train.inputs
    assert not torch.allclose(other, scene.source.train.inputs)


def test_the_direction_has_length_one_in_standard_deviations():
    source = Domain(samples("s", [50] * 4, width=5))
    new = Spurious(0.6).apply(source, Domain(source.train, source.train), 4).source.train
    move = (new.inputs - source.train.inputs).double() / source.train.inputs.std(0, correction=0)
    torch.testing.assert_close(
        move.norm(dim=1), torch.ones(200, dtype=torch.double), rtol=1e-3, atol=0
    )


def test_samples_adapted_to_and_scored_on_are_marked_alike():
    task = Table("alpha", "beta", Spurious(0.8), Transductive())
    assert torch.equal(task.training_data.target_adapt.inputs, task.report_data.test.inputs)


def test_digits_in_memory_are_not_changed_themselves():
    before = Digits("uci", "syn").domain("uci").train.inputs.clone()
    _ = Digits("uci", "syn", Spurious(0.8)).scene
    assert torch.equal(Digits("uci", "syn").domain("uci").train.inputs, before)


@pytest.mark.parametrize("r", [-0.1, 1.0])
def test_impossible_correlations_are_refused(r):
    with pytest.raises(ValueError, match=rf"lies in \[0, 1\); got correlation={r}"):
        Spurious(r)
