"""A class that a configuration names without arguments has its own defaults.

The parser hands on what was there before where the classes share a name: its defaults too.
"""

import inspect
import json
from functools import partial

import pytest
import torch
import yaml
from jsonargparse import ArgumentParser, _typehints
from pytorch_lightning import Trainer

import da.backbones
from da.backbones import MLP, Backbone
from da.cli import DomainAdaptationCLI
from da.data.gaussians import Gaussians
from da.methods import DomainAdaptation, SourceOnly, load
from da.parsing import own_defaults

EXPORTED = [getattr(da.backbones, name) for name in da.backbones.__all__]
NETWORKS = [
    x
    for x in EXPORTED
    if inspect.isclass(x) and issubclass(x, Backbone) and not inspect.isabstract(x)
]
OPTIMIZERS = ["Adagrad", "AdamW", "NAdam", "RMSprop", "SGD"]  # each differs from Adam somewhere


def parsed(argument, spec):
    """Return how an argument of source-only reads after parsing."""
    parser = ArgumentParser(exit_on_error=False)
    parser.add_subclass_arguments(DomainAdaptation, "model")
    arguments = {"num_classes": 10, "in_channels": 3, argument: spec}
    model = {"class_path": "da.methods.SourceOnly", "init_args": arguments}
    with own_defaults():
        return parser.parse_object({"model": model}).model.init_args[argument].init_args.as_dict()


def defaults(cls, *skipped):
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(cls, "x", skip=set(skipped), fail_untyped=False)
    return parser.get_defaults().as_dict().get("x", {})


as_data = partial(json.dumps, sort_keys=True)  # lists and tuples alike


@pytest.mark.parametrize("cls", NETWORKS)
def test_a_network_has_its_own_defaults(cls):
    needed = {k: "x" for k, p in inspect.signature(cls).parameters.items() if p.default is p.empty}
    needed.pop("in_channels", None)
    network = {"class_path": f"da.backbones.{cls.__name__}", "init_args": needed}
    own = {**defaults(cls, "in_channels"), **needed}
    assert as_data(parsed("backbone", network)) == as_data(own)


def test_there_are_networks():
    assert len(NETWORKS) >= 6


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("spec", [lambda path: path, lambda path: {"class_path": path}])
def test_an_optimizer_has_its_own_defaults(name, spec):
    cls = getattr(torch.optim, name)
    assert parsed("optimizer", spec(f"torch.optim.{name}")) == defaults(cls, "params")
    assert defaults(cls, "params") != defaults(torch.optim.Adam, "params")


def test_what_a_configuration_says_is_kept():
    spec = {"class_path": "torch.optim.AdamW", "init_args": {"lr": 0.5, "eps": 1e-8}}
    assert parsed("optimizer", spec) == {**defaults(torch.optim.AdamW, "params"), "lr": 0.5}


BASE = {
    "data": {"class_path": "da.data.gaussians.Gaussians"},
    "model": {
        "class_path": "da.methods.SourceOnly",
        "init_args": {
            "backbone": {"class_path": "da.backbones.MLP", "init_args": {"hidden": [8]}},
            "optimizer": {"class_path": "torch.optim.Adam", "init_args": {"lr": 0.25}},
        },
    },
}


@pytest.mark.parametrize("how", ["file", "option"])
def test_a_later_choice_keeps_what_was_said_and_no_default_of_the_earlier(tmp_path, how):
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(BASE))
    later = {"model": {"init_args": {"optimizer": {"class_path": "torch.optim.AdamW"}}}}
    (tmp_path / "later.yaml").write_text(yaml.safe_dump(later))
    choice = {
        "file": ["-c", str(tmp_path / "later.yaml")],
        "option": ["--model.init_args.optimizer=torch.optim.AdamW"],
    }[how]
    cli = DomainAdaptationCLI(["-c", str(tmp_path / "base.yaml"), *choice], run=False)
    optimizer = cli.config.model.init_args.optimizer
    assert optimizer.class_path == "torch.optim.AdamW"
    assert (optimizer.init_args.lr, optimizer.init_args.weight_decay) == (0.25, 0.01)


def test_another_method_has_its_own_defaults(tmp_path):
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(BASE))
    chosen = ["--model=da.methods.DANN", "--model.init_args.width=7", "--model=da.methods.MDD"]
    cli = DomainAdaptationCLI(["-c", str(tmp_path / "base.yaml"), *chosen], run=False)
    arguments = cli.config.model.init_args
    assert arguments.optimizer.init_args.lr == 0.25
    assert arguments.width == 7
    assert arguments.depth == defaults(da.methods.MDD)["depth"]
    assert arguments.depth != defaults(da.methods.DANN)["depth"]


def test_a_loaded_method_is_what_was_saved(tmp_path):
    backbone = partial(MLP, hidden=[8])
    method = SourceOnly(
        num_classes=2, in_channels=1, backbone=backbone, optimizer=torch.optim.RMSprop
    )
    trainer = Trainer(
        max_steps=1, accelerator="cpu", logger=False, default_root_dir=tmp_path,
        enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False,
    )  # fmt: skip
    trainer.fit(method, Gaussians(size=40, batch_size=10))
    trainer.save_checkpoint(tmp_path / "a.ckpt", weights_only=False)
    optimizer = load(tmp_path / "a.ckpt").optimizer(list(method.parameters()))
    assert isinstance(optimizer, torch.optim.RMSprop)
    assert optimizer.defaults["lr"] == torch.optim.RMSprop(method.parameters()).defaults["lr"]


def test_the_parser_of_others_is_left_as_it_was():
    before = _typehints.discard_init_args_on_class_path_change
    with pytest.raises(KeyError), own_defaults():
        raise KeyError
    assert _typehints.discard_init_args_on_class_path_change is before
