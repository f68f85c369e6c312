"""Where the data sets are, and their files, verified before anyone reads them.

Three functions are all that a reader of a data set needs::

    locate(name, root=None) -> Path            # its folder
    file(name, filename, root=None) -> Path    # one of its files, size and sha256 verified
    tree(name, domain, root=None) -> Path      # the folder with one folder of images a class

The data root is the argument, else the environment variable DA_DATA_ROOT, else ``data`` in the
working directory. Nothing is downloaded here.
"""

import os
from pathlib import Path

from da.acquisition import checksums
from da.acquisition.manifest import File, Manifest, Tree, load


def data_root(root: Path | str | None = None) -> Path:
    """Return the folder below which all data sets lie; it need not exist."""
    return Path(root or os.environ.get("DA_DATA_ROOT") or "data").expanduser()


def locate(name: str, root: Path | str | None = None) -> Path:
    """Return the folder of a data set: the first known place where something of it is.

    Args:
        name: Name of the data set, such as "office-31".
        root: Data root.

    Raises:
        FileNotFoundError: If it is not there; the sentence says how to get it.
        ValueError: If no data set has that name.
    """
    manifest = load(name)
    folder = find(manifest, data_root(root))
    if folder is None:
        raise FileNotFoundError(
            f"the data set {name!r} is not below {data_root(root)}; {how_to_get(manifest)}"
        )
    return folder


def file(name: str, filename: str, root: Path | str | None = None) -> Path:
    """Return one file of a data set after checking its size and digest.

    A file is read for this once in a process, unless it changes.

    Args:
        name: Name of the data set.
        filename: Path of the file as the manifest has it, such as "usps.t.bz2".
        root: Data root.

    Raises:
        FileNotFoundError: If it is missing; the sentence says how to get it.
        ValueError: If it is corrupt, or the data set has no such file.
    """
    manifest = load(name)
    files = {f.path: f for f in manifest.files}
    if filename not in files:
        raise ValueError(f"{name!r} has no file {filename!r}; it has {', '.join(files)}")
    path = path_of(files[filename], locate(name, root))
    if path is None:
        raise FileNotFoundError(
            f"{locate(name, root) / filename} is missing; {how_to_get(manifest)}"
        )
    checksums.verify(path, files[filename])
    return path


def tree(name: str, domain: str, root: Path | str | None = None) -> Path:
    """Return the folder that holds one domain's class folders.

    Args:
        name: Name of the data set.
        domain: Name of the domain as the manifest has it.
        root: Data root.

    Raises:
        FileNotFoundError: If it is missing; the sentence says how to get it.
        ValueError: If the data set has no such domain.
    """
    manifest = load(name)
    trees = {t.domain: t for t in manifest.trees}
    if domain not in trees:
        raise ValueError(f"{name!r} has no images of {domain!r}; it has {', '.join(trees)}")
    folder = locate(name, root)
    path = tree_of(trees[domain], folder)
    if path is None:
        raise FileNotFoundError(
            f"{folder / trees[domain].paths[0]} is missing; {how_to_get(manifest)}"
        )
    return path


def find(manifest: Manifest, root: Path) -> Path | None:
    """Return the first candidate folder that has a file or an image folder of the data set."""
    for candidate in manifest.folders:
        folder = root / candidate
        if any(path_of(f, folder) for f in manifest.files) or any(
            tree_of(t, folder) for t in manifest.trees
        ):
            return folder
    return None


def path_of(file: File, folder: Path) -> Path | None:
    """Return where a file lies in a folder, under any of its names; None if it does not."""
    paths = (folder / name for name in (file.path, *file.also))
    return next((path for path in paths if path.is_file()), None)


def tree_of(tree: Tree, folder: Path) -> Path | None:
    """Return where a domain's images lie in a folder; None if they do not."""
    paths = (folder / path for path in tree.paths)
    return next((path for path in paths if path.is_dir()), None)


def how_to_get(manifest: Manifest) -> str:
    """Return how to get a data set, as the end of a sentence."""
    manual = " ".join((manifest.manual or manifest.parts[0].manual).split())
    if not manifest.downloads:
        return manual
    return f"get it with: da data get {manifest.name}" + (f"; or {manual}" if manual else "")
