import io
import random
import tarfile
import zipfile

import pytest

from da.acquisition import archives
from da.acquisition.archives import extract

NOISE = random.Random(0).randbytes(5_000)


def tar(path, *entries):
    """Write a tar archive of (name, body) pairs, or of TarInfo."""
    with tarfile.open(path, "w:gz") as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
                continue
            info = tarfile.TarInfo(entry[0])
            info.size = len(entry[1])
            archive.addfile(info, io.BytesIO(entry[1]))
    return path


def zipped(path, *entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return path


def special(name, kind, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.fixture
def refused(tmp_path):
    """Extracts an archive that is refused, and asserts that nothing is left of it."""

    def refused(archive, expanded=1_000_000, inside="."):
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(ValueError) as raised:  # noqa: PT011 - the caller reads the sentence
            extract(archive, tmp_path / "in" / "out", expanded=expanded, inside=inside)
        (tmp_path / "in").rmdir()
        assert sorted(tmp_path.rglob("*")) == before
        return str(raised.value)

    return refused


@pytest.mark.parametrize("write", [tar, zipped])
def test_one_folder_of_an_archive_becomes_the_target(tmp_path, write):
    archive = write(tmp_path / "a", ("top/images/mug/1.jpg", NOISE), ("top/other.txt", b"x"))
    target = tmp_path / "new" / "images"
    extract(archive, target, expanded=10_000, inside="top/images")
    assert (target / "mug" / "1.jpg").read_bytes() == NOISE
    assert [p.name for p in target.parent.iterdir()] == ["images"]
    assert target.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("write", [tar, zipped])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil", "leaves the folder"),
        ("a/../../evil", "leaves the folder"),
        ("a\\..\\..\\evil", "leaves the folder"),
        ("/evil", "has an absolute path"),
        ("C:\\evil", "has an absolute path"),
        ("C:evil", "has an absolute path"),
    ],
)
def test_a_member_outside_the_folder_is_refused(tmp_path, refused, write, name, reason):
    sentence = refused(write(tmp_path / "a.bin", ("good", b"x"), (name, b"x")))
    assert sentence == f"a.bin is refused: its member {name!r} {reason}"


@pytest.mark.parametrize(
    "entry",
    [
        special("evil", tarfile.SYMTYPE, "/etc/passwd"),
        special("evil", tarfile.LNKTYPE, "good"),
        special("evil", tarfile.CHRTYPE),
        special("evil", tarfile.FIFOTYPE),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, refused, entry):
    sentence = refused(tar(tmp_path / "a.tgz", ("good", b"x"), entry))
    assert sentence == "a.tgz is refused: its member 'evil' is a link or a device"


def test_links_in_a_zip_are_refused(tmp_path, refused):
    link = zipfile.ZipInfo("evil")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    sentence = refused(zipped(tmp_path / "a.zip", (link, "/etc/passwd")))
    assert sentence == "a.zip is refused: its member 'evil' is a link or a device"


@pytest.mark.parametrize("write", [tar, zipped])
def test_more_than_the_expected_size_is_refused(tmp_path, refused, write):
    archive = write(tmp_path / "a", ("1", NOISE), ("2", NOISE))
    assert refused(archive, expanded=9_999).endswith("more than the 9,999 bytes that are expected")
    extract(archive, tmp_path / "out", expanded=10_000)


@pytest.mark.parametrize("write", [tar, zipped])
def test_what_expands_like_a_bomb_is_refused_whatever_was_expected(tmp_path, refused, write):
    archive = write(tmp_path / "a", ("zeros", bytes(20_000_000)))
    assert "a is refused: it expands to more than" in refused(archive, expanded=10**12)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path, refused):
    archive = zipped(tmp_path / "a.zip", ("x", NOISE * 2))
    body = archive.read_bytes()
    archive.write_bytes(body.replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert "a.zip" in refused(archive, expanded=100)


def test_bytes_are_counted_as_they_come_whatever_was_declared(tmp_path, refused, monkeypatch):
    archive = tar(tmp_path / "a.tgz", ("x", NOISE))
    lie = archives.Member("x", 10, io.BytesIO(NOISE))
    monkeypatch.setattr(archives, "_members", lambda archive, limit: iter([lie]))
    assert "it expands to more than the 4,999 bytes" in refused(archive, expanded=4_999)


@pytest.mark.parametrize("write", [tar, zipped])
def test_a_damaged_archive_is_refused(tmp_path, refused, write):
    archive = write(tmp_path / "a", ("x", NOISE), ("y", NOISE))
    body = bytearray(archive.read_bytes())
    body[2_000:2_100] = bytes(100)
    archive.write_bytes(body)
    assert refused(archive).startswith("a is damaged: ")


def test_what_is_no_archive_is_refused(tmp_path, refused):
    path = tmp_path / "page.zip"
    path.write_text("<html>please sign in</html>")
    assert refused(path) == "page.zip is neither a tar nor a zip archive"


def test_an_archive_without_the_folder_says_what_it_has(tmp_path, refused):
    archive = tar(tmp_path / "a.tgz", ("other/x", b"x"))
    assert refused(archive, inside="images") == "a.tgz has no folder 'images'; it has other"


def test_an_existing_target_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(FileExistsError, match="out exists; move it away"):
        extract(tar(tmp_path / "a.tgz", ("x", b"x")), tmp_path / "out", expanded=10)


def test_what_a_killed_process_left_is_cleared(tmp_path):
    (tmp_path / ".out.extracting-old").mkdir()
    extract(tar(tmp_path / "a.tgz", ("x", b"x")), tmp_path / "out", expanded=10_000)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tgz", "out"]
