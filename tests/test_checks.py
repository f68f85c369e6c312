from typing import Any

import pytest
from jsonargparse import Namespace

from da.checks import check_links, check_nulls, check_options, check_seed


class Parent:
    def __init__(self, size: int, name: str | None = None) -> None: ...


class Child(Parent):
    def __init__(self, *, rate: float = 1.0, other: Any = None, **kwargs: Any) -> None: ...


def spec(**arguments):
    return Namespace(class_path=f"{__name__}.Child", init_args=Namespace(**arguments))


def test_null_is_refused_where_the_type_does_not_allow_it():
    with pytest.raises(ValueError, match=r"model\.rate is null, but must be float"):
        check_nulls(Namespace(model=spec(rate=None)))


def test_arguments_of_parents_are_checked():
    with pytest.raises(ValueError, match=r"model\.size is null, but must be int"):
        check_nulls(Namespace(model=spec(size=None)))


def test_classes_in_lists_and_in_classes_are_checked():
    with pytest.raises(ValueError, match=r"trainer\.callbacks\.1\.other\.rate is null"):
        check_nulls(Namespace(trainer=Namespace(callbacks=[spec(), spec(other=spec(rate=None))])))


def test_null_is_accepted_where_the_type_allows_it():
    check_nulls(Namespace(model=spec(name=None, other=None, rate=2.0), logger=None))


@pytest.mark.parametrize("arg", ["--data.seed", "--data.init_args.seed=3", "--model.num_classes"])
def test_options_that_would_be_overridden_are_refused(arg):
    with pytest.raises(ValueError, match=r"^(data\.seed|model\.num_classes) cannot be chosen: "):
        check_options(["fit", arg, "3"])


def test_other_options_pass():
    check_options(["fit", "--data.seeds", "--seed_everything", "3", "data.seed"])


def test_what_the_data_decides_is_refused_in_files():
    with pytest.raises(ValueError, match=r"model\.num_classes cannot be chosen.* got 5"):
        check_links(Namespace(model=Namespace(init_args=Namespace(num_classes=5))))
    check_links(Namespace(model=Namespace(init_args=Namespace(num_classes=None, in_channels=3))))


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(ValueError, match=f"got seed_everything={seed}"):
        check_seed(Namespace(seed_everything=seed))
    check_seed(Namespace(seed_everything=2**32 - 1))
