import bz2
import gzip
import hashlib
import io
import struct
import tarfile

import numpy as np
import pytest
from scipy.io import savemat

from da.acquisition.doctor import check, work

from .conftest import known

CLASSES = {"classes": ["mug", "pen"], "counts": [3, 2]}


@pytest.fixture
def photos(small):
    """Five images of two classes in two domains, the first with checksums."""
    lines = []
    for label, number in zip(CLASSES["classes"], CLASSES["counts"], strict=True):
        for domain in ("near", "far"):
            paths = [
                small.image(f"tiny/{domain}/images/{label}/frame_{i:04}.png", 9 * i + len(label))
                for i in range(1, number + 1)
            ]
            digests = [hashlib.sha256(p.read_bytes()).hexdigest()[:8] for p in paths]
            if domain == "near":
                lines.append(f"near/{label} frame_0001.png {' '.join(digests)}")
    (small.manifests / "tiny.sums").write_text("\n".join(lines))
    near = {"domain": "near", "paths": ["near/images", "near"], "total": 5, **CLASSES}
    far = {**near, "domain": "far", "paths": ["far/images"]}
    small.name = small.manifest(
        {"trees": [{**near, "checksums": "tiny.sums"}, far]}, manual="ask us"
    )
    small.near, small.far = (small.root / "tiny" / d / "images" for d in ("near", "far"))
    small.check = lambda **k: check(small.name, small.root, manifests=small.manifests, **k)
    return small


def test_whole_trees_are_complete(photos):
    (photos.near / "mug" / ".DS_Store").touch()
    (photos.far / "pen" / "Thumbs.db").touch()
    report = photos.check(deep=True)
    assert (report.status, report.findings) == ("complete", [])
    assert report.counts == {"near": 5, "far": 5}


def test_the_bar_is_full_when_the_check_is_done(photos):
    read = []
    photos.check(advance=read.append)
    assert sum(read) == work(photos.name, photos.root, photos.manifests) == 10


def test_the_corrupt_image_is_named(photos):
    path = photos.near / "mug" / "frame_0002.png"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    report = photos.check()
    assert report.status == "corrupt"
    size = path.stat().st_size
    assert report.findings == [
        f"near/mug/frame_0002.png is corrupt: its {size} bytes have another checksum"
    ]


def test_the_missing_image_is_named(photos):
    (photos.near / "mug" / "frame_0002.png").unlink()
    (photos.far / "mug" / "frame_0002.png").unlink()
    report = photos.check()
    assert report.status == "partial"
    assert report.findings == [
        "near/mug lacks 1 image: frame_0002.png",
        "far/mug has 2 images, not 3",
        "ask us",
    ]
    assert report.counts == {"near": 4, "far": 4}


def test_what_cannot_be_decoded_is_named(photos):
    (photos.far / "mug" / "frame_0001.png").write_bytes(b"<html>not found</html>")
    assert photos.check().findings == [
        "far/mug/frame_0001.png is corrupt: cannot identify image file 'frame_0001.png'"
    ]


def test_a_truncated_image_is_named_when_each_is_decoded(photos):
    path = photos.far / "mug" / "frame_0001.png"
    path.write_bytes(path.read_bytes()[:-30])
    assert photos.check().status == "complete"
    (sentence,) = photos.check(deep=True).findings
    assert sentence.startswith("far/mug/frame_0001.png is corrupt: ")


@pytest.mark.parametrize("domain", ["near", "far"])
def test_strange_files_and_folders_are_named(photos, domain):
    (photos.root / "tiny" / domain / "images" / "mug" / "notes.txt").touch()
    photos.image(f"tiny/{domain}/images/mug/more.png")
    photos.image(f"tiny/{domain}/images/cup/frame_0001.png")
    report = photos.check()
    assert report.status == "corrupt"
    more = {
        "near": "near/mug/more.png is not part of the data set",
        "far": "far/mug has 4 images, not 3",
    }
    assert report.findings == [
        f"{domain} has folders that are no class: cup",
        f"{domain}/mug/notes.txt is no image",
        more[domain],
    ]


