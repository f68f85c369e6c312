"""Options are read from constructors and docstrings."""

from functools import partial
from typing import Any

from da.methods import CDAN, DANN, DomainAdaptation, Joint
from da.overview.arguments import Argument, arguments

LARGEST = partial(max, key=None)


class Short(DANN):
    """A method.

    Args:
        width: Units, of which
            there are few.
        backbone: Never told.
        loud: Whether it is.
        rate: Made so.

    Raises:
        ValueError: Never.
    """

    def __init__(
        self, *, width: int = 7, loud: bool = False, rate: Any = LARGEST, **kwargs
    ) -> None:
        super().__init__(width=width, **kwargs)


def test_own_options_come_first_and_hide_those_of_the_bases():
    found = arguments(Short)
    assert found[:3] == [
        Argument("width", "7", "Units, of which there are few."),
        Argument("loud", "false", "Whether it is."),
        Argument("rate", "max(key=null)", "Made so."),
    ]
    names = [a.name for a in found]
    assert len(names) == len(set(names))
    assert {"depth", "weight", "ramp"} < set(names)


def test_options_of_every_method_are_left_out():
    assert arguments(DomainAdaptation) == []
    for cls in (CDAN, Joint):  # the latter takes some of them itself
        assert not {"backbone", "optimizer", "num_classes"} & {a.name for a in arguments(cls)}


def test_every_option_of_a_base_has_its_default_and_its_meaning():
    found = {a.name: a for a in arguments(CDAN)}
    assert found["weight"].default == "1.0"
    assert found["ramp"].default == "da.schedules.sigmoid_ramp"
    assert all(a.meaning for a in found.values())


def test_an_option_without_default_says_so():
    (terms,) = (a for a in arguments(Joint) if a.name == "terms")
    assert terms.default == ""
