from functools import partial

import pytest
import torch
from PIL import Image
from torch.utils.data import Dataset, IterableDataset, TensorDataset

from da.backbones import MLP
from da.cli import DomainAdaptationCLI
from da.data import Datasets, Inputs, Transductive, loaders
from da.methods import DANN, AdaBN, SourceOnly

N = 40


class Pairs(Dataset):
    """Vectors or images, with labels or without."""

    def __init__(self, seed, make=lambda rng: torch.randn(5, generator=rng), labels=True, n=N):
        rng = torch.Generator().manual_seed(seed)
        self.inputs = [make(rng) for _ in range(n)]
        self.labels = torch.randint(3, (n,), generator=rng) if labels else None

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, i):
        return self.inputs[i] if self.labels is None else (self.inputs[i], self.labels[i])


def pixels(rng):
    return torch.randint(256, (3, 6, 7), generator=rng, dtype=torch.uint8)


def photo(rng):
    return Image.fromarray(pixels(rng).permute(1, 2, 0).numpy())


class Stream(IterableDataset):
    def __iter__(self):
        return iter(())


class Named(Datasets):
    """What the docstring recommends for benchmarks."""

    domains = ("first", "second")

    def __init__(self, source: str, target: str, **kwargs):
        read = {name: Pairs(i) for i, name in enumerate(self.domains)}
        names = (source, target)
        super().__init__(read[source], read[target], num_classes=3, names=names, **kwargs)


@pytest.mark.parametrize("in_memory", [False, True])
def test_vectors_become_float_samples_with_labels(in_memory):
    source = Pairs(0, lambda rng: torch.randn(5, generator=rng, dtype=torch.float64))
    task = Datasets(source, Pairs(1), in_memory=in_memory, protocol=Transductive())
    assert (task.num_classes, task.in_channels, task.domains) == (3, 5, ("source", "target"))
    train = task.training_data.source_train
    assert torch.equal(train.labels, source.labels)
    inputs = torch.cat(list(task.evaluation(train.without_labels())))
    torch.testing.assert_close(inputs, torch.stack(source.inputs).float())
    assert isinstance(train.inputs, torch.Tensor) == in_memory


@pytest.mark.parametrize("in_memory", [False, True])
@pytest.mark.parametrize("make", [pixels, photo, lambda rng: pixels(rng).float() / 255])
def test_images_are_the_same_bytes_in_any_form(make, in_memory):
    task = Datasets(Pairs(0, make), Pairs(1, make), in_memory=in_memory)
    assert task.in_channels == 3
    expected = Pairs(0, pixels).inputs
    images = task.domain("source").train.inputs
    read = images if in_memory else [images.read(i) for i in range(N)]
    assert all(torch.equal(a, b) for a, b in zip(read, expected, strict=True))


def test_grey_photographs_become_coloured_ones():
    task = Datasets(Pairs(0, lambda rng: photo(rng).convert("L")), Pairs(1, photo))
    assert task.domain("source").train.inputs.read(0).shape == (3, 6, 7)


def test_workers_read_the_same_batches(trainer, monkeypatch):
    monkeypatch.setattr(loaders, "THREADS", 2)  # of more workers than cores torch would warn
    batches = []
    for workers in (0, 2, 999):
        task = Datasets(Pairs(0, pixels), Pairs(1, pixels), batch_size=4, workers=workers)
        task.trainer = trainer(max_steps=3)
        batches.append(list(task.train_dataloader()))
    for one, *others in zip(*batches, strict=True):
        for other in others:
            assert torch.equal(one["target"], other["target"])
            assert torch.equal(one["source"][0], other["source"][0])


@pytest.mark.parametrize("method", [SourceOnly, DANN, AdaBN])
@pytest.mark.parametrize("labels", [True, False])
def test_a_trainer_fits_two_datasets(trainer, method, labels):
    task = Datasets(Pairs(0), Pairs(1, labels=labels), batch_size=8, num_classes=3)
    network = method(
        num_classes=task.num_classes,
        in_channels=task.in_channels,
        backbone=partial(MLP, hidden=(4,), batch_norm=True),
    )
    run = trainer(max_steps=3)
    run.fit(network, task)
    assert run.global_step == 3
    assert len(torch.cat(run.predict(network, task))) == (32 if labels else N)


