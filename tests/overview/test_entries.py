"""Every method states what a reader has to know before trusting it."""

import inspect

import pytest
import yaml

import da.methods
from da.benchmark import grid
from da.methods import CDAN, DANN, MCC, DomainAdaptation
from da.overview.citation import cite
from da.overview.entries import FAMILIES, comment_of, description, entries, find

ENTRIES = entries()
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)


@each
def test_states_its_family_label_spaces_assumption_and_harm(entry):
    assert entry.family in FAMILIES
    assert entry.settings
    assert set(entry.settings) <= {"closed-set", "partial"}
    for fact in ("assumes", "hurts"):
        # its own, not one that it has from the method that it is built on
        assert 5 < len(vars(entry.stating)[fact]) < 90
        assert not vars(entry.stating)[fact].endswith(".")


@each
def test_cites_a_paper_unless_nothing_is_adapted(entry):
    if entry.stating.__name__ == "NoAdaptation":
        return
    assert 1990 <= entry.paper.year <= 2100
    assert entry.paper.authors


def test_each_exported_method_has_a_file_and_a_paper_with_title_and_address():
    exported = [getattr(da.methods, name) for name in da.methods.__all__]
    methods = {c for c in exported if inspect.isclass(c) and issubclass(c, DomainAdaptation)}
    concrete = {c for c in methods if not inspect.isabstract(c)}
    assert concrete == {entry.method for entry in ENTRIES}
    for entry in ENTRIES:
        if not entry.like and entry.stating is entry.method:
            assert entry.paper.title, entry.name
            address = entry.paper.url or entry.name in ADDRESS_OF_ANOTHER
            assert address, entry.name


#: Older papers without an open address; the one in the docstring is that of a later use.
ADDRESS_OF_ANOTHER = {"information_maximization", "min_ent", "pseudo_label"}


@each
def test_docstring_and_file_cite_the_same_paper(entry):
    own, comment = cite(description(entry.stating)), cite(comment_of(entry.path))
    if own and comment and not entry.like and entry.name not in FILE_OF_ANOTHER:
        assert (comment.authors.split()[0].strip(","), comment.year) == (
            own.authors.split()[0].strip(","),
            own.year,
        )


#: Their files name who proposed the settings rather than the method.
FILE_OF_ANOTHER = {"information_maximization", "mean_coral", "shallow_ot_sinkhorn"}


def test_variants_and_sums_are_like_the_methods_that_they_are_made_of():
    assert find("cdan").like == ()
    assert find("cdan_bsp").like == (CDAN,)
    assert find("cdan_bsp").assumes == "as CDAN"
    assert find("cdan_bsp").paper.short == "Chen et al., ICML 2019"
    assert find("dann_mcc").like == (DANN, MCC)
    assert find("dann_mcc").hurts == "as DANN and MCC"


def test_methods_come_by_family_and_name():
    families = [entry.family for entry in ENTRIES]
    assert list(dict.fromkeys(families)) == [f for f in FAMILIES if f in families]
    adversarial = [entry.name for entry in ENTRIES if entry.family == "adversarial"]
    assert adversarial == sorted(adversarial)


def test_label_spaces_are_those_of_the_papers():
    partial = {e.name for e in ENTRIES if e.settings == ("partial",)}
    assert partial == {"ba3us", "iwan", "pada"}
    assert "partial" in find("jumbot").settings
    assert "partial" not in find("dann").settings


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    """Return a function that writes the file of a method of one's own."""

    def write(class_path):
        model = {"model": {"class_path": class_path}}
        (tmp_path / "methods").mkdir()
        (tmp_path / "methods" / "mine.yaml").write_text(yaml.dump(model))
        monkeypatch.setattr("da.benchmark.method_files.folder", lambda name: tmp_path)
        return tmp_path / "methods" / "mine.yaml"

    return write


class Silent(DANN):
    pass


def test_a_method_that_states_nothing_is_listed_all_the_same(own_file):
    class_path = f"{Silent.__module__}.Silent"
    own_file(class_path)
    entry = find("mine")
    assert entry.class_path == class_path
    assert entry.paper is entry.cost is None


def test_a_class_that_does_not_exist_is_told_with_its_file(own_file):
    path = own_file("da.methods.Nothing")
    with pytest.raises(ValueError, match=f"{path} names the class da.methods.Nothing, which "):
        find("mine")


def test_a_name_that_does_not_exist_is_told():
    with pytest.raises(ValueError, match="there is no method 'dan_n'; did you mean 'dann'"):
        find("dan_n")
    assert (grid.folder("experiments") / "methods" / "dann.yaml").is_file()
