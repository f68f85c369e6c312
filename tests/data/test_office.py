import shutil

import pytest
from image_trees import published

from da.data import Office31, OfficeCaltech10, OfficeHome

OFFICE_31 = {name: f"{name}/images" for name in ("amazon", "dslr", "webcam")}
TEN = [
    *("backpack", "bike", "calculator", "headphones", "keyboard"),
    *("laptop", "monitor", "mouse", "mug", "projector"),
]
# Of the papers' tables of the ten classes, by domain.
COUNTS = {
    "amazon": [92, 82, 94, 99, 100, 100, 99, 100, 94, 98],
    "caltech": [151, 110, 100, 138, 85, 128, 133, 94, 87, 97],
    "dslr": [12, 21, 12, 13, 10, 24, 22, 12, 8, 23],
    "webcam": [29, 21, 31, 27, 27, 30, 43, 30, 27, 30],
}
RENAMED = {"backpack": "back_pack", "laptop": "laptop_computer"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return a data root with the three data sets, whole; tests leave it as it is."""
    root = tmp_path_factory.mktemp("data")
    published(root, "office-31", "office31", OFFICE_31)
    published(root, "office-caltech10", "office_caltech10", {"caltech10": "images/caltech10"})
    for domain, counts in COUNTS.items():
        lines = []
        for label, (name, count) in enumerate(zip(TEN, counts, strict=True)):
            place = f"office31/{domain}/images/{RENAMED.get(name, name)}"
            lines += [f"{place}/frame_{i + 1:04d}.jpg {label}" for i in range(count)]
        if domain != "caltech":
            path = root / "office_caltech10" / "image_list" / f"{domain}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(lines) + "\n")
    published(root, "office-home", "OfficeHome", {"Art": "Art"})
    return root


@pytest.fixture
def own(root, tmp_path):
    """Return a data root whose Office-31 (dslr alone) and Office-Caltech10 a test may spoil."""
    shutil.copytree(root / "office31" / "dslr", tmp_path / "office31" / "dslr")
    shutil.copytree(root / "office_caltech10", tmp_path / "office_caltech10")
    return tmp_path


def test_office_31_is_read_as_it_is_distributed(root):
    task = Office31("amazon", "webcam", root=str(root))
    sizes = {name: len(task.domain(name).train) for name in task.domains}
    assert sizes == {"amazon": 2817, "dslr": 498, "webcam": 795}
    samples = task.domain("webcam").train
    assert samples.labels.bincount().tolist()[:3] == [29, 21, 28]
    assert samples.ids[0] == "back_pack/frame_0001.jpg"
    assert task.class_names[:3] == ("back_pack", "bike", "bike_helmet")
    assert (len(task.class_names), task.num_classes) == (31, 31)


def test_office_31_may_lie_without_its_folder_of_images(root, tmp_path):
    shutil.copytree(root / "office31" / "dslr" / "images", tmp_path / "Office-31" / "dslr")
    task = Office31("dslr", "webcam", root=str(tmp_path))
    assert len(task.domain("dslr").train) == 498
    with pytest.raises(FileNotFoundError, match="has nothing of 'webcam', such as webcam/images"):
        task.domain("webcam")


def test_nothing_is_read_before_it_is_needed(tmp_path):
    task = Office31("amazon", "webcam", root=str(tmp_path))
    with pytest.raises(FileNotFoundError, match="'office-31' is not below"):
        task.domain("amazon")


def test_the_ten_classes_come_from_lists_into_office_31(root):
    task = OfficeCaltech10("amazon", "caltech", root=str(root))
    for name, counts in COUNTS.items():
        assert task.domain(name).train.labels.bincount().tolist() == counts
    samples = task.domain("webcam").train
    # equal images are copies, whose own path comes last
    own = [i.split("#")[-1].split("/")[0] for i in samples.ids]
    first = dict(zip(samples.labels.tolist(), own, strict=True))
    assert [first[c] for c in range(10)] == [RENAMED.get(name, name) for name in TEN]
    assert list(task.class_names) == TEN
    assert samples.inputs.read(3).shape == (3, 256, 256)


def test_office_home_is_checked_by_totals_and_classes(root):
    task = OfficeHome("art", "real_world", root=str(root))
    art = task.domain("art").train
    assert len(art) == 2427
    assert art.labels.unique().tolist() == list(range(65))
    assert task.domains == ("art", "clipart", "product", "real_world")


def test_a_missing_class_is_named(own):
    shutil.rmtree(own / "office31" / "dslr" / "images" / "mug")
    task = Office31("dslr", "webcam", root=str(own))
    with pytest.raises(ValueError, match="'dslr' of Office31 lacks the class folders mug in"):
        task.domain("dslr")


def test_an_empty_class_is_named(own):
    for path in (own / "office31" / "dslr" / "images" / "mug").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="the class folder .*dslr/images/mug is empty"):
        Office31("dslr", "webcam", root=str(own)).domain("dslr")


def test_a_wrong_number_is_told_with_the_right_one(own):
    (own / "office31" / "dslr" / "images" / "mug" / "frame_0003.jpg").unlink()
    sentence = r"'dslr' of Office31 has 7 images of class 17 \(mug\), not 8; da data check"
    with pytest.raises(ValueError, match=sentence):
        Office31("dslr", "webcam", root=str(own)).domain("dslr")


def test_a_foreign_class_is_named(own):
    (own / "office31" / "dslr" / "images" / "sofa").mkdir()
    with pytest.raises(ValueError, match="'dslr' of Office31 has folders that are no class .*sofa"):
        Office31("dslr", "webcam", root=str(own)).domain("dslr")


def dslr_list(own):
    return own / "office_caltech10" / "image_list" / "dslr.txt"


def test_a_list_with_another_order_of_classes_is_refused(own):
    # backpack and mouse, which have the same number of images
    swapped = {"0": "7", "7": "0"}
    lines = [line.split() for line in dslr_list(own).read_text().splitlines()]
    text = "\n".join(f"{name} {swapped.get(label, label)}" for name, label in lines)
    dslr_list(own).write_text(text)
    with pytest.raises(ValueError, match=r"dslr.txt gives class 7 \(mouse\) to back_pack/.*order"):
        OfficeCaltech10("dslr", "caltech", root=str(own)).domain("dslr")


def test_a_wrong_line_of_a_list_is_named(own):
    text = dslr_list(own).read_text()
    for wrong in ("image.jpg 10", "image.jpg", "image.jpg one"):
        dslr_list(own).write_text(f"{text}{wrong}\n")
        with pytest.raises(ValueError, match=f"line 158: a line is .* below 10; got '{wrong}'"):
            OfficeCaltech10("dslr", "caltech", root=str(own)).domain("dslr")


def test_a_listed_image_that_does_not_exist_is_named(own):
    (own / "office31" / "dslr" / "images" / "mug" / "frame_0003.jpg").unlink()
    with pytest.raises(FileNotFoundError, match="lists .*mug/frame_0003.jpg, which does not exist"):
        OfficeCaltech10("dslr", "caltech", root=str(own)).domain("dslr")
    shutil.rmtree(own / "office31")
    with pytest.raises(FileNotFoundError, match="put the images there"):
        OfficeCaltech10("dslr", "caltech", root=str(own)).domain("dslr")


def test_lists_carry_the_folders_of_whoever_wrote_them(own):
    text = dslr_list(own).read_text().replace("office31/", "/home/someone/data/office/")
    dslr_list(own).write_text(text)
    samples = OfficeCaltech10("dslr", "caltech", root=str(own)).domain("dslr").train
    assert samples.ids[0] == "back_pack/frame_0001.jpg"
    assert len(samples) == 157