def test_permuted_target_labels_change_nothing_that_training_sees(trainer):
    target, permuted = Pairs(1), Pairs(1)
    permuted.labels = permuted.labels.flip(0)
    tasks = [Datasets(Pairs(0), t, batch_size=8) for t in (target, permuted)]
    for task in tasks:
        task.trainer = trainer(max_steps=4)
        assert type(task.training_data.target_adapt) is Inputs
    for one, other in zip(*(task.train_dataloader() for task in tasks), strict=True):
        assert torch.equal(one["target"], other["target"])
        assert torch.equal(one["source"][0], other["source"][0])
        assert torch.equal(one["source"][1], other["source"][1])
    labels = [task.report_data.test.labels for task in tasks]
    assert not torch.equal(*labels)


def test_test_items_are_scored_on_and_a_target_without_any_is_not_measured():
    task = Datasets(Pairs(0), Pairs(1), target_test=Pairs(2, n=11))
    assert len(task.report_data.test) == 11
    assert len(task.training_data.target_adapt) + len(task.training_data.target_val) == N
    with pytest.raises(ValueError, match="the target 'target' has no labels to measure with"):
        _ = Datasets(Pairs(0), Pairs(1, labels=False)).report_data
    unlabeled = Datasets(Pairs(0), Pairs(1), target_test=Pairs(2, labels=False))
    with pytest.raises(ValueError, match="the items of target_test have no labels"):
        unlabeled.domain("target")


def test_classes_and_domains_can_be_named():
    task = Datasets(Pairs(0), Pairs(1), class_names=["a", "b", "c"], names=("x", "y"))
    assert (task.num_classes, task.class_names) == (3, ["a", "b", "c"])
    assert (task.domains, task.domain("y").train.ids[0]) == (("x", "y"), "y-000000")
    assert Datasets(Pairs(0), Pairs(1)).class_names == ["0", "1", "2"]
    with pytest.raises(ValueError, match="4 classes have 4 names; got"):
        Datasets(Pairs(0), Pairs(1), class_names=["a", "b", "c"], num_classes=4)


def test_a_class_of_its_own_is_built_from_a_configuration():
    arguments = {"source": "second", "target": "first", "batch_size": 8}
    built = DomainAdaptationCLI(
        args={
            "model": {
                "class_path": "da.methods.DANN",
                "init_args": {"backbone": {"class_path": "da.backbones.MLP"}},
            },
            "data": {"class_path": f"{__name__}.Named", "init_args": arguments},
        },
        run=False,
    )
    assert built.model.classifier.out_features == 3
    assert built.datamodule.training_data.source_train.ids[0].startswith("second-")


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        (Pairs(0, labels=False), Pairs(1), "an item of the source is .input, label.; those of"),
        (Pairs(0), Pairs(1, n=0), "the target dataset has no items; give at least one"),
        (Pairs(0), Stream(), "no length .* got Stream; give a map"),
        (TensorDataset(torch.zeros(4, 5), torch.full((4,), 3)), Pairs(1), "0 to 2; got 3 to 3"),
        (
            TensorDataset(torch.zeros(4, 5), torch.zeros(4)),
            Pairs(1),
            "item 0 of 'source' is no int",
        ),
    ],
)
def test_datasets_that_will_not_do_are_one_sentence(source, target, sentence):
    with pytest.raises(ValueError, match=sentence):
        _ = Datasets(source, target, num_classes=3).training_data


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda rng: torch.randn(3, 4, 4, generator=rng), "pixels from -.*; give images in .0, 1."),
        (lambda rng: torch.full((3, 4, 4), torch.nan), "pixels from nan to nan"),
        (lambda rng: torch.zeros(4, 4), r"item 0 of 'source' is a tensor \(4, 4\); an input is"),
        (lambda rng: {"x": 1}, "item 0 of 'source' is dict; an input is a PIL image, a tensor"),
    ],
)
def test_inputs_that_will_not_do_are_one_sentence(make, sentence):
    task = Datasets(Pairs(0, make), Pairs(1))
    with pytest.raises(ValueError, match=sentence):
        task.domain("source").train.inputs.read(0)


def test_inputs_of_several_sizes_do_not_fit_in_one_tensor():
    def growing(rng):
        growing.side += 1
        return torch.zeros(3, growing.side, 4)

    growing.side = 0
    task = Datasets(Pairs(0, growing), Pairs(1), in_memory=True)
    with pytest.raises(ValueError, match="the inputs of 'source' have several sizes, such as"):
        task.domain("source")
