import re
from collections import Counter

import pytest

from da.acquisition import checksums
from da.acquisition.contents import FORMATS
from da.acquisition.manifest import FOLDER, load, names
from da.acquisition.root import find

WANTED = [
    "amazon-reviews",
    "bsds500",
    "domainnet",
    "image-clef",
    "mnist",
    "mnist-m",
    "office-31",
    "office-caltech10",
    "office-home",
    "pacs",
    "svhn",
    "syn-digits",
    "usps",
    "usps-raw",
    "visda-2017",
    "vlcs",
]


def test_these_data_sets_are_known():
    assert names() == WANTED


@pytest.mark.parametrize("name", WANTED)
def test_a_manifest_says_who_made_it_and_how_it_is_come_by(name):
    manifest = load(name)
    assert set(manifest.citation) == {"authors", "title", "venue", "year", "url"}
    assert manifest.title
    assert manifest.licence.endswith(".")
    assert manifest.downloads or manifest.manual
    for part in manifest.parts:
        for need in part.needs:
            load(need)


@pytest.mark.parametrize("name", WANTED)
def test_checksums_and_addresses_have_their_form(name):
    manifest = load(name)
    archives = [archive for part in manifest.parts for archive in part.archives]
    for item in [*manifest.files, *archives]:
        for version in item.versions:
            assert re.fullmatch("[0-9a-f]{64}", version.sha256 or "0" * 64)
            assert re.fullmatch("[0-9a-f]{32}", version.md5 or "0" * 32)
            assert version.sha256 or version.md5
        assert all(re.match("https?://[^ ]+$", url) for url in item.sources)
        assert len(set(item.sources)) == len(item.sources)
    for file in manifest.files:
        assert file.format in FORMATS
        assert set(file.at) <= set(file.counts)
        assert set(file.pack) <= set(file.members)


@pytest.mark.parametrize("name", WANTED)
def test_the_numbers_of_images_agree(name):
    """Total, images of each class, and checksums are from different sources."""
    for tree in load(name).trees:
        if tree.counts:
            assert len(tree.counts) == len(tree.classes)
            assert sum(tree.counts) == tree.total
        if tree.classes:
            assert list(tree.classes) == sorted(tree.classes)
        if tree.checksums:
            table = checksums.table(FOLDER / tree.checksums)
            if not tree.classes:
                assert len(table[tree.domain]) == tree.total
            for label, count in zip(tree.classes, tree.counts, strict=True):
                assert len(table[f"{tree.domain}/{label}"]) == count


def test_every_table_of_checksums_is_used():
    used = {tree.checksums for name in WANTED for tree in load(name).trees} - {""}
    assert {path.name for path in FOLDER.glob("*.sums")} == used


@pytest.mark.parametrize("name", WANTED)
def test_each_place_where_it_may_lie_is_found_and_the_first_wins(name, tmp_path):
    manifest = load(name)
    assert Counter(manifest.folders).most_common(1)[0][1] == 1
    assert find(manifest, tmp_path) is None
    for candidate in reversed(manifest.folders):
        for tree in manifest.trees[:1]:
            (tmp_path / candidate / tree.paths[0]).mkdir(parents=True, exist_ok=True)
        if not manifest.trees:
            path = tmp_path / candidate / manifest.files[0].path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        assert find(manifest, tmp_path) == tmp_path / candidate


def test_the_files_of_a_part_have_a_mirror_each_or_none_at_all():
    """Half a part is of no use to anyone."""
    for name in WANTED:
        for part in load(name).parts:
            assert len({bool(f.sources or f.pack) for f in part.files}) <= 1, (name, part.name)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("title: x\nlicense: y", "a manifest has no 'license'"),
        ("parts: [{name: x, files: [{path: a, url: b}]}]", "a file has no 'url'"),
        ("parts: [{files: []}]", "missing .*: 'name'"),
    ],
)
def test_a_mistake_in_a_manifest_is_told_with_its_file(tmp_path, content, sentence):
    (tmp_path / "x.yaml").write_text(content)
    with pytest.raises(ValueError, match=f"x.yaml: .*{sentence}"):
        load("x", tmp_path)


def test_a_wrong_name_is_told():
    with pytest.raises(ValueError, match="no data set 'ofice-31'; did you mean 'office-31'?"):
        load("ofice-31")
