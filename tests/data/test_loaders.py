import numpy as np
import pytest
import torch

from da.data import Inputs, Samples
from da.data.feed import IMAGENET, Feed
from da.data.loaders import EvaluationBatches, PairedBatches
from da.data.order import Shuffled


def images(n, size=9, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return torch.randint(256, (n, 3, size, size), generator=rng, dtype=torch.uint8)


def samples(n, name="s"):
    """Samples whose only feature is their position."""
    ids = tuple(f"{name}/{i}" for i in range(n))
    return Samples(torch.arange(n, dtype=torch.float32)[:, None], torch.arange(n) % 10, ids)


def scaled(pixels):
    return torch.as_tensor(np.ascontiguousarray(pixels)).float() / 127.5 - 1


def test_an_epoch_visits_every_sample_at_most_once_in_a_new_order():
    order = Shuffled(50, 8, "src_order", 0, "the source")
    epochs = [torch.cat([order(step) for step in range(e * 6, e * 6 + 6)]) for e in range(3)]
    for epoch in epochs:
        assert len(set(epoch.tolist())) == 48
    assert not torch.equal(epochs[0], epochs[1])
    assert not torch.equal(epochs[1], epochs[2])


def test_an_order_is_a_function_of_the_step():
    straight, jumping = (Shuffled(50, 8, "src_order", 3, "the source") for _ in range(2))
    batches = [straight(step) for step in range(20)]
    for step in (19, 0, 7, 13, 6):
        assert torch.equal(jumping(step), batches[step])


def test_streams_and_seeds_give_other_orders():
    first = Shuffled(500, 64, "src_order", 0, "the source")(0)
    assert not torch.equal(first, Shuffled(500, 64, "tgt_order", 0, "the target")(0))
    assert not torch.equal(first, Shuffled(500, 64, "src_order", 1, "the source")(0))


def test_a_batch_larger_than_a_domain_is_refused_in_a_sentence():
    with pytest.raises(
        ValueError,
        match="a batch of 64 is larger than the target, which has 63 training samples; "
        "choose a batch size of at most 63",
    ):
        PairedBatches(samples(64), samples(63).without_labels(), 64, 0, 1)


def test_an_empty_domain_is_refused_in_the_same_sentence():
    nothing = Inputs(torch.empty(0, 3, 9, 9, dtype=torch.uint8), ())
    with pytest.raises(ValueError, match="larger than the target, which has 0 training samples"):
        PairedBatches(samples(64), nothing, 64, 0, 1)


def test_pixels_are_scaled_to_the_interval_from_minus_one_to_one():
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).view(3, 1, 1, 1)
    assert Feed(pixels)(torch.arange(3)).flatten().tolist() == pytest.approx([-1, -0.6, 1])


def test_samples_come_in_the_order_asked_for():
    stored = images(6)
    index = torch.tensor([5, 0, 0, 3])
    torch.testing.assert_close(Feed(stored)(index), scaled(stored.numpy()[index]))


def test_features_pass_unchanged():
    features = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    index = torch.tensor([4, 1])
    assert torch.equal(Feed(features, shift=2)(index, 0), features[index])


def test_a_shift_of_zero_is_no_shift():
    stored, index = images(20), torch.arange(20)
    shifted = Feed(stored, shift=0)(index, 0)
    assert torch.equal(shifted, Feed(stored)(index))


def test_without_a_generator_images_are_centred_whatever_the_shift():
    stored, index = images(20), torch.arange(20)
    assert torch.equal(Feed(stored, shift=3)(index), Feed(stored)(index))


@pytest.mark.parametrize("height", [9, 12])
def test_shifted_images_are_translations_with_the_border_repeated(height):
    stored = images(400)[:, :, :, :9]
    stored = torch.cat([stored, stored[:, :, : height - 9]], dim=2)
    shift = 2
    result = Feed(stored, shift=shift)(torch.arange(400), 0)
    padded = np.pad(stored.numpy(), [(0, 0), (0, 0), (shift, shift), (shift, shift)], mode="edge")
    seen = set()
    for image, wide in zip(result, padded, strict=True):
        offsets = [
            (y, x)
            for y in range(5)
            for x in range(5)
            if torch.equal(image, scaled(wide[:, y : y + height, x : x + 9]))
        ]
        assert len(offsets) == 1
        seen.add(offsets[0])
    assert len(seen) == 25  # 400 uniform draws miss one of 25 with probability 2e-6


def test_shifting_draws_each_image_on_its_own():
    stored = images(1).expand(200, -1, -1, -1)
    result = Feed(stored, shift=1)(torch.arange(200), 0)
    assert len({image.numpy().tobytes() for image in result}) == 9


def test_batches_are_contiguous():
    batch = Feed(images(20), shift=2)(torch.arange(8), 0)
    assert batch.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_batches_on_a_gpu_are_those_of_the_cpu():
    stored, index = images(200, size=28), torch.arange(0, 200, 3)
    here, there = (Feed(stored, shift=2, device=device)(index, 0) for device in ("cpu", "cuda"))
    torch.testing.assert_close(there.cpu(), here)


def test_labels_belong_to_the_inputs_of_their_batch():
    for batch in PairedBatches(samples(100), samples(80).without_labels(), 16, 0, 12):
        inputs, labels = batch["source"]
        assert torch.equal(labels, inputs[:, 0].long() % 10)


