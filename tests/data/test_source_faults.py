from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from da.data import Domain, FullTrain, Samples, SourceNoise, UnrelatedSource, covariates
from da.data.photographs import photographs
from tests.data.toys import Table, images, in_files, samples

RATES = (0.1, 0.2, 0.4, 0.6)


@pytest.fixture
def target():
    return Domain(samples("t", [5] * 4), samples("t-test", [5] * 4))


@pytest.fixture
def source():
    return Domain(samples("s", [2500] * 4), samples("s-test", [500] * 4))


def plausible(count, size, share):
    return binomtest(int(count), int(size), share).pvalue > 1e-4


def test_labels_are_flipped_as_the_matrix_says(source, target):
    # the row of class 0 at a rate of 0.4 is .6, .1333, .1333, .1333
    noisy = SourceNoise(0.4).apply(source, target, 4).source
    for side, before in ((noisy.train, source.train), (noisy.test, source.test)):
        for c in range(4):
            drawn = torch.bincount(side.labels[before.labels == c], minlength=4)
            for other in range(4):
                assert plausible(drawn[other], drawn.sum(), 0.6 if other == c else 0.4 / 3)
        # the test can fail: it tells .6 and .1333 from their neighbours
        assert not plausible(drawn[3], drawn.sum(), 0.5)
        assert not plausible(drawn[0], drawn.sum(), 0.25)


def test_a_pair_flip_goes_to_the_next_class(source, target):
    noisy = SourceNoise(0.4, "pair").apply(source, target, 4).source.train
    moved = (noisy.labels - source.train.labels) % 4
    assert set(moved.tolist()) == {0, 1}
    for c in range(4):
        of_class = moved[source.train.labels == c]
        assert plausible(of_class.sum(), 2500, 0.4)


@pytest.mark.parametrize("kind", ["uniform", "pair"])
def test_what_is_wrong_at_one_rate_is_wrong_alike_at_all_higher_ones(kind, source, target):
    before = source.train.labels
    levels = [SourceNoise(r, kind).apply(source, target, 4).source.train.labels for r in RATES]
    for fewer, more in pairwise(levels):
        wrong = fewer != before
        assert torch.equal(fewer[wrong], more[wrong])
        assert (more != before).sum() > wrong.sum()


def test_inputs_and_ids_of_a_noisy_source_stay(source, target):
    noisy = SourceNoise(0.6).apply(source, target, 4).source
    assert noisy.train.ids == source.train.ids
    assert noisy.train.inputs is source.train.inputs


def test_a_flip_depends_on_the_id_and_the_draw_alone(source, target):
    order = torch.randperm(10_000, generator=torch.Generator().manual_seed(0)).tolist()
    shuffled = Domain(source.train.select(order))
    first, again = (
        SourceNoise(0.4).apply(domain, target, 4).source.train for domain in (source, shuffled)
    )
    assert torch.equal(first.labels[order], again.labels)
    other = SourceNoise(0.4, draw=1).apply(source, target, 4).source.train
    wrong, elsewhere = (one.labels != source.train.labels for one in (first, other))
    assert plausible((wrong & elsewhere).sum(), 10_000, 0.16)


def test_of_two_classes_a_wrong_label_is_the_other_one(target):
    source = Domain(samples("s", [50] * 2))
    noisy = SourceNoise(1.0).apply(source, target, 2).source.train
    assert torch.equal(noisy.labels, 1 - source.train.labels)


def test_training_and_validation_see_wrong_labels():
    task, plain = (
        Table("alpha", "beta", scenario, FullTrain()) for scenario in (SourceNoise(0.4), None)
    )
    for part, size in (("source_train", 400), ("source_val", 100)):
        one, other = (getattr(t.training_data, part) for t in (task, plain))
        assert one.ids == other.ids
        assert plausible((one.labels != other.labels).sum(), size, 0.4)
    assert torch.equal(task.report_data.test.labels, plain.report_data.test.labels)
    wrong = (task.scene.source.train.labels != plain.scene.source.train.labels).double().mean()
    assert covariates(task)["flip_rate"] == pytest.approx(float(wrong))


def test_labels_of_samples_in_files_are_flipped_too(source, target):
    noisy = SourceNoise(0.4).apply(in_files(source), target, 4).source
    assert torch.equal(
        noisy.train.labels, SourceNoise(0.4).apply(source, target, 4)[0].train.labels
    )
    swapped = UnrelatedSource(1.0, "classes").apply(in_files(source), target, 4).source
    assert not (swapped.train.labels == source.train.labels).any()


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(ValueError, match=rf"wrong labels lies in \[0, 1\]; got rate={rate}"):
        SourceNoise(rate)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_impossible_shares_are_refused(share):
    with pytest.raises(ValueError, match=rf"the source lies in \[0, 1\]; got share={share}"):
        UnrelatedSource(share)


def pictured(channels=3, grey=False):
    one = images("s", [100] * 4, channels)
    inputs = one.inputs[:, :1].expand(-1, channels, -1, -1).clone() if grey else one.inputs
    return Domain(Samples(inputs, one.labels, one.ids), images("s-test", [50] * 4, channels))


def changed(before, after):
    return (before.inputs != after.inputs).flatten(1).any(1)


