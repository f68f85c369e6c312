import pytest
import torch
import yaml
from image_trees import folders, picture

from da.cli import DomainAdaptationCLI
from da.data import FullTrain, ImageFolders, Inputs, Pixels, Transductive
from da.data.feed import IMAGENET, SYMMETRIC
from da.data.protocols import Inductive

CLASSES = {"cup": 5, "pen": 4, "toy": 3}


@pytest.fixture
def source(tmp_path):
    return folders(tmp_path / "shop", CLASSES)


@pytest.fixture
def target(tmp_path):
    return folders(tmp_path / "desk", CLASSES, seed=1)


def task(source, target, **options):
    return ImageFolders(str(source), str(target), size=16, **options)


def test_classes_are_the_sorted_folders_of_the_source(source, target):
    found = task(source, target)
    assert (found.num_classes, found.in_channels) == (3, 3)
    assert list(found.class_names) == ["cup", "pen", "toy"]
    samples = found.domain(str(source)).train
    assert samples.labels.tolist() == [0] * 5 + [1] * 4 + [2] * 3
    assert samples.ids[:6] == (*(f"cup/{i:03d}.png" for i in range(5)), "pen/000.png")
    assert samples.inputs.read(0).shape == (3, 16, 16)


def test_classes_can_be_put_in_another_order(source, target):
    found = task(source, target, classes=["toy", "cup", "pen"])
    labels = dict(zip((s := found.domain(str(target)).train).ids, s.labels.tolist(), strict=True))
    assert labels["toy/000.png"] == 0
    assert labels["pen/000.png"] == 2
    for wrong in (["cup", "pen"], ["cup", "pen", "toy", "box"], ["cup", "cup", "pen", "toy"]):
        with pytest.raises(ValueError, match="classes must name the class folders of the source"):
            task(source, target, classes=wrong)


def test_domains_can_have_short_names(source, target):
    names = {"shop": str(source), "desk": str(target)}
    found = ImageFolders("desk", "shop", folders=names, size=16)
    assert found.domains == ("shop", "desk")
    assert len(found.training_data.source_train) > 0
    with pytest.raises(ValueError, match="no domain 'desc'; it has shop, desk; did you mean"):
        ImageFolders("desc", "shop", folders=names)


def test_pixels_follow_the_channels_unless_they_are_given(source, target):
    assert task(source, target).pixels == IMAGENET
    assert task(source, target, channels=1).pixels == SYMMETRIC
    own = Pixels(0.4, 0.2)
    assert task(source, target, channels=1, pixels=own).pixels == own


def test_several_sources_are_joined(source, target, tmp_path):
    more = folders(tmp_path / "street", CLASSES, seed=2)
    names = {"shop": str(source), "desk": str(target), "street": str(more)}
    found = ImageFolders("shop+street", "desk", folders=names, size=16, protocol=Transductive())
    assert len(found.training_data.source_train) == 24


def test_images_may_lie_deeper_and_file_managers_leave_litter(source, target):
    picture(source / "cup" / "more" / "deep.JPG")
    for litter in ("Thumbs.db", ".DS_Store", "desktop.ini", ".hidden.txt"):
        (source / "cup" / litter).write_text("x")
    (source / ".cache").mkdir()
    (source / "notes.txt").with_name(".notes.txt").touch()
    samples = task(source, target).domain(str(source)).train
    assert "cup/more/deep.JPG" in samples.ids
    assert len(samples) == 13


def test_a_target_without_class_folders_is_unlabelled(source, tmp_path):
    flat = tmp_path / "flat"
    for i in range(8):
        picture(flat / f"{i}.png", seed=i)
    found = task(source, flat)
    assert isinstance(found.domain(str(flat)).train, Inputs)
    assert len(found.training_data.target_adapt) == 6
    with pytest.raises(ValueError, match="has no labels to measure with"):
        _ = found.report_data


def test_a_target_may_lack_classes(source, tmp_path):
    part = folders(tmp_path / "part", {"cup": 3, "toy": 3})
    with pytest.warns(UserWarning, match="part lacks 1 of the source's 3 classes: pen; this is a"):
        samples = task(source, part).domain(str(part)).train
    assert samples.labels.tolist() == [0, 0, 0, 2, 2, 2]


def test_a_target_must_not_have_other_classes(source, tmp_path):
    odd = folders(tmp_path / "odd", {"cup": 3, "hat": 3})
    with pytest.raises(ValueError, match="odd has classes that the source lacks: hat; remove"):
        task(source, odd).domain(str(odd))


