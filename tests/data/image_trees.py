"""Folders of tiny images in the layouts of published data sets."""

import os

import numpy as np
from PIL import Image

from da.acquisition.manifest import load


def picture(path, seed=0, size=(20, 16), mode="RGB", **options):
    """Write one image of smooth random colours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    image = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).convert(mode)
    image.save(path, **options)
    return path


def folders(root, counts, seed=0):
    """Write class folders with so many different images each."""
    for label, (name, count) in enumerate(counts.items()):
        for i in range(count):
            picture(root / name / f"{i:03d}.png", seed=1000 * seed + 100 * label + i)
    return root


def published(root, dataset, folder, trees):
    """Write the class folders of a data set, with as many (equal) images as were published.

    Args:
        root: Data root.
        dataset: Name of the manifest.
        folder: Where the data set lies below the root.
        trees: Path of the class folders below it, by the manifest's name of the domain.
    """
    original = picture(root / "original.jpg")
    for tree in load(dataset).trees:
        if tree.domain not in trees:
            continue
        counts = tree.counts or [tree.total - len(tree.classes) + 1] + [1] * len(tree.classes)
        for name, count in zip(tree.classes, counts, strict=False):
            place = root / folder / trees[tree.domain] / name
            place.mkdir(parents=True)
            for i in range(count):
                os.link(original, place / f"frame_{i + 1:04d}.jpg")
    return root / folder