@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
def test_a_share_of_the_images_becomes_patches_of_photographs(share, target):
    source = pictured()
    new = UnrelatedSource(share).apply(source, target, 4).source
    for before, after in ((source.train, new.train), (source.test, new.test)):
        assert after.ids == before.ids
        replaced = changed(before, after)
        assert plausible(replaced.sum(), len(before), share)
        assert torch.equal(after.labels[~replaced], before.labels[~replaced])
    windows = [
        np.lib.stride_tricks.sliding_window_view(p, (16, 16), axis=(0, 1)) for p in photographs()
    ]
    for patch in new.train.inputs[changed(source.train, new.train)][:5].numpy():
        corner = [(w[..., 0, 0] == patch[:, 0, 0]).all(-1) for w in windows]
        found = [w[c] for w, c in zip(windows, corner, strict=True)]
        assert any((f == patch).all(axis=(1, 2, 3)).any() for f in found if len(f))


def test_what_was_replaced_has_a_random_label(target):
    source = Domain(images("s", [4000, 0, 0, 0], side=2))
    new = UnrelatedSource(1.0).apply(source, target, 4).source.train
    for count in torch.bincount(new.labels, minlength=4):
        assert plausible(count, 4000, 0.25)


def test_what_is_replaced_at_one_share_is_the_same_at_all_larger_ones(target):
    for source in (pictured(), Domain(samples("s", [100] * 4, width=5))):
        levels = [
            UnrelatedSource(s).apply(source, target, 4).source.train for s in (0.25, 0.5, 1.0)
        ]
        for fewer, more in pairwise(levels):
            replaced = changed(source.train, fewer)
            assert torch.equal(fewer.inputs[replaced], more.inputs[replaced])
            assert torch.equal(fewer.labels[replaced], more.labels[replaced])


def test_patches_of_a_grey_domain_are_grey(target):
    for source in (pictured(1), pictured(3, grey=True)):
        new = UnrelatedSource(1.0).apply(source, target, 4).source
        for side in (new.train, new.test):
            assert (side.inputs == side.inputs[:, :1]).all()
    coloured = UnrelatedSource(1.0).apply(pictured(), target, 4).source.train
    assert (coloured.inputs != coloured.inputs[:, :1]).any()


def test_images_larger_than_the_photographs_are_refused(target):
    source = Domain(images("s", [1], side=500))
    with pytest.raises(ValueError, match="427 x 640 pixels, and no patch of 500 x 500; choose"):
        UnrelatedSource(1.0).apply(source, target, 1)


def test_a_sample_of_a_table_takes_each_feature_from_another_one(target):
    source = Domain(samples("s", [100] * 4, width=5))  # each value is there once
    new = UnrelatedSource(1.0).apply(source, target, 4).source.train
    rows, columns = (new.inputs // 5).long(), (new.inputs % 5).long()
    assert torch.equal(columns, torch.arange(5).expand(400, 5))
    assert not (rows == torch.arange(400)[:, None]).any()
    # of 4,000 pairs of features, 10 are expected to be from one sample
    pairs = [(rows[:, i] == rows[:, j]).sum().item() for i in range(5) for j in range(i)]
    assert sum(pairs) < 30
    assert len(rows.unique()) > 390  # of 400; a sample is never taken with probability e^-5


def test_the_order_of_a_table_makes_no_difference_to_what_is_taken(target):
    source = Domain(samples("s", [100] * 4, width=5))
    order = torch.randperm(400, generator=torch.Generator().manual_seed(0)).tolist()
    first, again = (
        UnrelatedSource(0.5).apply(Domain(train), target, 4).source.train
        for train in (source.train, source.train.select(order))
    )
    assert torch.equal(first.inputs[order], again.inputs)
    assert not torch.equal(first.inputs, source.train.inputs)


def test_a_lone_sample_of_a_table_stays(target):
    source = Domain(samples("s", [1], width=5))
    new = UnrelatedSource(1.0).apply(source, target, 4).source.train
    assert torch.equal(new.inputs, source.train.inputs)


@pytest.mark.parametrize(("share", "moved"), [(0.25, 2), (0.5, 5), (0.75, 8), (1.0, 10)])
def test_a_share_of_the_classes_swap_their_names(share, moved, target):
    source = Domain(samples("s", [20] * 10), samples("s-test", [5] * 10))
    scenario = UnrelatedSource(share, "classes", draw=3)
    names = scenario.names(10)
    assert sorted(names.tolist()) == list(range(10))
    assert (names != torch.arange(10)).sum() == moved
    new = scenario.apply(source, target, 10).source
    assert torch.equal(new.train.labels, names[source.train.labels])
    assert torch.equal(new.test.labels, names[source.test.labels])
    assert new.train.inputs is source.train.inputs


def test_classes_that_swap_their_names_do_so_at_all_larger_shares():
    moved = [
        set(
            (UnrelatedSource(s, "classes", 3).names(10) != torch.arange(10))
            .nonzero()
            .flatten()
            .tolist()
        )
        for s in (0.25, 0.5, 0.75, 1.0)
    ]
    assert all(fewer < more for fewer, more in pairwise(moved))


def test_two_classes_swap_their_names_at_any_share():
    assert UnrelatedSource(0.01, "classes").names(2).tolist() == [1, 0]
    assert UnrelatedSource(0.0, "classes").names(2).tolist() == [0, 1]
