"""Published image data sets as they are distributed, checked while they are read."""

from abc import ABC
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from da.acquisition import data_root, locate
from da.acquisition.manifest import File, Tree, load
from da.acquisition.root import find, path_of, tree_of
from da.data.folders import class_folders, images_by_class
from da.data.image_lists import Listed, read_list
from da.data.image_task import ImageTask
from da.data.samples import Domain, Samples


class ImageSet(ImageTask, ABC):
    """Adapt between two domains of a published image data set.

    A domain is read from class folders or, where its images lie side by side, from its list.
    Classes and numbers of images must be those that were published.

    Args:
        source: Name of the labelled domain.
        target: Name of the unlabelled domain.
        root: Folder below which data sets lie; DA_DATA_ROOT, else ``data``, by default.
        **kwargs: See :class:`ImageTask`.
    """

    #: What the data set is called in ``da data``.
    dataset: ClassVar[str]
    #: What its manifest calls each domain, by our name for it.
    sides: ClassVar[Mapping[str, str]]

    def __init__(self, source: str, target: str, *, root: str | None = None, **kwargs: Any) -> None:
        self.root, self.domains = root, tuple(self.sides)
        super().__init__(source, target, **kwargs)

    @property
    def class_names(self) -> Sequence[str]:
        return next(tree.classes for tree in load(self.dataset).trees)

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        return Domain(self.read(self.sides[name]))

    def read(self, side: str) -> Samples:
        """Return the samples of a domain, or of one side of it, as the manifest calls it.

        Raises:
            FileNotFoundError: If it is not below the data root.
            ValueError: If images or classes are missing, or there are too many.
        """
        manifest, folder = load(self.dataset), locate(self.dataset, self.root)
        tree = next((t for t in manifest.trees if t.domain == side), None)
        images = tree_of(tree, folder) if tree else None
        lists = [f for f in manifest.files if f.format == "list" and side in f.counts]
        path = next((p for f in lists if (p := path_of(f, folder))), None)
        if tree and images and (path is None or class_folders(images)):
            listed, total = self._classified(tree, images), tree.total
        elif path is not None:
            listed, total = self._listed(path, folder), lists[0].counts[side]
        else:
            wanted = [*(tree.paths if tree else ()), *(f.path for f in lists)]
            raise FileNotFoundError(
                f"{folder} has nothing of {side!r}, such as {wanted[0]}; "
                f"da data check {self.dataset} tells what is missing"
            )
        self._check_numbers(side, listed.labels, total)
        return self.labeled(*listed)

    def numbers(self, side: str) -> Sequence[int]:
        """Return how many images of each class were published; nothing where nobody says."""
        trees = {tree.domain: tree.counts for tree in load(self.dataset).trees}
        return trees.get(side, ())

    def list_of(self, side: str) -> File:
        """Return what the manifest says of the list of a domain."""
        files = load(self.dataset).files
        return next(f for f in files if f.format == "list" and side in f.counts)

    def _classified(self, tree: Tree, images: Path) -> Listed:
        found = class_folders(images)
        for names, what in (
            ([c for c in tree.classes if c not in found], "lacks the class folders"),
            ([c for c in found if c not in tree.classes], "has folders that are no class of it:"),
        ):
            if names:
                raise ValueError(
                    f"{tree.domain!r} of {type(self).__name__} {what} {', '.join(names[:5])}"
                    f"{', ...' if len(names) > 5 else ''} in {images}; da data check "
                    f"{self.dataset} tells more"
                )
        return Listed(images, *images_by_class(images, tree.classes, found))

    def _listed(self, path: Path, folder: Path) -> Listed:
        root = data_root(self.root)
        needed = {name for part in load(self.dataset).parts for name in part.needs}
        others = [other for name in sorted(needed) if (other := find(load(name), root))]
        listed = read_list(path, [folder, root, path.parent, *others], self.num_classes)
        self._check_folders(path, listed)
        return listed

    def _check_folders(self, path: Path, listed: Listed) -> None:
        """Refuse labels that stand beside the folder of another class."""
        numbers = {_plain(name): label for label, name in enumerate(self.class_names)}
        for name, label in zip(listed.names, listed.labels, strict=True):
            folder = name.rpartition("/")[0]
            if numbers.get(_plain(folder), label) != label:
                raise ValueError(
                    f"{path} gives class {label} ({self.class_names[label]}) to {name}; its labels "
                    f"are in another order than those that were published"
                )

    def _check_numbers(self, side: str, labels: Sequence[int], total: int) -> None:
        found, expected = Counter(labels), self.numbers(side)
        # a class without images is wrong, however many were published
        for label, name in enumerate(self.class_names):
            right = found[label] == expected[label] if expected else found[label] > 0
            if not right:
                wanted = f"{expected[label]:,}" if expected else "at least 1"
                raise ValueError(
                    f"{side!r} of {type(self).__name__} has {found[label]:,} images of class "
                    f"{label} ({name}), not {wanted}; da data check {self.dataset} tells more"
                )
        if len(labels) != total:
            raise ValueError(
                f"{side!r} of {type(self).__name__} has {len(labels):,} images, not {total:,}; "
                f"da data check {self.dataset} tells more"
            )


def _plain(name: str) -> str:
    """Return a class name without what lists and folders write differently."""
    return name.lower().replace("_", "").replace(" ", "")
