"""A network that a configuration names without arguments has the defaults of its class.

The parser hands on what the network had that was named before, or is the default, where the classes
have an argument of the same name: its defaults too.
"""

import inspect
import json
from functools import partial

import pytest
from jsonargparse import ArgumentParser

import da.backbones
from da.backbones import Backbone
from da.methods import DomainAdaptation

EXPORTED = [getattr(da.backbones, name) for name in da.backbones.__all__]
NETWORKS = [
    x
    for x in EXPORTED
    if inspect.isclass(x) and issubclass(x, Backbone) and not inspect.isabstract(x)
]


@pytest.mark.parametrize("cls", NETWORKS)
def test_a_named_network_has_its_own_defaults(cls):
    alone, parser = (ArgumentParser(exit_on_error=False) for _ in range(2))
    alone.add_class_arguments(cls, "network", skip={"in_channels"})
    own = alone.get_defaults().as_dict().get("network", {})
    needed = {k: "x" for k, p in inspect.signature(cls).parameters.items() if p.default is p.empty}
    needed.pop("in_channels", None)
    parser.add_subclass_arguments(DomainAdaptation, "model")
    network = {"class_path": f"da.backbones.{cls.__name__}", "init_args": needed}
    arguments = {"num_classes": 10, "in_channels": 3, "backbone": network}
    model = {"class_path": "da.methods.SourceOnly", "init_args": arguments}
    parsed = parser.parse_object({"model": model}).model.init_args.backbone.init_args
    as_data = partial(json.dumps, sort_keys=True)  # lists and tuples alike
    assert as_data(parsed.as_dict()) == as_data({**own, **needed})


def test_there_are_networks():
    assert len(NETWORKS) >= 6
