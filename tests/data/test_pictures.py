from dataclasses import replace

import pytest
from image_trees import picture, published

from da.acquisition import manifest
from da.acquisition.manifest import load
from da.data import PACS, VLCS, DomainNet, ImageClefDA, VisDA2017


@pytest.fixture
def tiny(monkeypatch):
    """Return a function that makes a data set small: each class as often as told, each list too."""

    def tiny(dataset, each, listed=0):
        whole = load(dataset)
        parts = []
        for part in whole.parts:
            trees = [
                replace(t, total=each * len(t.classes), counts=(each,) * len(t.classes))
                for t in part.trees
            ]
            files = [replace(f, counts=dict.fromkeys(f.counts, listed)) for f in part.files]
            parts.append(replace(part, trees=tuple(trees), files=tuple(files)))
        small = replace(whole, parts=tuple(parts))
        for module in ("manifest", "root"):
            monkeypatch.setattr(f"da.acquisition.{module}.load", lambda name: small)
        monkeypatch.setattr("da.data.image_set.load", lambda name: small)

    return tiny


def test_pacs_has_the_published_numbers(tmp_path):
    published(tmp_path, "pacs", "PACS/kfold", {"photo": "photo", "sketch": "sketch"})
    task = PACS("photo", "sketch", root=str(tmp_path))
    assert task.domain("photo").train.labels.bincount().tolist() == [
        189,
        202,
        182,
        186,
        199,
        280,
        432,
    ]
    assert len(task.domain("sketch").train) == 3929
    assert task.class_names[0] == "dog"


def test_vlcs_has_the_published_numbers(tmp_path):
    published(tmp_path, "vlcs", "VLCS", {"Caltech101": "Caltech101"})
    task = VLCS("caltech", "sun", root=str(tmp_path))
    assert task.domain("caltech").train.labels.bincount().tolist() == [237, 123, 118, 67, 870]
    assert list(task.class_names) == ["bird", "car", "chair", "dog", "person"]


def test_imageclef_is_read_from_lists_of_images_side_by_side(tmp_path):
    folder = tmp_path / "image_CLEF"
    lines = []
    for i in range(600):
        picture(folder / "i" / f"{i}.jpg", seed=i % 2, size=(4, 4))
        lines.append(f"i/{i}.jpg {i % 12}")
    (folder / "list").mkdir()
    (folder / "list" / "iList.txt").write_text("\n".join(lines))
    task = ImageClefDA("imagenet", "pascal", root=str(tmp_path))
    samples = task.domain("imagenet").train
    assert samples.labels.bincount().tolist() == [50] * 12
    assert samples.ids[0] == "0.jpg"
    lines[0] = "i/0.jpg 1"
    (folder / "list" / "iList.txt").write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"'i' of ImageClefDA has 49 images of class 0 .*, not 50"):
        task.domain("imagenet")


def test_imageclef_is_read_from_class_folders(tmp_path):
    published(tmp_path, "image-clef", "image_CLEF", {"p": "p"})
    samples = ImageClefDA("imagenet", "pascal", root=str(tmp_path)).domain("pascal").train
    assert samples.labels.bincount().tolist() == [50] * 12
    assert samples.ids[0] == "aeroplane/frame_0001.jpg"


def test_visda_goes_from_training_to_validation_folders(tmp_path, tiny):
    tiny("visda-2017", each=2)
    classes = load("visda-2017").trees[0].classes
    for side in ("train", "validation"):
        for name in classes:
            for i in range(2):
                picture(tmp_path / "visda-2017" / side / name / f"{i}.png", size=(4, 4))
        (tmp_path / "visda-2017" / side / "image_list.txt").touch()  # it lies there
    task = VisDA2017("synthetic", "real", root=str(tmp_path))
    assert task.domain("synthetic").train.labels.tolist() == [c for c in range(12) for _ in "12"]
    assert len(task.domain("real").train) == 24
    assert task.class_names[11] == "truck"


@pytest.fixture
def domainnet(tmp_path, tiny):
    tiny("domainnet", each=0, listed=345)
    for side in ("train", "test"):
        lines = []
        for label in range(345):
            name = f"clipart/class_{344 - label:03d}/{side}_{label}.jpg"
            if label < 2:
                picture(tmp_path / "domainnet" / name, seed=label)
            else:
                path = tmp_path / "domainnet" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(name)
            lines.append(f"{name} {label}")
        (tmp_path / "domainnet" / f"clipart_{side}.txt").write_text("\n".join(lines))
    return DomainNet("clipart", "sketch", root=str(tmp_path))


def test_domainnet_keeps_its_official_division(domainnet):
    found = domainnet.domain("clipart")
    assert found.train.labels.tolist() == found.test.labels.tolist() == list(range(345))
    assert found.train.ids[0] == "class_344/train_0.jpg"
    assert found.test.ids[1] == "class_343/test_1.jpg"
    assert found.test.inputs.read(1).shape == (3, 256, 256)


def test_domainnets_lists_name_its_classes(domainnet, tmp_path):
    assert list(domainnet.class_names) == [f"class_{344 - i:03d}" for i in range(345)]
    path = tmp_path / "domainnet" / "clipart_train.txt"
    path.write_text(path.read_text().replace("class_344", "class_343"))
    with pytest.raises(ValueError, match="does not give each of 345 labels a class folder"):
        _ = DomainNet("clipart", "sketch", root=str(tmp_path)).class_names


@pytest.mark.parametrize("cls", [PACS, VLCS, ImageClefDA, VisDA2017])
def test_the_manifest_knows_every_domain_and_class(cls):
    trees = {tree.domain: tree for tree in manifest.load(cls.dataset).trees}
    for side in cls.sides.values():
        assert len(trees[side].classes) == cls.num_classes
        assert sum(trees[side].counts) in (0, trees[side].total)  # 0: nobody says