def test_a_batch_holds_no_target_label():
    batch = PairedBatches(samples(100), samples(80).without_labels(), 16, 0, 1).batch(0)
    assert set(batch) == {"source", "target"}
    assert isinstance(batch["target"], torch.Tensor)
    assert batch["target"].dtype == torch.float32


def test_source_batches_do_not_depend_on_the_target():
    source = Samples(images(90), torch.arange(90) % 10, tuple(map(str, range(90))))
    targets = [Inputs(images(n, seed=n), tuple(map(str, range(n)))) for n in (40, 77)]
    first, second = (PairedBatches(source, target, 16, 5, 12, shift=2) for target in targets)
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one["source"][0], other["source"][0])
        assert torch.equal(one["source"][1], other["source"][1])


def test_target_batches_do_not_depend_on_the_source():
    target = Inputs(images(90), tuple(map(str, range(90))))
    sources = [Samples(images(n, seed=n), torch.arange(n) % 10, samples(n).ids) for n in (40, 77)]
    first, second = (PairedBatches(source, target, 16, 5, 12, shift=2) for source in sources)
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one["target"], other["target"])


@pytest.mark.parametrize("both", [None, torch.zeros_like])
def test_the_source_can_be_changed_in_its_own_way(both):
    source = Samples(images(32), torch.arange(32) % 10, tuple(f"s/{i}" for i in range(32)))
    target = Inputs(images(32, seed=1), tuple(f"t/{i}" for i in range(32)))
    without, changed = (
        PairedBatches(source, target, 16, 0, 1, transform=both, source_transform=own).batch(0)
        for own in (None, torch.bitwise_not)
    )
    original = PairedBatches(source, target, 16, 0, 1).batch(0)["source"][0]
    torch.testing.assert_close(changed["source"][0], -original)
    assert torch.equal(changed["target"], without["target"])


@pytest.mark.parametrize("stop", [1, 5, 6, 11])
def test_a_resumed_loader_continues_with_the_very_next_batch(stop):
    def loader():
        source = Samples(images(96), torch.arange(96) % 10, tuple(map(str, range(96))))
        return PairedBatches(source, source.without_labels(), 16, 2, 12, shift=2)

    whole, killed, resumed = list(loader()), loader(), loader()
    iterator = iter(killed)
    for _ in range(stop):
        next(iterator)
    resumed.load_state_dict(killed.state_dict())
    rest = [resumed.batch(step) for step in range(resumed.step, 12)]
    assert len(rest) == 12 - stop
    continued = iter(resumed)
    for expected in whole[stop:]:
        batch = next(continued)
        assert torch.equal(batch["source"][0], expected["source"][0])
        assert torch.equal(batch["source"][1], expected["source"][1])
        assert torch.equal(batch["target"], expected["target"])


def test_a_second_pass_goes_on_where_the_first_ended():
    loader = PairedBatches(samples(100), samples(80).without_labels(), 16, 0, 3)
    first, second = list(loader), list(loader)
    assert len(loader) == len(first) == len(second) == 3
    assert torch.equal(second[0]["target"], loader.batch(3)["target"])


@pytest.mark.parametrize("n", [1, 16, 37, 48])
def test_evaluation_visits_all_samples_in_order(n):
    stored = samples(n)
    batches = list(EvaluationBatches(stored, 16))
    assert len(batches) == len(EvaluationBatches(stored, 16))
    assert torch.cat([inputs for inputs, _ in batches])[:, 0].tolist() == list(range(n))
    assert torch.cat([labels for _, labels in batches]).tolist() == stored.labels.tolist()


def test_evaluation_without_labels_yields_inputs_alone():
    batches = list(EvaluationBatches(samples(20).without_labels(), 16))
    assert [b.shape for b in batches] == [(16, 1), (4, 1)]


@pytest.mark.parametrize("last", [False, True])
def test_each_channel_is_standardized_by_its_own_numbers(last):
    pixels = images(4)
    if last:
        pixels = pixels.contiguous(memory_format=torch.channels_last)
    mean, std = (torch.tensor(x).view(-1, 1, 1) for x in (IMAGENET.mean, IMAGENET.std))
    expected = (pixels.float() / 255 - mean) / std
    before = pixels.clone()
    standardized = Feed(pixels, pixels=IMAGENET).finish(pixels)
    torch.testing.assert_close(standardized, expected)
    assert torch.equal(pixels, before)


def test_a_target_of_less_than_a_batch_repeats_where_it_may():
    target = samples(5, "t").without_labels()
    batches = PairedBatches(samples(64), target, 16, 0, 3, repeat=True)
    for batch in batches:
        assert batch["source"][0].shape == batch["target"].shape == (16, 1)
        counts = torch.bincount(batch["target"].flatten().long())
        assert counts.min() >= 2
        assert counts.max() <= 5
    with pytest.raises(ValueError, match="a batch of 16 is larger than the target"):
        PairedBatches(samples(64), target, 16, 0, 3)


def test_a_target_of_a_batch_and_more_comes_as_it_would():
    target = samples(16, "t").without_labels()
    one, other = (PairedBatches(samples(64), target, 16, 0, 1, repeat=r) for r in (True, False))
    assert torch.equal(one.batch(3)["target"], other.batch(3)["target"])


def test_a_target_without_samples_does_not_repeat():
    nothing = samples(64).select([]).without_labels()
    with pytest.raises(ValueError, match="a batch of 16 is larger than the target, which has 0"):
        PairedBatches(samples(64), nothing, 16, 0, 1, repeat=True)