def test_missing_and_empty_classes_are_named(photos):
    for path in [*(photos.near / "mug").iterdir(), *(photos.far / "pen").iterdir()]:
        path.unlink()
    (photos.near / "mug").rmdir()
    report = photos.check()
    assert report.status == "partial"
    assert report.findings == [
        "near lacks the folder of class mug",
        "far/pen is empty",
        "ask us",
    ]


def test_a_missing_domain_is_named(photos):
    photos.far.parent.rename(photos.root / "elsewhere")
    report = photos.check()
    assert (report.status, report.counts) == ("partial", {"near": 5})
    assert report.findings[0] == "the images of far are missing (far/images)"


@pytest.mark.parametrize(("number", "status"), [(4, "partial"), (5, "complete"), (6, "corrupt")])
def test_totals_are_compared_where_no_more_is_known(small, number, status):
    name = small.manifest(
        {"trees": [{"domain": "a", "paths": ["a"], "total": 5, "classes": ["mug", "pen"]}]},
        {"trees": [{"domain": "b", "paths": ["b"], "total": 5}]},
    )
    for i in range(number):
        small.image(f"tiny/a/{'pen' if i == 3 else 'mug'}/{i}.png")
        small.image(f"tiny/b/{i}.png")
    report = check(name, small.root, manifests=small.manifests)
    assert (report.status, report.counts) == (status, {"a": number, "b": number})


def test_what_is_absent_is_told_with_the_way_to_get_it(small):
    name = small.manifest({"files": [{"path": "x"}]}, manual="sign\nthe form")
    report = check(name, small.root, manifests=small.manifests)
    assert (report.status, report.findings) == ("absent", ["sign the form"])


def idx(*shape):
    header = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    return gzip.compress(header + bytes(int(np.prod(shape))))


def matlab(**arrays):
    stream = io.BytesIO()
    savemat(stream, arrays)
    return stream.getvalue()


