"""Lists of images, one ``path label`` a line, as the literature exchanges them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from da.acquisition.doctor import resolve


class Listed(NamedTuple):
    """The images of a list: paths below their common folder, and labels."""

    folder: Path
    names: list[str]
    labels: list[int]


def read_list(path: Path, bases: Sequence[Path], num_classes: int) -> Listed:
    """Read a list and find its images.

    Leading folders in the list, which are those of whoever wrote it, are dropped until the rest
    exists.

    Args:
        path: The list.
        bases: Folders that its paths may be relative to.
        num_classes: Number of classes.

    Raises:
        FileNotFoundError: If an image is nowhere.
        ValueError: If a line is something else, or a label is out of range.
    """
    listed, labels = _parse(path, num_classes)
    # where the first one is, the others are most likely too
    first = resolve(listed[0], bases) if listed else None
    if first is None:
        raise FileNotFoundError(
            f"{path} lists {listed[0] if listed else 'nothing'}, which is not below "
            f"{' or '.join(map(str, bases))}; put the images there"
        )
    tail = next(t for t in _tails(listed[0]) if first.as_posix().endswith(f"/{t}"))
    base, dropped = first.as_posix()[: -len(tail)], len(listed[0]) - len(tail)
    prefix = listed[0][:dropped]
    found = []
    for name in listed:
        guess = base + name[dropped:] if name.startswith(prefix) else ""
        image = guess if guess and os.path.isfile(guess) else resolve(name, bases)
        if image is None:
            raise FileNotFoundError(
                f"{path} lists {name}, which does not exist; get the images that are missing"
            )
        found.append(str(image))
    folder = os.path.commonpath(found) if len(found) > 1 else os.path.dirname(found[0])
    return Listed(Path(folder), [Path(i).relative_to(folder).as_posix() for i in found], labels)


def listed_classes(path: Path, num_classes: int) -> list[str]:
    """Return the class names of a list whose images lie in folders of their classes.

    Args:
        path: The list.
        num_classes: Number of classes.

    Raises:
        ValueError: If a class has several folders or none, or a folder several classes.
    """
    names, labels = _parse(path, num_classes)
    pairs = {(label, name.split("/")[-2]) for name, label in zip(names, labels, strict=True)}
    classes = dict(pairs)
    if not len(pairs) == len(classes) == len(set(classes.values())) == num_classes:
        raise ValueError(
            f"{path} does not give each of {num_classes} labels a class folder of its own; "
            f"replace it by the list that was published"
        )
    return [classes[label] for label in range(num_classes)]


def _parse(path: Path, num_classes: int) -> tuple[list[str], list[int]]:
    names: list[str] = []
    labels: list[int] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        name, _, label = line.strip().rpartition(" ")
        if not name or not label.isdecimal() or int(label) >= num_classes:
            raise ValueError(
                f"{path}, line {number}: a line is the path of an image and a label below "
                f"{num_classes}; got {line.strip()[:80]!r}"
            )
        names.append(name.strip())
        labels.append(int(label))
    return names, labels


def _tails(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[i:]) for i in range(len(parts))]
