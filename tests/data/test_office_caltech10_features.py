import numpy as np
import pytest
import torch
from scipy.io import savemat

from da.acquisition import checksums
from da.data import OfficeCaltech10Features, PerClass, Transductive

SIZES = {"amazon": 958, "caltech10": 1123, "dslr": 157, "webcam": 295}


def write(root, kind, width, **changes):
    """Write features as they are distributed: fts, and labels from 1 to 10 in a row or column."""
    folder = root / "office_caltech10" / "features" / kind
    folder.mkdir(parents=True)
    for seed, (name, size) in enumerate(SIZES.items()):
        rng = np.random.default_rng(seed)
        labels = np.sort(np.arange(size) % 10) + 1
        content = {"fts": rng.integers(0, 9, (size, width)).astype(np.uint8), "labels": labels}
        savemat(folder / f"{name}.mat", {**content, **changes})


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Small words of a generated SURF; what verifies the true files is tested where it is."""
    monkeypatch.setattr(checksums, "verify", lambda path, file: None)
    write(tmp_path, "surf", 800)
    return str(tmp_path)


def test_each_domain_has_its_samples_and_classes_from_zero(root):
    task = OfficeCaltech10Features("amazon", "webcam", root=root)
    for name, size in zip(task.domains, SIZES.values(), strict=True):
        domain = task.domain(name)
        assert domain.test is None
        assert len(domain.train) == size
        assert domain.train.inputs.shape == (size, task.in_channels)
        assert set(domain.train.labels.tolist()) == set(range(10))
        assert domain.train.labels.tolist() == sorted(domain.train.labels.tolist())
    assert (task.num_classes, task.class_names[0], task.class_names[9]) == (
        10,
        "backpack",
        "projector",
    )


def test_histograms_become_shares_and_each_domain_is_standardized_by_itself(root):
    options = {"root": root, "protocol": Transductive()}
    task = OfficeCaltech10Features("amazon", "webcam", **options)
    assert task.split()["scaling"] == {"normalize": "l1", "standardize": "each"}
    for part in (task.training_data.source_train, task.training_data.target_adapt):
        torch.testing.assert_close(part.inputs.mean(0), torch.zeros(800), atol=1e-4, rtol=0.0)
        torch.testing.assert_close(
            part.inputs.std(0, correction=0), torch.ones(800), atol=1e-4, rtol=0.0
        )
    raw = OfficeCaltech10Features("amazon", "webcam", standardize="none", **options)
    torch.testing.assert_close(raw.report_data.test.inputs.sum(1), torch.ones(295))


def test_few_labels_a_class_are_drawn_from_the_source_alone(root):
    protocol = PerClass(count=20, exceptions={"dslr": 8})
    for source, count in (("webcam", 20), ("dslr", 8)):
        task = OfficeCaltech10Features(source, "amazon", root=root, protocol=protocol)
        assert torch.bincount(task.training_data.source_train.labels).tolist() == [count] * 10
        assert len(task.training_data.target_adapt) == len(task.report_data.test) == 958


def test_other_features_are_another_file_and_width(tmp_path, monkeypatch):
    monkeypatch.setattr(checksums, "verify", lambda path, file: None)
    for folder, kind, width in (
        ("GoogleNet1024", "googlenet1024", 1024),
        ("decaf6", "decaf6", 4096),
        ("CaffeNet4096", "caffenet4096", 4096),
    ):
        write(tmp_path, folder, width)
        task = OfficeCaltech10Features("dslr", "webcam", features=kind, root=str(tmp_path))
        assert task.in_channels == task.domain("dslr").train.inputs.shape[1] == width


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fts": np.ones((5, 800)), "labels": np.ones(5)}, "should hold 157 .* it holds 5 of 800"),
        ({"fts": np.ones((157, 800)), "labels": np.ones(157)}, "dslr.mat should be 1 to 10; get"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, monkeypatch, changes, sentence):
    monkeypatch.setattr(checksums, "verify", lambda path, file: None)
    write(tmp_path, "surf", 800, **changes)
    with pytest.raises(ValueError, match=sentence):
        OfficeCaltech10Features("dslr", "webcam", root=str(tmp_path)).domain("dslr")


def test_a_file_that_is_not_the_published_one_is_never_parsed(tmp_path):
    write(tmp_path, "surf", 800)
    with pytest.raises(ValueError, match="amazon.mat is corrupt"):
        OfficeCaltech10Features("amazon", "dslr", root=str(tmp_path)).domain("amazon")


def test_a_missing_file_is_named(root):
    with pytest.raises(FileNotFoundError, match="GoogleNet1024/amazon.mat is missing"):
        _ = OfficeCaltech10Features("amazon", "dslr", features="googlenet1024", root=root).scene
