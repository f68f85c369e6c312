"""Is a data set complete; what is missing, which file is corrupt, how is it come by."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from da.acquisition import checksums, contents
from da.acquisition.findings import Findings, Report, Status, images, some
from da.acquisition.images import check_tree, number
from da.acquisition.manifest import FOLDER, File, Manifest, Part, load
from da.acquisition.root import data_root, find, how_to_get, path_of, tree_of
from da.acquisition.threads import in_threads


def check(
    name: str,
    root: Path | str | None = None,
    *,
    deep: bool = False,
    advance: Callable[[int], object] = int,
    manifests: Path = FOLDER,
) -> Report:
    """Check one data set: sizes, digests, numbers of samples, every image.

    Args:
        name: Name of the data set.
        root: Data root; see :func:`da.acquisition.root.data_root`.
        deep: Whether each image is decoded to the last pixel.
        advance: Told how many files were read; see :func:`work`.
        manifests: Folder with the manifests.

    Raises:
        ValueError: If no data set has that name.
    """
    root, manifest = data_root(root), load(name, manifests)
    folder = find(manifest, root)
    if folder is None:
        return Report(name, "absent", [_sentence(how_to_get(manifest))], {})
    results = [(part, check_part(manifest, part, root, deep, advance)) for part in manifest.parts]
    whole = [(part, found) for part, found in results if not (found.missing or found.corrupt)]
    found = Findings()
    for part, result in whole if manifest.any_part and whole else results:
        if part.optional and not present(part, folder) and not manifest.any_part:
            found.notes.append(f"the part {part.name!r} is not here; it is not needed")
        elif manifest.any_part and not whole and not present(part, folder):
            found.missing.append(f"the part {part.name!r}, which would do, is not here")
        else:
            found += result
    status: Status = "corrupt" if found.corrupt else "partial" if found.missing else "complete"
    if status == "partial":
        found.missing.append(how_to_get(manifest))
    sentences = [_sentence(s) for s in (*found.corrupt, *found.missing, *found.notes)]
    sentences = list(dict.fromkeys(sentences))  # parts may share files
    return Report(name, status, sentences, found.counts, str(folder))


def work(name: str, root: Path | str | None = None, manifests: Path = FOLDER) -> int:
    """Return how many files a check of a data set reads, for a progress bar."""
    manifest = load(name, manifests)
    folder = find(manifest, data_root(root))
    if folder is None:
        return 0
    trees = [(t, tree_of(t, folder)) for t in manifest.trees]
    return len(manifest.files) + sum(number(t, path) for t, path in trees if path is not None)


def check_part(
    manifest: Manifest, part: Part, root: Path, deep: bool, advance: Callable[[int], object]
) -> Findings:
    """Check one part of a data set that is there, at least in parts."""
    folder = find(manifest, root) or root / manifest.folders[0]
    found = Findings()
    for result in in_threads(lambda f: _check_file(manifest, f, folder, root), part.files):
        found += result
        advance(1)
    for tree in part.trees:
        place = tree_of(tree, folder)
        if place is None:
            found.missing.append(f"the images of {tree.domain} are missing ({tree.paths[0]})")
        else:
            table = manifest.place / tree.checksums
            found += check_tree(tree, place, table, deep=deep, advance=advance)
    for name in part.needs:
        needed = load(name, manifest.place)
        if find(needed, root) is None:
            found.missing.append(f"it needs {name}, which is not here; {how_to_get(needed)}")
    return found


def present(part: Part, folder: Path) -> bool:
    """Whether anything of a part is there."""
    own = [path_of(f, folder) for f in part.files] + [tree_of(t, folder) for t in part.trees]
    return any(path is not None for path in own)


def _check_file(manifest: Manifest, file: File, folder: Path, root: Path) -> Findings:
    found = Findings()
    path = path_of(file, folder)
    if path is None:
        found.missing.append(f"{file.path} is missing")
        return found
    try:
        version = checksums.verify(path, file)
        counts = contents.count(path, file)
    except ImportError as error:
        found.notes.append(f"{file.path} is right, but its samples were not counted: {error}")
        return found
    except ValueError as error:
        found.corrupt.append(str(error))
        return found
    if version is not None and version.note and len(file.versions) > 1:
        found.notes.append(f"{file.path}: {version.note}")
    if not (file.versions or file.members):
        found.notes.append(f"{file.path} has no known checksum; its samples were counted")
    for key, wanted in file.counts.items():
        if counts[key] != wanted:
            found.corrupt.append(f"{path} holds {counts[key]:,} samples ({key}), not {wanted:,}")
    found.counts |= counts
    if file.format == "list":
        bases = _bases(manifest, path, folder, root)
        gone = [line for line in _listed(path) if resolve(line, bases) is None]
        if gone:
            found.missing.append(f"{path.name} names {images(len(gone))} not here: {some(gone)}")
    return found


def _listed(path: Path) -> Iterator[str]:
    """Yield the paths in a list of images: "path label" on each line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield line.rsplit(maxsplit=1)[0]


def resolve(listed: str, bases: Sequence[Path]) -> Path | None:
    """Return where a file is that a list names; None if it is nowhere.

    Lists carry the folder names of whoever wrote them: leading folders are dropped until the
    rest of the path exists.
    """
    parts = Path(listed).parts
    tails = (Path(*parts[i:]) for i in range(len(parts)))
    return next((base / tail for tail in tails for base in bases if (base / tail).is_file()), None)


def _bases(manifest: Manifest, path: Path, folder: Path, root: Path) -> list[Path]:
    """Return the folders in which the files of a list may be."""
    others = [find(load(name, manifest.place), root) for p in manifest.parts for name in p.needs]
    return [folder, root, path.parent, *(other for other in others if other is not None)]


def _sentence(text: str) -> str:
    return " ".join(text.split())
