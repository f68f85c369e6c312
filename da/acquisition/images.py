"""Check the images of one domain: every class there, no file wrong, none missing."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from da.acquisition import checksums
from da.acquisition.findings import Findings, images, some
from da.acquisition.manifest import Tree
from da.acquisition.threads import in_threads

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm"}
LITTER = {"thumbs.db", "desktop.ini"}  # left behind by file managers, as are dot files


def check_tree(
    tree: Tree,
    folder: Path,
    table: Path,
    *,
    deep: bool = False,
    advance: Callable[[int], object] = int,
) -> Findings:
    """Check the images of one domain.

    Args:
        tree: What should be there.
        folder: Where the class folders are; images that lie side by side are counted only.
        table: Checksums of the images, where the manifest names them.
        deep: Whether each image is decoded to the last pixel, not only its header; images
            with a known checksum are not decoded otherwise.
        advance: Told how many images were read.
    """
    findings = Findings()
    names = tree.classes or tuple(sorted(p.name for p in _files(folder, dirs=True)))
    flat = not any((folder / name).is_dir() for name in names)
    classes: dict[str, int | None]
    if flat:
        classes = {".": tree.total or None}
    else:
        classes = dict(zip(names, tree.counts or [None] * len(names), strict=True))
    known = checksums.table(table) if tree.checksums else {}
    where = folder.parent.name if folder.name == "images" else folder.name
    absent = [name for name in classes if not (folder / name).is_dir()]
    if absent:
        findings.missing.append(f"{where} lacks the folder of {_classes(absent)}")
    if not flat:
        strange = sorted({p.name for p in _files(folder, dirs=True)} - set(classes))
        if strange:
            findings.corrupt.append(f"{where} has folders that are no class: {some(strange)}")
    total = 0
    for name in classes:
        if name in absent:
            continue
        label = where if name == "." else f"{where}/{name}"
        files = sorted(_files(folder / name))
        good = [p for p in files if p.suffix.lower() in SUFFIXES]
        for path in files:
            if path not in good and not flat:
                findings.corrupt.append(f"{label}/{path.name} is no image")
        if not good:
            findings.missing.append(f"{label} is empty")
            continue
        total += len(good)
        digests = known.get(tree.domain if name == "." else f"{tree.domain}/{name}")
        expected = classes[name]
        if digests is not None:
            gone = sorted(set(digests) - {p.name for p in good})
            if gone:
                findings.missing.append(f"{label} lacks {images(len(gone))}: {some(gone)}")
        elif expected is not None and len(good) < expected:
            findings.missing.append(f"{label} has {images(len(good))}, not {expected:,}")
        if digests is None and expected is not None and len(good) > expected:
            findings.corrupt.append(f"{label} has {images(len(good))}, not {expected:,}")
        findings.corrupt += _wrong(good, label, digests, deep, advance)
    if not flat and not tree.counts and tree.total and not absent:
        _compare_total(findings, where, total, tree.total)
    findings.counts[tree.domain] = total
    return findings


def number(tree: Tree, folder: Path) -> int:
    """Return the number of files that a check will read."""
    return sum(len(_files(f)) for f in [folder, *_files(folder, dirs=True)])


def _compare_total(findings: Findings, where: str, total: int, wanted: int) -> None:
    if total != wanted:
        sentence = f"{where} has {images(total)} in all, not {wanted:,}"
        (findings.missing if total < wanted else findings.corrupt).append(sentence)


def _wrong(
    paths: Sequence[Path],
    label: str,
    digests: Mapping[str, str] | None,
    deep: bool,
    advance: Callable[[int], object],
) -> list[str]:
    """Return a sentence for each file that is not what it should be."""
    sentences = []
    problems = in_threads(partial(_problem, digests=digests, deep=deep), paths)
    for path, problem in zip(paths, problems, strict=True):
        advance(1)
        if problem:
            sentences.append(f"{label}/{path.name} {problem}")
    return sentences


def _problem(path: Path, digests: Mapping[str, str] | None, deep: bool) -> str:
    """Return what is wrong with one image; nothing if it is right."""
    if digests is not None:
        if path.name not in digests:
            return "is not part of the data set"
        if not checksums.digest(path).startswith(digests[path.name]):
            return f"is corrupt: its {path.stat().st_size:,} bytes have another checksum"
        if not deep:
            return ""
    from PIL import Image

    try:
        with warnings.catch_warnings(), Image.open(path) as image:
            warnings.simplefilter("ignore")
            if deep:
                image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"is corrupt: {' '.join(str(error).replace(str(path), path.name).split())}"
    return ""


def _files(folder: Path, *, dirs: bool = False) -> list[Path]:
    """Return the files, or the folders, of a folder, but not what file managers leave there."""
    return [
        path
        for path in folder.iterdir()
        if path.is_dir() == dirs
        and not path.name.startswith(".")
        and path.name.lower() not in LITTER
    ]


def _classes(names: list[str]) -> str:
    return f"{'class' if len(names) == 1 else f'{len(names):,} classes:'} {some(names)}"