def test_a_folder_can_be_kept_for_scoring(source, target, tmp_path):
    test = folders(tmp_path / "test", {"cup": 2, "pen": 2, "toy": 2}, seed=5)
    found = task(source, target, target_test=str(test), protocol=FullTrain())
    assert len(found.report_data.test) == 6
    assert len(found.training_data.target_adapt) == 12
    flat = picture(tmp_path / "flat" / "a.png").parent
    with pytest.raises(ValueError, match="flat has no class folders; what is scored on needs"):
        task(source, target, target_test=str(flat)).domain(str(target))


def test_copies_of_an_image_stay_on_one_side_of_every_split(target, tmp_path):
    source = tmp_path / "twice"
    for i in range(20):
        for copy in "abc":
            picture(source / "cup" / f"{i}{copy}.png", seed=i)
            picture(source / "pen" / f"{i}{copy}.png", seed=50 + i)
    folders(source, {"toy": 10})
    data = task(source, target, protocol=Inductive()).training_data
    sides = [{i.split("#")[0] for i in s.ids} for s in (data.source_train, data.source_val)]
    assert "cup/0a.png#cup/0b.png" in (*data.source_train.ids, *data.source_val.ids)
    assert len(data.source_val) % 3 == 2  # 2 toys, and all copies of the others
    assert not sides[0] & sides[1]


def test_greys_are_read_as_one_channel(source, target):
    found = task(source, target, channels=1, eval_transform=lambda image: image)
    assert found.in_channels == 1
    batch = next(iter(found.evaluation(found.training_data.source_val)))[0]
    assert batch.shape[1:] == (1, 16, 16)
    assert batch.min() >= -1
    assert batch.max() <= 1


def test_what_is_missing_is_named(source, target, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder .*gone; source and target are"):
        task(tmp_path / "gone", target)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="the source .*empty has no class folders"):
        task(tmp_path / "empty", target)
    with pytest.raises(ValueError, match="empty holds no images; put the images of a domain there"):
        task(source, tmp_path / "empty").domain(str(tmp_path / "empty"))
    (target / "pen2").mkdir()
    (source / "pen2").mkdir()
    with pytest.raises(ValueError, match="the class folder .*shop/pen2 is empty; remove it or"):
        task(source, target).domain(str(source))


def test_what_does_not_belong_is_named(source, target):
    (target / "pen" / "readme.txt").touch()
    with pytest.raises(ValueError, match="desk/pen/readme.txt is no image, going by its name"):
        task(source, target).domain(str(target))
    (target / "pen" / "readme.txt").unlink()
    picture(target / "loose.png")
    with pytest.raises(ValueError, match="both class folders and images such as loose.png"):
        task(source, target).domain(str(target))


def test_a_file_that_is_no_image_is_named_when_it_is_read(source, target):
    (target / "pen" / "000.png").write_text("no image")
    found = task(source, target)
    with pytest.raises(ValueError, match="desk/pen/000.png cannot be read as an image"):
        list(found.evaluation(found.unlabeled_target()))


@pytest.mark.parametrize("cache", [False, True])
def test_a_training_from_files_runs_from_the_command_line(source, target, tmp_path, cache):
    config = {
        "seed_everything": 0,
        "data": {
            "class_path": "da.data.ImageFolders",
            "init_args": {
                "source": str(source),
                "target": str(target),
                "size": 32,
                "cache": cache,
                "batch_size": 4,
                "transform": {"class_path": "da.data.RandomCrop", "init_args": {"size": 28}},
                "eval_transform": {"class_path": "da.data.CenterCrop", "init_args": {"size": 28}},
                "strong": {"class_path": "da.data.Strong", "init_args": {"size": 28}},
            },
        },
        "model": {
            "class_path": "da.methods.DANN",
            "init_args": {"backbone": {"class_path": "da.backbones.DigitCNN"}},
        },
        "trainer": {
            "accelerator": "cpu",
            "max_steps": 2,
            "enable_checkpointing": False,
            "enable_progress_bar": False,
        },
    }
    (tmp_path / "run.yaml").write_text(yaml.safe_dump(config))
    cli = DomainAdaptationCLI(args=["--config", str(tmp_path / "run.yaml")], run=False)
    assert cli.model.classifier.out_features == 3
    before = torch.cat([p.detach().flatten().clone() for p in cli.model.parameters()])
    cli.trainer.fit(cli.model, cli.datamodule)
    after = torch.cat([p.detach().flatten() for p in cli.model.parameters()])
    assert cli.trainer.global_step == 2
    assert not torch.equal(before, after)