def numpy(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def hdf5(**sizes):
    h5py = pytest.importorskip("h5py")
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for split, size in sizes.items():
            file[f"{split}/target"] = np.zeros(size)
    return stream.getvalue()


def tar(**members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, body in members.items():
            info = tarfile.TarInfo(f"./all/{name}")
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return stream.getvalue()


CONTENTS = {
    "idx images": (idx(7, 4, 4), "idx", {"train": 7}, {}),
    "idx labels": (idx(7), "idx", {"train": 7}, {}),
    "text": (b"a\n" * 7, "lines", {"train": 7}, {}),
    "bz2": (bz2.compress(b"a\n" * 7), "lines", {"train": 7}, {}),
    "gz": (gzip.compress(b"a\n" * 7), "lines", {"train": 7}, {}),
    "h5": (
        lambda: hdf5(train=7, test=2),
        "h5",
        {"train": 7, "test": 2},
        {"train": "train/target", "test": "test/target"},
    ),
    "npz": (numpy(train=np.zeros((7, 3)), test=np.zeros(2)), "npz", {"train": 7, "test": 2}, {}),
    "svhn": (matlab(X=np.zeros((2, 2, 3, 7)), y=np.zeros((7, 1))), "mat", {"a": 7}, {"a": "y"}),
    "surf": (
        matlab(fts=np.zeros((7, 3)), labels=np.zeros((1, 7))),
        "mat",
        {"a": 7},
        {"a": "labels"},
    ),
    "bags": (
        tar(books=b"1 2:3\n" * 7, dvd=b"1 2:3\n" * 2),
        "lines",
        {"books": 7, "dvd": 2},
        {"books": "all/books", "dvd": "all/dvd"},
    ),
    "reviews": (
        tar(good=b"<review_text>\nx\n</review_text>\n" * 4, bad=b"<review_text>" * 3),
        "reviews",
        {"books": 7},
        {"books": ["all/good", "all/bad"]},
    ),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_samples_are_counted_in_the_file_itself(small, kind):
    body, form, counts, at = CONTENTS[kind]
    body = body() if callable(body) else body
    small.write("tiny/x", body)
    entry = {"path": "x", "format": form, "counts": counts, "at": at, **known(body)}
    report = check(small.manifest({"files": [entry]}), small.root, manifests=small.manifests)
    assert (report.status, report.counts, report.findings) == ("complete", counts, [])

    more = {key: n + 1 for key, n in counts.items()}
    name = small.manifest({"files": [{**entry, "counts": more}]})
    report = check(name, small.root, manifests=small.manifests)
    assert (report.status, report.counts) == ("corrupt", counts)
    for sentence, (key, n) in zip(report.findings, sorted(counts.items()), strict=True):
        assert sentence.endswith(f"x holds {n} samples ({key}), not {n + 1}")

    small.write("tiny/x", b"\x1f\x8bjunk" if form in ("idx", "lines") else b"junk")
    report = check(name, small.root, manifests=small.manifests)
    assert report.status == "corrupt"
    assert report.findings[0].startswith(f"{small.root / 'tiny' / 'x'} is corrupt: ")


@pytest.mark.parametrize("form", ["idx", "lines", "h5", "npz", "mat", "reviews"])
def test_junk_without_a_known_checksum_is_told_too(small, form):
    small.write("tiny/x", b"\x1f\x8bjunk")
    entry = {"path": "x", "format": form, "counts": {"a": 7}}
    if form != "lines":
        entry["at"] = {"a": "y"}
    report = check(small.manifest({"files": [entry]}), small.root, manifests=small.manifests)
    assert report.status == "corrupt"
    assert f"x is corrupt: it cannot be read as {form}" in report.findings[0]


def test_one_of_several_versions_is_told(small):
    bodies = [b"old", b"new"]
    versions = [{**known(b)["versions"][0], "note": f"the {b.decode()} one"} for b in bodies]
    name = small.manifest({"files": [{"path": "x", "versions": versions}]})
    small.write("tiny/x", b"new")
    report = check(name, small.root, manifests=small.manifests)
    assert (report.status, report.findings) == ("complete", ["x: the new one"])


def test_an_archive_that_was_packed_anew_is_known_by_its_members(small):
    members = {"all/a": hashlib.sha256(b"A").hexdigest()}
    entry = {"path": "x", "members": members, **known(b"another archive")}
    name = small.manifest({"files": [entry]})
    small.write("tiny/x", tar(a=b"A", more=b"B"))
    assert check(name, small.root, manifests=small.manifests).status == "complete"
    for wrong in (tar(a=b"B"), tar(more=b"A"), tar(a=b"A")[:-30]):
        small.write("tiny/x", wrong)
        assert check(name, small.root, manifests=small.manifests).status == "corrupt"


def test_the_files_that_a_list_names_are_looked_for(small):
    need = small.manifest(
        {"trees": [{"domain": "a", "paths": ["a"], "total": 1}]}, folders=["Office"]
    )
    body = b"tiny/b/1.png 0\nelsewhere/a/2.png 1\na/3.png 1\n"
    entry = {"path": "l.txt", "format": "list", "counts": {"b": 3}, **known(body)}
    name = small.manifest({"files": [entry], "needs": [need]})
    small.write("tiny/l.txt", body)
    report = check(name, small.root, manifests=small.manifests)
    assert report.findings[:2] == [
        "l.txt names 3 images not here: tiny/b/1.png, elsewhere/a/2.png, a/3.png",
        f"it needs {need}, which is not here;",
    ]
    small.image("tiny/b/1.png")
    small.image("Office/a/2.png")
    report = check(name, small.root, manifests=small.manifests)
    assert report.status == "partial"
    assert report.findings[0] == "l.txt names 1 image not here: a/3.png"
    small.image("Office/a/3.png")
    assert check(name, small.root, manifests=small.manifests).status == "complete"


def test_parts_may_be_left_out_or_stand_for_each_other(small):
    first, second = ({"files": [{"path": p, **known(b"x")}]} for p in "ab")
    small.write("tiny/a", b"x")
    needed = small.manifest(first, second)
    report = check(needed, small.root, manifests=small.manifests)
    assert (report.status, report.findings[0]) == ("partial", "b is missing")
    optional = small.manifest(first, {**second, "optional": True})
    report = check(optional, small.root, manifests=small.manifests)
    assert report.findings == ["the part 'part 1' is not here; it is not needed"]
    either = small.manifest(first, second, any_part=True)
    assert check(either, small.root, manifests=small.manifests).findings == []
    small.write("tiny/a", b"y")
    for name in (needed, optional, either):
        assert check(name, small.root, manifests=small.manifests).status == "corrupt"
