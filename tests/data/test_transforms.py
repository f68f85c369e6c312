import pickle
from functools import partial

import pytest
import torch
from torchvision.transforms import v2

from da.data import CenterCrop, Crop, RandAugment, RandomCrop, Resize, Strong, Weak
from da.data.feed import Feed
from da.data.transforms import GREY

SQUARES = [(3, 256, 224), (1, 28, 28), (3, 28, 28), (1, 32, 28), (3, 32, 32)]
RANDOM = [Crop, RandomCrop, Weak, Strong]


def image(channels=3, side=32, seed=0):
    rng = torch.Generator().manual_seed(seed)
    # channels last in memory, as images from files are
    return torch.randint(256, (side, side, channels), dtype=torch.uint8, generator=rng).permute(
        2, 0, 1
    )


@pytest.mark.parametrize(("channels", "side", "size"), SQUARES)
@pytest.mark.parametrize("cls", [CenterCrop, Resize, *RANDOM])
def test_makes_a_square_of_bytes_and_leaves_the_image_alone(cls, channels, side, size):
    before = image(channels, side)
    kept = before.clone()
    for seed in range(10):
        torch.manual_seed(seed)
        result = cls(size)(before)
        assert result.dtype == torch.uint8
        assert result.shape == (channels, size, size)
    assert torch.equal(before, kept)


def test_a_crop_is_any_part_of_the_image_or_its_middle_mirrored_or_not():
    before = torch.arange(36, dtype=torch.uint8).view(1, 6, 6)
    middle = CenterCrop(4)(before)
    torch.manual_seed(0)
    seen = {int(Crop(4, flip=False)(before)[0, 0, 0]) for _ in range(200)}
    assert seen == {0, 1, 2, 6, 7, 8, 12, 13, 14}
    results = [Crop(4, anywhere=False)(before) for _ in range(20)]
    mirrored = [torch.equal(result, middle.flip(2)) for result in results]
    assert {*mirrored} == {True, False}
    assert all(torch.equal(r, middle) for r, m in zip(results, mirrored, strict=True) if not m)


@pytest.mark.parametrize("channels", [1, 3])
def test_randaugment_keeps_the_shape(channels):
    before = image(channels, 30)
    kept = before.clone()
    for seed in range(30):
        torch.manual_seed(seed)
        result = RandAugment(num_ops=2, magnitude=20)(before)
        assert result.shape == (channels, 30, 30)
        assert result.dtype == torch.uint8
    assert torch.equal(before, kept)


@pytest.mark.parametrize("make", [*(partial(cls, 28) for cls in RANDOM), RandAugment])
def test_the_seed_of_a_batch_decides(make):
    feed = Feed(torch.stack([image(seed=i) for i in range(6)]), make())
    index = torch.arange(6)
    assert torch.equal(feed.fetch(index, seed=1), feed.fetch(index, seed=1))
    assert not torch.equal(feed.fetch(index, seed=1), feed.fetch(index, seed=2))


@pytest.mark.parametrize("transform", [cls(28) for cls in (CenterCrop, Resize, *RANDOM)])
def test_travels_to_workers(transform):
    copy = pickle.loads(pickle.dumps(transform))
    torch.manual_seed(3)
    expected = transform(image())
    torch.manual_seed(3)
    assert torch.equal(copy(image()), expected)


@pytest.mark.parametrize("flip", [False, True])
def test_a_random_crop_is_torchvisions(flip):
    reference = v2.Compose(
        [v2.RandomResizedCrop(24, antialias=True), v2.RandomHorizontalFlip(p=1.0)][: 1 + flip]
    )
    ours = RandomCrop(24, flip=flip)
    agreed = 0
    for seed in range(20):
        torch.manual_seed(seed)
        result = ours(image())
        torch.manual_seed(seed)
        agreed += torch.equal(result, reference(image()))
    assert agreed == 20 if not flip else 4 < agreed < 16


def test_a_centre_crop_is_the_middle():
    before = image(side=32)
    assert torch.equal(CenterCrop(28)(before), before[:, 2:30, 2:30])
    with pytest.raises(ValueError, match="crop of 33 pixels is larger than an image of 32 x 32"):
        CenterCrop(33)(before)


def test_a_weak_view_is_moved_by_up_to_an_eighth():
    position = torch.arange(64).expand(64, 64)
    before = torch.stack([position, position.T, position]).byte()  # tells column and row
    moves = set()
    for seed in range(300):
        torch.manual_seed(seed)
        result = Weak(32, flip=False)(before)
        column, row = result[0, 0, 0].item(), result[1, 0, 0].item()
        assert torch.equal(result, before[:, row : row + 32, column : column + 32])
        moves |= {("column", column - 16), ("row", row - 16)}
    assert moves == {(axis, d) for axis in ("column", "row") for d in range(-4, 5)}


def test_a_weak_view_continues_an_image_by_its_reflection():
    before = image(side=32)
    padded = torch.nn.functional.pad(before[None].float(), [4] * 4, mode="reflect")[0].byte()
    crops = padded.unfold(1, 32, 1).unfold(2, 32, 1).permute(1, 2, 0, 3, 4).flatten(0, 1)
    for seed in range(20):
        torch.manual_seed(seed)
        assert (crops == Weak(32, flip=False)(before)).flatten(1).all(1).any()
    with pytest.raises(ValueError, match="an image of 9 x 9 is too small"):
        Weak(32)(image(side=9))


def test_half_of_the_views_are_mirrored():
    before = torch.arange(32).expand(3, 32, 32).byte()
    torch.manual_seed(0)
    rising = sum(bool(Weak(24)(before)[0, 0].int().diff().sum() > 0) for _ in range(400))
    assert 160 < rising < 240
    assert all(Weak(24, flip=False)(before)[0, 0].int().diff().sum() > 0 for _ in range(20))


def test_a_strong_view_has_a_grey_square_of_up_to_half_the_side(monkeypatch):
    strong = Strong(32, cutout=0.5)
    monkeypatch.setattr(strong, "distort", lambda image: image)
    torch.manual_seed(0)
    sides = []
    for _ in range(200):
        cut = (strong(torch.zeros(3, 40, 40, dtype=torch.uint8)) == GREY).all(0)
        rows, columns = cut.any(1).sum().item(), cut.any(0).sum().item()
        assert cut.sum() == rows * columns
        sides += [rows, columns]
    assert 14 <= max(sides) <= 16
    assert min(sides) <= 1


def test_mistakes_are_one_sentence():
    for make in (Resize, CenterCrop, RandomCrop, Weak, Strong):
        with pytest.raises(ValueError, match="an image has at least 1 pixel; got size=0"):
            make(0)
    with pytest.raises(ValueError, match=r"lies in \(0, 1\]; got 1.5"):
        RandomCrop(24, smallest=1.5)
    with pytest.raises(ValueError, match="a magnitude from 0 to 30; got num_ops=2, magnitude=31"):
        RandAugment(magnitude=31)
    with pytest.raises(ValueError, match=r"the largest cutout lies in \[0, 1\]; got 2.0"):
        Strong(24, cutout=2.0)
