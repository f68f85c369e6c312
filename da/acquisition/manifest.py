"""What is known of a data set: files, checksums, where they lie, where they come from.

One YAML file in ``da/acquisition/manifests`` describes one data set. A part is what is wanted or
left together (images, ready features, ...); it has files, folders of images, or both, and says how
it is come by: by the sources of its files, from archives, or by hand.
"""

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

FOLDER = Path(__file__).parent / "manifests"
Record = TypeVar("Record")


@dataclass(frozen=True, kw_only=True)
class Version:
    """One known content of a file.

    Attributes:
        size: Bytes.
        sha256: Hexadecimal digest; preferred where both are known.
        md5: Hexadecimal digest, where that is all that its publishers give.
        note: What tells this version from the others.
    """

    size: int | None = None
    sha256: str | None = None
    md5: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a data set.

    Attributes:
        path: Below the folder of the data set.
        also: Other names under which the file is found.
        versions: Known contents; any of them will do.
        members: sha256 of what an archive has to hold, for one that was packed anew.
        format: How the samples in it are counted; see :mod:`da.acquisition.contents`.
        counts: Samples by domain or split.
        at: Where in the file each count is found: a variable, or the members of an archive.
        sources: URLs, tried in order.
        pack: URL of each member of the archive that this file is, where only they are published.
    """

    path: str
    also: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    members: Mapping[str, str] = field(default_factory=dict)
    format: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    at: Mapping[str, list[str]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    pack: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The images of one domain: a folder with one folder for each class.

    Attributes:
        domain: Name of the domain or split.
        paths: Where it may lie below the folder of the data set; the first that exists is it.
        total: Number of images.
        classes: Names of the folders, in the order of the labels; none: images lie side by side.
        counts: Images of each class, in that order; empty where they are not known.
        checksums: File in ``da/acquisition/manifests`` with the start of the sha256 of each image.
    """

    domain: str
    paths: tuple[str, ...]
    total: int
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    checksums: str = ""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An archive from which images are extracted.

    Attributes:
        name: What the downloaded file is called.
        into: The folder that it becomes, below the folder of the data set.
        expanded: Largest size of its content in bytes that is believed.
        sources: URLs, tried in order.
        inside: The folder within the archive that is wanted; all of it by default.
        versions: Known contents of the archive; what comes out of it is checked in any case.
    """

    name: str
    into: str
    expanded: int
    sources: tuple[str, ...]
    inside: str = "."
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is wanted, or left, together.

    Attributes:
        name: Name of the part.
        optional: Whether the data set is complete without it.
        files: Its files.
        trees: Its folders of images.
        archives: Where the images are downloaded.
        needs: Other data sets without which this part cannot be read.
        manual: How it is come by where no source can be read by a program.
    """

    name: str
    optional: bool = False
    needs: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    trees: tuple[Tree, ...] = ()
    archives: tuple[Archive, ...] = ()
    manual: str = ""

    @property
    def downloads(self) -> bool:
        """Whether all of it can be downloaded without a form or a browser."""
        files = all(file.sources or file.pack for file in self.files)
        return files and bool(self.archives or not self.trees)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """All that is known of one data set.

    Attributes:
        name: Its name in ``da data``.
        title: One line on what it is.
        citation: Authors, title, venue, year, url.
        licence: What its owners allow, as far as it is known.
        folders: Where it may lie below the data root; the first is where it is downloaded to.
        parts: See :class:`Part`.
        any_part: Whether one part will do, as the parts hold the same data in different forms.
        manual: How it is come by, for all parts that do not say it themselves.
    """

    name: str
    title: str
    citation: Mapping[str, Any]
    licence: str
    folders: tuple[str, ...]
    parts: tuple[Part, ...]
    any_part: bool = False
    manual: str = ""
    place: Path = field(default=FOLDER, compare=False)

    @property
    def files(self) -> list[File]:
        return [file for part in self.parts for file in part.files]

    @property
    def trees(self) -> list[Tree]:
        return [tree for part in self.parts for tree in part.trees]

    @property
    def downloads(self) -> bool:
        """Whether what is needed of it can be downloaded without a form or a browser."""
        return any(part.downloads for part in self.parts if not part.optional)


def names() -> list[str]:
    """Return the names of all data sets that have a manifest."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def load(name: str, folder: Path = FOLDER) -> Manifest:
    """Read one manifest.

    Args:
        name: Name of the data set, such as "office-31".
        folder: Where the manifests are.

    Raises:
        ValueError: If there is no such manifest, or it says something that is not understood.
    """
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.yaml"))
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
        raise ValueError(f"there is no data set {name!r}; {hint}")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts = [
        _record(
            Part,
            {
                **part,
                "files": [_file(f, path) for f in part.get("files", [])],
                "trees": [_record(Tree, t, path) for t in part.get("trees", [])],
                "archives": [_archive(a, path) for a in part.get("archives", [])],
            },
            path,
        )
        for part in content.get("parts", [])
    ]
    return _record(Manifest, {"name": name, **content, "parts": parts, "place": folder}, path)


def _file(content: dict[str, Any], path: Path) -> File:
    at = {key: [v] if isinstance(v, str) else v for key, v in content.get("at", {}).items()}
    return _record(File, {**content, "at": at, "versions": _versions(content, path)}, path)


def _archive(content: dict[str, Any], path: Path) -> Archive:
    return _record(Archive, {**content, "versions": _versions(content, path)}, path)


def _versions(content: dict[str, Any], path: Path) -> list[Version]:
    return [_record(Version, version, path) for version in content.get("versions", [])]


def _record(kind: type[Record], content: dict[str, Any], path: Path) -> Record:
    """Build a record; lists become tuples, so that a manifest is never changed by its readers."""
    known = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(content) - known):
        raise ValueError(f"{path}: a {kind.__name__.lower()} has no {unknown[0]!r}")
    frozen = {key: tuple(v) if isinstance(v, list) else v for key, v in content.items()}
    try:
        return kind(**frozen)
    except TypeError as error:
        raise ValueError(f"{path}: {error}") from error
