import inspect

import pytest

import da.backbones
from da.backbones import Backbone


def test_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Backbone()


@pytest.mark.parametrize("name", da.backbones.__all__)
def test_every_backbone_is_made_from_a_number_of_channels(name):
    if name == "Timm":
        pytest.importorskip("timm")  # an extra
    cls = getattr(da.backbones, name)
    if issubclass(cls, Backbone) and not inspect.isabstract(cls):
        assert next(iter(inspect.signature(cls).parameters)) == "in_channels"
        assert cls(2).out_features > 0
