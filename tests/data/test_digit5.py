import hashlib

import h5py
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import savemat
from torchvision.transforms.v2.functional import resize

from da.acquisition import checksums
from da.data import Digit5, Pixels, Subsets, digit5, mnist_m
from da.data.digit5 import Form, _build, prepare
from da.data.feed import SYMMETRIC
from tests.data.writers import write_idx, write_libsvm

SIZES = {name: (12, 5) for name in Digit5.domains} | {"mnist-m": (11, 4)}
DOMAINS = tuple(SIZES)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """All five data sets in the layout of their publishers, with a dozen digits each."""
    root = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    for side, size in (("train", 12), ("test", 5)):
        labels = np.arange(size) % 10
        start = "train" if side == "train" else "t10k"
        raw = root / "digits" / "MNIST" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        digits = np.zeros((size, 28, 28), np.uint8)
        digits[:, 4:24, 10:18] = rng.integers(1, 256, size=(size, 20, 8))
        write_idx(raw / f"{start}-images-idx3-ubyte.gz", digits)
        write_idx(raw / f"{start}-labels-idx1-ubyte.gz", labels.astype(np.uint8))

        usps = root / "digits" / "USPS"
        usps.mkdir(exist_ok=True)
        values = rng.uniform(-1, 1, (size, 256))
        write_libsvm(usps / ("usps.bz2" if side == "train" else "usps.t.bz2"), labels + 1, values)
        with h5py.File(usps / "usps.h5", "a") as file:
            file[f"{side}/data"], file[f"{side}/target"] = ((values + 1) / 2), labels

        for folder, name in (("SVHN", side), ("SynDigits", f"synth_{side}")):
            (root / "digits" / folder).mkdir(exist_ok=True)
            images = rng.integers(256, size=(32, 32, 3, size), dtype=np.uint8)
            content = {"X": images, "y": np.where(labels == 0, 10, labels)[:, None]}
            savemat(root / "digits" / folder / f"{name}_32x32.mat", content)

        official = root / "digits" / "MNIST-M"
        (official / f"mnist_m_{side}").mkdir(parents=True)
        names = [f"{i:08d}.png" for i in range(size - 1)]
        for name in names:
            pixels = rng.integers(256, size=(32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(official / f"mnist_m_{side}" / name)
        lines = "".join(f"{name} {i % 10}\n" for i, name in enumerate(names))
        (official / f"mnist_m_{side}_labels.txt").write_text(lines)

    photographs = root / "digits" / "BSDS500" / "data" / "images" / "train"
    photographs.mkdir(parents=True)
    for i in range(8):
        pixels = rng.integers(256, size=(40, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(photographs / f"{i}.jpg")
    return root


@pytest.fixture(autouse=True)
def tiny(root, tmp_path, monkeypatch):
    """Let the tiny files pass as the published ones."""
    monkeypatch.setenv("DA_DATA_ROOT", str(root))
    monkeypatch.setenv("DA_CACHE_ROOT", str(tmp_path / "cache"))
    monkeypatch.setattr(digit5, "SIZES", SIZES)
    monkeypatch.setattr(checksums, "verify", lambda path, file: None)
    for side in ("train", "test"):
        folder = root / "digits" / "MNIST-M" / f"mnist_m_{side}"
        images = [np.asarray(Image.open(path)) for path in sorted(folder.iterdir())]
        monkeypatch.setitem(mnist_m.OFFICIAL, side, hashlib.sha256(np.stack(images)).hexdigest())
    _build.cache_clear()


def listing(root):
    return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in root.rglob("*")}


@pytest.mark.parametrize("size", [28, 32])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", DOMAINS)
def test_every_domain_has_the_size_and_the_channels_that_were_asked_for(name, channels, size):
    task = Digit5("mnist", "usps", size=size, channels=channels)
    assert task.in_channels == channels
    domain = task.domain(name)
    for side, samples, count in zip(
        ("train", "test"), (domain.train, domain.test), SIZES[name], strict=True
    ):
        assert samples.inputs.shape == (count, channels, size, size)
        assert samples.inputs.dtype == torch.uint8
        assert samples.labels.tolist() == [i % 10 for i in range(count)]
        assert samples.ids == tuple(f"{name}-{side}-{i:05d}" for i in range(count))


def test_the_published_numbers_of_digits_are_asked_for(monkeypatch):
    monkeypatch.undo()
    assert digit5.SIZES == {
        "mnist": (60_000, 10_000),
        "usps": (7_291, 2_007),
        "usps-raw": (7_291, 2_007),
        "mnist-m": (59_001, 9_001),
        "mnist-m-fresh": (60_000, 10_000),
        "mnist-m-sample": (60_000, 10_000),
        "svhn": (73_257, 26_032),
        "syn": (479_400, 9_553),
    }


def test_a_file_with_another_number_of_digits_is_refused(monkeypatch):
    monkeypatch.setitem(SIZES, "svhn", (13, 5))
    message = "the train side of svhn has 13 digits; got 12 images and 12 labels from .*train_32x32"
    with pytest.raises(ValueError, match=message):
        Digit5("mnist", "svhn").domain("svhn")


def test_nothing_is_written_below_the_data_root(root):
    before = listing(root)
    for name in DOMAINS:
        Digit5("mnist", "usps").domain(name)
    assert listing(root) == before


def test_a_domain_is_kept_in_the_process_and_on_disk(monkeypatch):
    task = Digit5("mnist", "usps")
    first = task.domain("svhn")
    assert Digit5("svhn", "usps").domain("svhn") is first
    _build.cache_clear()
    monkeypatch.setattr(digit5, "prepare", None)  # nothing is prepared a second time
    again = task.domain("svhn")
    assert again is not first
    assert torch.equal(again.train.inputs, first.train.inputs)
    assert torch.equal(again.train.labels, first.train.labels)


@pytest.mark.parametrize(
    ("name", "options", "others"),
    [
        ("svhn", {"size": 28}, {"size": 32}),
        ("svhn", {"channels": 1}, {"channels": 3}),
        ("mnist", {"size": 32}, {"size": 32, "fit": "margin"}),
        ("usps", {}, {"interpolation": "bicubic"}),
        ("svhn", {"size": 28}, {"size": 28, "fit": "margin"}),
        ("mnist-m-fresh", {"crops": 0}, {"crops": 1}),
        ("mnist-m-sample", {"crops": 0}, {"crops": 1}),
    ],
)
def test_other_options_make_another_domain(name, options, others):
    for _ in range(2):  # built, then from disk
        first, second = (
            Digit5("mnist", "usps", **o).domain(name).train.inputs for o in (options, others)
        )
        assert first.shape != second.shape or not torch.equal(first, second)
        _build.cache_clear()


@pytest.mark.parametrize(("name", "distributed"), [("mnist", 28), ("mnist-m", 32)])
def test_a_margin_leaves_digits_as_large_as_they_are(name, distributed):
    def inputs(**options):
        return Digit5("mnist", "mnist-m", **options).domain(name).train.inputs

    small, large = (inputs(size=size, fit="margin") for size in (28, 32))
    assert torch.equal(small, large[..., 2:-2, 2:-2])
    assert torch.equal(inputs(size=distributed), small if distributed == 28 else large)


def test_the_seed_of_the_crops_leaves_the_official_domains_alone():
    first, second = (Digit5("mnist", "mnist-m", crops=n).domain("mnist-m") for n in (0, 1))
    assert first is second


def test_the_three_mnist_m_are_different_and_say_so_in_their_ids():
    task = Digit5("mnist", "mnist-m")
    names = ("mnist-m", "mnist-m-fresh", "mnist-m-sample")
    domains = [task.domain(name).train for name in names]
    assert len({i for d in domains for i in d.ids}) == sum(map(len, domains))
    assert len({d.inputs[:4].numpy().tobytes() for d in domains}) == 3


def test_usps_and_usps_raw_are_different_and_say_so_in_their_ids():
    task = Digit5("mnist", "usps")
    assert not {*task.domain("usps").train.ids} & {*task.domain("usps-raw").train.ids}


def test_a_task_feeds_standardized_batches():
    task = Digit5("mnist", "usps", channels=1, protocol=Subsets({"mnist": 8, "usps": 6}))
    task.batch_size = 4
    data = task.training_data
    assert (len(data.source_train), len(data.target_adapt)) == (8, 6)
    [inputs, _] = next(iter(task.evaluation(data.source_train)))
    assert inputs.shape == (8, 1, 28, 28)
    assert inputs.min() == -1.0  # black


def test_pixels_can_be_standardized_otherwise_in_training_and_evaluation(trainer):
    small = {"channels": 1, "protocol": Subsets({"mnist": 8, "usps": 6}), "batch_size": 4}
    evaluated, trained = [], []
    for pixels in (None, Pixels(0.25, 1.0)):
        task = Digit5("mnist", "usps", **small, pixels=pixels)
        task.trainer = trainer(max_steps=1)
        evaluated.append(next(iter(task.val_dataloader()[0]))[0])
        trained.append(next(iter(task.train_dataloader()))["source"][0])
    for usual, other in (evaluated, trained):
        torch.testing.assert_close(other, (usual + 1) / 2 - 0.25)
    assert Digit5("mnist", "usps").pixels == SYMMETRIC


@pytest.mark.parametrize("std", [0.0, -1.0, (1.0, 0.0, 1.0)])
def test_pixels_are_not_divided_by_zero_or_less(std):
    with pytest.raises(ValueError, match=r"divided by what is above 0; got std=[(\d-]"):
        Pixels(0.5, std)


@pytest.fixture
def colours():
    return np.random.default_rng(1).integers(256, size=(50, 32, 32, 3), dtype=np.uint8)


def test_grey_is_the_luma_of_pillow(colours):
    grey = prepare(colours, Form(32, 1))
    for image, colour in zip(grey, colours, strict=True):
        np.testing.assert_array_equal(image[..., 0], Image.fromarray(colour).convert("L"))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("height", "size"), [(16, 28), (16, 32), (28, 32), (32, 28)])
def test_sizes_change_as_pillow_does_it(colours, height, size, interpolation):
    images = np.ascontiguousarray(colours[:, :height, :height])
    resampling = Image.Resampling[interpolation.upper()]
    form = Form(size, 3, interpolation=interpolation)
    for image, original in zip(prepare(images, form), images, strict=True):
        expected = Image.fromarray(original).resize((size, size), resampling)
        assert abs(image.astype(int) - np.asarray(expected)).max() <= 2  # both round twice


def test_a_chunk_boundary_changes_nothing(colours, monkeypatch):
    whole = prepare(colours, Form(28, 1))
    monkeypatch.setattr(digit5, "CHUNK", 7)
    np.testing.assert_array_equal(prepare(colours, Form(28, 1)), whole)


def test_grey_is_repeated_for_three_channels(colours):
    grey = colours[..., :1]
    result = prepare(grey, Form(28, 3))
    expected = resize(torch.from_numpy(grey).permute(0, 3, 1, 2), [28, 28], antialias=True)
    for channel in range(3):
        np.testing.assert_array_equal(result[..., channel], expected[:, 0])


def test_a_margin_puts_two_black_pixels_around_28_pixels_and_no_others(colours):
    images = np.ascontiguousarray(colours[:, :28, :28])
    padded = prepare(images, Form(32, 3, "margin"))
    np.testing.assert_array_equal(padded[:, 2:30, 2:30], images)
    assert padded.sum() == images.sum()
    small = np.ascontiguousarray(colours[:, :16, :16])
    np.testing.assert_array_equal(
        prepare(small, Form(32, 3, "margin")), prepare(small, Form(32, 3))
    )
    np.testing.assert_array_equal(prepare(images, Form(28, 3, "margin")), images)


@pytest.mark.parametrize("name", ["mnist", "usps", "usps-raw", "svhn", "syn", "mnist-m"])
def test_an_absent_domain_says_how_to_get_it(name, tmp_path):
    task = Digit5("mnist", "usps", root=str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"get it with: da data get|download .* by hand"):
        task.domain(name)


def test_a_negative_seed_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="the seed of the crops is not negative; got crops=-1"):
        Digit5("mnist", "usps", crops=-1)


def test_an_unknown_domain_gets_a_suggestion():
    with pytest.raises(ValueError, match="Digit5 has no domain 'mnistm'; .* did you mean 'mnist-"):
        Digit5("mnist", "mnistm")
