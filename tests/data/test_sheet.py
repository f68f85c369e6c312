import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from da.data import Corruption, Domain, Halves, Samples, TransferTask
from da.data.sheet import contact_sheet, present

COLOURS = torch.tensor([[255, 0, 0], [0, 255, 0], [0, 0, 255]], dtype=torch.uint8)


def samples(name, channels=3):
    labels = torch.arange(30) % 3
    images = COLOURS[labels][:, :channels, None, None].expand(-1, -1, 8, 8)
    return Samples(images, labels, tuple(f"{name}/{i}" for i in range(30)))


class Colours(TransferTask):
    domains = ("one", "two")
    num_classes = 3

    def domain(self, name):
        return Domain(samples(name), samples(f"{name}-test"))


class Grey(Colours):
    in_channels = 1

    def domain(self, name):
        return Domain(samples(name, 1), samples(f"{name}-test", 1))


class Features(Colours):
    def domain(self, name):
        features = Samples(
            torch.zeros(3, 4), torch.arange(3), (f"{name}/0", f"{name}/1", f"{name}/2")
        )
        return Domain(features, features)


class Incomplete(Colours):
    domains = ("one", "lost", "two")

    def domain(self, name):
        if name == "lost":
            raise FileNotFoundError("'lost' is missing; get it with: da data get lost")
        return super().domain(name)


class Lost(Incomplete):
    domains = ("lost", "lost")


def where(path, colour):
    """Rows and columns of the pixels of one colour."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    return np.nonzero((pixels == colour).all(axis=2))


def test_each_class_has_its_column_in_each_block(tmp_path):
    path = contact_sheet(Colours("one", "two"), tmp_path / "sheet.png")
    extents = []
    for colour in COLOURS.tolist():
        rows, columns = where(path, colour)
        extents.append((columns.min(), columns.max()))
        # two blocks of three rows of samples; the gap between the blocks is the widest
        gaps = np.diff(np.unique(rows))
        assert np.sum(gaps > 1) == 5
        assert np.argmax(gaps[gaps > 1]) == 2
    assert extents[0][1] < extents[1][0] < extents[1][1] < extents[2][0]


def test_the_titles_say_name_and_counts(tmp_path, monkeypatch):
    titles = []
    monkeypatch.setattr(
        Figure,
        "savefig",
        lambda self, file, **_: titles.extend(a.get_title("left") for a in self.axes),
    )
    contact_sheet(Colours("one", "two"), tmp_path / "sheet.png")
    assert titles == [
        "one: 30 training samples, 30 test samples",
        "two: 30 training samples, 30 test samples",
    ]


def test_domains_that_are_not_there_are_left_out(tmp_path):
    whole, part = (
        contact_sheet(task("one", "two"), tmp_path / f"{task.__name__}.png").read_bytes()
        for task in (Colours, Incomplete)
    )
    assert part == whole
    domains, absent = present(Incomplete("one", "two"))
    assert list(domains) == ["one", "two"]
    assert absent == {"lost": "'lost' is missing; get it with: da data get lost"}


def test_a_data_set_without_any_domain_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="'lost' is missing; get it with"):
        contact_sheet(Lost("lost", "lost", Halves()), tmp_path / "sheet.png")
    assert not list(tmp_path.iterdir())


def test_the_path_comes_back_and_folders_are_made(tmp_path):
    path = tmp_path / "new" / "folder" / "sheet.png"
    assert contact_sheet(Colours("one", "two"), path) == path
    assert [p.name for p in path.parent.iterdir()] == ["sheet.png"]
    with Image.open(path) as image:
        assert image.format == "PNG"
        image.verify()


def test_a_failure_leaves_the_old_sheet_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "sheet.png"
    path.write_bytes(b"old")

    def fail(self, file, **_):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(OSError, match="disk full"):
        contact_sheet(Colours("one", "two"), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_grey_images_are_shown_in_grey(tmp_path):
    path = contact_sheet(Grey("one", "two"), tmp_path / "sheet.png")
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    assert np.ptp(pixels, axis=2).max() == 0


def test_features_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"shows images \(c, h, w\); the samples of 'one' have"):
        contact_sheet(Features("one", "two"), tmp_path / "sheet.png")
    assert not list(tmp_path.iterdir())


def test_both_domains_are_shown_as_the_scenario_makes_them(monkeypatch, tmp_path):
    titles, pictures = [], []
    show = Axes.imshow
    monkeypatch.setattr(Axes, "set_title", lambda self, title, **_: titles.append(title))
    monkeypatch.setattr(
        Axes, "imshow", lambda self, x, **k: pictures.append(x) or show(self, x, **k)
    )
    contact_sheet(Colours("one", "two", Corruption(4, "contrast")), tmp_path / "sheet.png")
    assert titles == [
        "one: 30 training samples, 30 test samples",
        "two: 30 training samples, 30 test samples",
        "source one with Corruption: 30 training samples, 30 test samples",
        "target two with Corruption: 30 training samples, 30 test samples",
    ]
    assert (pictures[2] == pictures[0]).all()
    assert (pictures[3] != pictures[1]).any()
