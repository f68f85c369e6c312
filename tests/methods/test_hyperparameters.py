import math
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from da.backbones import MLP, DigitCNN
from da.methods import DAN, SourceOnly, load
from da.methods.hyperparameters import as_spec
from da.schedules import IterationDecay, Restarted, inverse_decay


def scaled(progress: float, shape=inverse_decay, factor: float = 1.0) -> float:
    return factor * shape(progress)


@pytest.mark.parametrize(
    ("value", "spec"),
    [
        (0.5, 0.5),
        ("joint", "joint"),
        (None, None),
        ((3, 4), (3, 4)),
        (DigitCNN, "da.backbones.digits.DigitCNN"),
        (math.cos, "math.cos"),
        (
            partial(MLP, hidden=(3, 4)),
            {"class_path": "da.backbones.mlp.MLP", "init_args": {"hidden": (3, 4)}},
        ),
        (
            partial(scaled, shape=partial(math.pow), factor=2.0),
            {
                "class_path": f"{__name__}.scaled",
                "init_args": {"shape": {"class_path": "math.pow", "init_args": {}}, "factor": 2.0},
            },
        ),
        (
            Restarted(at=0.5, schedule=IterationDecay(iterations=7)),
            {
                "class_path": "da.schedules.Restarted",
                "init_args": {
                    "at": 0.5,
                    "schedule": {
                        "class_path": "da.schedules.IterationDecay",
                        "init_args": {"iterations": 7, "gamma": 0.001, "power": 0.75},
                    },
                },
            },
        ),
    ],
)
def test_classes_and_functions_become_import_paths(value, spec):
    assert as_spec(value) == spec


def test_numbers_of_numpy_become_numbers():
    assert type(as_spec(np.float64(0.5))) is float
    assert type(as_spec(np.int64(3))) is int


def test_what_has_no_import_path_is_refused():
    def local(progress):
        return 1.0

    for value in (lambda progress: 1.0, local, partial(local), nn.ReLU()):
        with pytest.raises(
            ValueError, match=r"must have an import path to be saved; got .*; use a"
        ):
            as_spec(value)


def test_a_partial_with_nameless_arguments_is_refused():
    with pytest.raises(ValueError, match="a partial must name its arguments to be saved; got "):
        as_spec(partial(MLP, 2))


def test_a_method_refuses_a_lambda():
    with pytest.raises(ValueError, match="must have an import path to be saved"):
        SourceOnly(num_classes=3, lr_schedule=lambda progress: 1.0)


def save(method, path, trainer):
    """Save a checkpoint as a trainer does, without a run."""
    run = trainer()
    run.strategy.connect(method)
    run.save_checkpoint(path, weights_only=True)
    return path


def features(method):
    return method.eval()(torch.linspace(-1, 1, 8).view(4, 2))


def test_a_checkpoint_of_python_arguments_is_restored(tmp_path, trainer):
    method = DAN(
        num_classes=3,
        in_channels=2,
        backbone=partial(MLP, hidden=(5,)),
        optimizer=partial(torch.optim.SGD, lr=0.2, momentum=0.9),
        lr_schedule=inverse_decay,
        weight=np.float64(2.5),
        estimator="unbiased",
    )
    path = save(method, tmp_path / "method.ckpt", trainer)
    loaded = load(path)
    assert type(loaded) is DAN
    assert torch.equal(features(loaded), features(method))
    assert (loaded.max_weight, loaded.estimator) == (2.5, "unbiased")
    assert loaded.lr_schedule is inverse_decay
    (group,) = loaded.optimizer([nn.Parameter(torch.zeros(1))]).param_groups
    assert (group["lr"], group["momentum"]) == (0.2, 0.9)


def test_a_schedule_with_options_is_restored(tmp_path, trainer):
    schedule = Restarted(at=0.25, schedule=IterationDecay(iterations=7, gamma=0.1))
    method = SourceOnly(
        num_classes=3, in_channels=2, backbone=partial(MLP, hidden=(5,)), lr_schedule=schedule
    )
    assert load(save(method, tmp_path / "method.ckpt", trainer)).lr_schedule == schedule


def test_a_restored_method_can_be_saved_and_restored_again(tmp_path, trainer):
    method = SourceOnly(num_classes=3, in_channels=2, backbone=partial(MLP, hidden=(5,)))
    first = load(save(method, tmp_path / "first.ckpt", trainer))
    second = load(save(first, tmp_path / "second.ckpt", trainer))
    assert dict(second.hparams) == dict(first.hparams) == dict(method.hparams)
    assert torch.equal(features(second), features(method))


def test_hyperparameters_of_one_checkpoint_do_not_leak_into_the_next_method(tmp_path, trainer):
    method = SourceOnly(num_classes=3, in_channels=2, backbone=MLP)
    load(save(method, tmp_path / "method.ckpt", trainer))
    assert SourceOnly(num_classes=4).hparams["num_classes"] == 4


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no checkpoint at .*nothing.ckpt"):
        load(tmp_path / "nothing.ckpt")


@pytest.mark.parametrize("content", [b"", b"no checkpoint", None])
def test_another_file_is_no_checkpoint(tmp_path, content):
    path = tmp_path / "file.ckpt"
    if content is None:
        torch.save({"state_dict": {}}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"file.ckpt is not a checkpoint of a method"):
        load(path)


@pytest.mark.parametrize("class_path", ["torch.nn.Linear", "da.methods.Missing"])
def test_a_checkpoint_of_another_class_is_refused(tmp_path, class_path):
    path = tmp_path / "file.ckpt"
    specs = {"_class_path": class_path, "in_features": 2, "out_features": 2}
    torch.save({"hyper_parameters": specs, "state_dict": {}}, path)
    with pytest.raises(ValueError, match=f"holds {class_path}, which cannot be restored") as error:
        load(path)
    assert "\n" not in str(error.value)


def test_weights_of_another_network_are_refused(tmp_path, trainer):
    path = save(SourceOnly(num_classes=3, in_channels=2, backbone=MLP), tmp_path / "a", trainer)
    checkpoint = torch.load(path, weights_only=True)
    checkpoint["state_dict"].pop("classifier.weight")
    torch.save(checkpoint, path)
    with pytest.raises(
        ValueError, match=r"holds da\.methods.*SourceOnly, which cannot be restored"
    ):
        load(path)


def test_a_checkpoint_runs_no_code(tmp_path):
    path = tmp_path / "file.ckpt"
    torch.save({"hyper_parameters": {"_class_path": math.factorial}, "state_dict": {}}, path)
    with pytest.raises(ValueError, match="is not a checkpoint of a method"):
        load(path)
