"""The user's own images: a folder for each domain, in it a folder for each class."""

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from da.acquisition.images import LITTER, SUFFIXES
from da.data.feed import IMAGENET, SYMMETRIC
from da.data.image_task import ImageTask
from da.data.samples import Domain, Inputs, Samples


class ImageFolders(ImageTask):
    """Adapt from a folder of images to another, one folder in it for each class.

    The target may as well hold its images side by side, without classes; then nothing can be
    measured, but adapted to and predicted. It may lack classes of the source (a partial task).

    Args:
        source: The labelled folder, or its name in ``folders``; several are joined by ``+``, of
            which the first has all classes.
        target: The folder that is adapted to, or its name in ``folders``.
        folders: Short names of folders, which runs and tables go by; needed for a benchmark.
        target_test: A folder with class folders that the target is scored on, in place of a part
            of ``target``.
        classes: Names of the class folders in the order of the labels; by default those of the
            source, sorted.
        channels: 3 for colour, 1 for grey.
        **kwargs: See :class:`ImageTask`.

    Raises:
        FileNotFoundError: If the source's folder is missing.
        ValueError: If it has no class folders, or others than ``classes`` says.
    """

    def __init__(
        self,
        source: str,
        target: str,
        *,
        folders: Mapping[str, str] | None = None,
        target_test: str | None = None,
        classes: Sequence[str] | None = None,
        channels: Literal[1, 3] = 3,
        **kwargs: Any,
    ) -> None:
        sources = source.split("+")
        self.folders = dict(folders or {path: path for path in (*sources, target)})
        self.domains = tuple(self.folders)
        self.pixels = IMAGENET if channels == 3 else SYMMETRIC
        super().__init__(source, target, **kwargs)
        self.target_test, self.in_channels = target_test, channels
        labeled = _folder(self.folders[sources[0]])
        found = class_folders(labeled)
        if not found:
            raise ValueError(
                f"the source {labeled} has no class folders; put its images into one folder "
                f"for each class"
            )
        self.classes = list(classes or found)
        if sorted(self.classes) != found:
            odd = sorted(set(found) ^ set(self.classes))
            raise ValueError(
                f"classes must name the class folders of the source {labeled}, each once; "
                f"these are in one of the two alone: {', '.join(odd) or 'none'}"
            )
        self.num_classes = len(self.classes)

    @property
    def class_names(self) -> Sequence[str]:
        return self.classes

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        train = self._read(_folder(self.folders[name]))
        if name != self.target or self.target_test is None:
            return Domain(train)
        test = self._read(_folder(self.target_test))
        if isinstance(test, Inputs):
            raise ValueError(
                f"target_test {self.target_test} has no class folders; what is scored on needs "
                f"labels"
            )
        return Domain(train, test)

    def _read(self, folder: Path) -> Samples | Inputs:
        found = class_folders(folder)
        names = image_names(folder, recursive=False)
        if not found:
            if not names:
                raise ValueError(f"{folder} holds no images; put the images of a domain there")
            return self.unlabeled(folder, names)
        if names:
            raise ValueError(
                f"{folder} holds both class folders and images such as {names[0]}; put all images "
                f"into class folders, or none"
            )
        if foreign := sorted(set(found) - set(self.classes)):
            raise ValueError(
                f"{folder} has classes that the source lacks: {', '.join(foreign)}; remove them, "
                f"or put the images side by side if their classes are unknown"
            )
        if missing := [name for name in self.classes if name not in found]:
            warnings.warn(
                f"{folder} lacks {len(missing)} of the source's {self.num_classes} classes: "
                f"{', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}; this is a partial "
                f"task, on which aligning whole domains can hurt",
                stacklevel=2,
            )
        return self.labeled(folder, *images_by_class(folder, self.classes, found))


def class_folders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted; hidden ones are none."""
    return sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name[0] != ".")


def images_by_class(
    folder: Path, classes: Sequence[str], present: Sequence[str]
) -> tuple[list[str], list[int]]:
    """Return the images in class folders and their labels.

    Args:
        folder: The folder of a domain.
        classes: Names of the classes in the order of the labels.
        present: Those that have a folder.

    Raises:
        ValueError: If such a folder is empty or holds a file that is no image.
    """
    names: list[str] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        if name not in present:
            continue
        images = image_names(folder / name)
        if not images:
            raise ValueError(
                f"the class folder {folder / name} is empty; remove it or put images there"
            )
        names += [f"{name}/{image}" for image in images]
        labels += [label] * len(images)
    return names, labels


def image_names(folder: Path, *, recursive: bool = True) -> list[str]:
    """Return the paths of all images below a folder, with forward slashes, sorted.

    Hidden files, and what file managers leave behind, are passed over.

    Raises:
        ValueError: If another file is there.
    """
    names: list[str] = []
    for place, inner, files in os.walk(folder):
        inner[:] = [name for name in inner if name[0] != "."] if recursive else []
        for name in files:
            path = Path(place, name)
            if name[0] == "." or name.lower() in LITTER:
                continue
            if path.suffix.lower() not in SUFFIXES:
                raise ValueError(
                    f"{path} is no image, going by its name; move it elsewhere, or end it in one "
                    f"of {', '.join(sorted(SUFFIXES))}"
                )
            names.append(path.relative_to(folder).as_posix())
    return sorted(names)


def _folder(path: str) -> Path:
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(
            f"there is no folder {folder}; source and target are folders of images, with a folder "
            f"for each class"
        )
    return folder
