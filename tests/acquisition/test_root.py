import os
import shutil

import pytest

from da.acquisition import checksums, data_root, file, locate, manifest, root, tree

from .conftest import known

BODY = b"one\ntwo\n"


@pytest.fixture
def tiny(small, monkeypatch):
    """A data set of a file and of images, known to the functions that readers call."""
    trees = [{"domain": "photos", "paths": ["photos/images", "photos"], "total": 1}]
    name = small.manifest(
        {"files": [{"path": "x.txt", **known(BODY)}], "trees": trees}, manual="ask us"
    )
    monkeypatch.setattr(root, "load", lambda name: manifest.load(name, small.manifests))
    small.name = name
    return small


def test_the_root_is_the_argument_else_the_environment_else_data(monkeypatch, tmp_path):
    monkeypatch.delenv("DA_DATA_ROOT", raising=False)
    assert str(data_root()) == "data"
    monkeypatch.setenv("DA_DATA_ROOT", "~/sets")
    assert data_root() == data_root(os.path.expanduser("~/sets"))
    assert data_root(tmp_path) == tmp_path


def test_a_data_set_is_found_by_any_of_its_files(tiny, monkeypatch):
    monkeypatch.setenv("DA_DATA_ROOT", str(tiny.root))
    (tiny.root / "tiny").mkdir()
    path = tiny.write("Tiny/x.txt", BODY)
    assert locate(tiny.name) == path.parent
    assert file(tiny.name, "x.txt") == path


def test_what_is_absent_is_told_with_the_way_to_get_it(tiny):
    with pytest.raises(FileNotFoundError, match=f"'{tiny.name}' is not below .*/root; ask us"):
        locate(tiny.name, tiny.root)
    tiny.write("tiny/x.txt", BODY)
    with pytest.raises(FileNotFoundError, match=r"tiny/photos/images is missing; ask us"):
        tree(tiny.name, "photos", tiny.root)
    shutil.rmtree(tiny.root / "tiny")
    (tiny.root / "tiny" / "photos").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match=r"tiny/x.txt is missing; ask us"):
        file(tiny.name, "x.txt", tiny.root)
    assert tree(tiny.name, "photos", tiny.root) == tiny.root / "tiny" / "photos"


def test_the_command_is_told_where_there_is_a_mirror(tmp_path):
    with pytest.raises(FileNotFoundError, match="get it with: da data get mnist$"):
        locate("mnist", tmp_path)


@pytest.mark.parametrize("body", [BODY[:-1], BODY[:-1] + b"?", b""])
def test_a_corrupt_file_is_named(tiny, body):
    path = tiny.write("tiny/x.txt", body)
    with pytest.raises(ValueError, match=f"{path} is corrupt: its {len(body)} bytes .* 8 bytes;"):
        file(tiny.name, "x.txt", tiny.root)


def test_a_file_of_another_size_is_not_read_to_know_that_it_is_wrong(tiny, monkeypatch):
    tiny.write("tiny/x.txt", BODY * 2)
    monkeypatch.setattr(checksums, "digest", None)
    with pytest.raises(ValueError, match="its 16 bytes are no known version"):
        file(tiny.name, "x.txt", tiny.root)


def test_a_file_is_read_once_unless_it_changes(tiny, monkeypatch):
    path = tiny.write("tiny/x.txt", BODY)
    digests = []
    digest = checksums.digest
    monkeypatch.setattr(checksums, "digest", lambda *a: digests.append(a) or digest(*a))
    for _ in range(3):
        file(tiny.name, "x.txt", tiny.root)
    assert len(digests) == 1
    path.write_bytes(BODY[:-1] + b"?")
    os.utime(path, ns=(1, 1))
    with pytest.raises(ValueError, match="corrupt"):
        file(tiny.name, "x.txt", tiny.root)


def test_a_wrong_file_or_domain_is_told(tiny):
    with pytest.raises(ValueError, match="has no file 'y.txt'; it has x.txt"):
        file(tiny.name, "y.txt", tiny.root)
    with pytest.raises(ValueError, match="has no images of 'scans'; it has photos"):
        tree(tiny.name, "scans", tiny.root)
