"""A contact sheet of a data set: what the domains of a task look like, with their labels."""

from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms.v2.functional import resize

from da.data.base import TransferTask
from da.data.files import replacing
from da.data.samples import Domain, Inputs, Samples, Stored
from da.data.scenarios import Plain
from da.data.splits import rank

GAP = 2  # pixels between two samples
FILE_TILE = 96  # side of an image that comes from a file, in pixels


def contact_sheet(task: TransferTask, path: Path, *, rows: int = 3, classes: int = 10) -> Path:
    """Draw training samples of every domain that is there, a column for each class.

    Below are both domains of the task as its scenario makes them, if it has one.

    Args:
        task: A transfer task of images.
        path: The PNG to write, whole or not at all; its folder is created.
        rows: Samples of each class and domain.
        classes: How many classes to show, from the first on.

    Returns:
        The path.

    Raises:
        FileNotFoundError: If none of the domains is there.
        ValueError: If the samples are not images.
    """
    shown = min(classes, task.num_classes)
    domains, absent = present(task)
    if not domains:
        raise FileNotFoundError(next(iter(absent.values())))
    blocks = [
        (f"{name}: {size(domain)}", _mosaic(name, domain.train, rows, shown))
        for name, domain in domains.items()
    ]
    blocks += [
        (f"{title}: {size(domain)}", _mosaic(title, domain.train, rows, shown))
        for title, domain in _changed(task).items()
    ]
    height, width = blocks[0][1].shape[:2]
    scale = 9 / width  # inches for a pixel
    figure = Figure(figsize=(9.4, (height * scale + 0.55) * len(blocks)), dpi=120)
    all_axes = figure.subplots(len(blocks), squeeze=False)[:, 0]
    cell = width / shown
    for axes, (title, mosaic) in zip(all_axes, blocks, strict=True):
        axes.imshow(mosaic, interpolation="nearest")
        axes.set_title(title, loc="left", fontsize=10, pad=14)
        axes.set_xticks(
            [(c + 0.5) * cell - 0.5 for c in range(shown)], list(task.class_names)[:shown]
        )
        axes.tick_params(length=0, labelsize=9, top=False, labeltop=True, labelbottom=False, pad=1)
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
    figure.tight_layout()
    with replacing(path) as file:
        figure.savefig(file, format="png")
    return path


def present(task: TransferTask) -> tuple[dict[str, Domain], dict[str, str]]:
    """Return the domains that are there and, for each of the others, how to get it."""
    domains: dict[str, Domain] = {}
    absent: dict[str, str] = {}
    for name in task.domains:
        try:
            domains[name] = task.domain(name)
        except FileNotFoundError as error:
            absent[name] = str(error)
    return domains, absent


def _changed(task: TransferTask) -> dict[str, Domain]:
    """Return both domains of a task after its scenario, by what titles call them."""
    if isinstance(task.scenario, Plain):
        return {}
    name, scene = type(task.scenario).__name__, task.scene
    return {
        f"source {task.source} with {name}": scene.source,
        f"target {task.target} with {name}": scene.target,
    }


def size(domain: Domain) -> str:
    """Return how many samples a domain has."""
    if domain.test is None:
        return f"{len(domain.train):,} samples"
    return f"{len(domain.train):,} training samples, {len(domain.test):,} test samples"


def _mosaic(name: str, samples: Samples | Inputs, rows: int, classes: int) -> NDArray[np.uint8]:
    """Tile samples: a column for each class, each sample of another original if there are.

    Without labels they fill the columns as they come.
    """
    chosen = [_chosen(samples, c, rows) for c in range(classes)]
    tiles = [[_tile(name, samples.inputs, i) for i in column] for column in chosen]
    height, width = next((tile.shape[1:] for column in tiles for tile in column), (28, 28))
    step_y, step_x = height + GAP, width + GAP
    mosaic = np.full((rows * step_y, classes * step_x, 3), 255, np.uint8)
    for c, column in enumerate(tiles):
        for r, tile in enumerate(column):
            y, x = r * step_y + GAP // 2, c * step_x + GAP // 2
            mosaic[y : y + height, x : x + width] = tile.permute(1, 2, 0).numpy()
    return mosaic


def _chosen(samples: Samples | Inputs, column: int, rows: int) -> list[int]:
    # a hash spreads the choice over originals, fonts and copies
    if isinstance(samples, Inputs):
        order = sorted(range(len(samples)), key=lambda i: rank(samples.ids[i], "sheet"))
        return order[column * rows : (column + 1) * rows]
    members = (samples.labels == column).nonzero().flatten().tolist()
    return sorted(members, key=lambda i: rank(samples.ids[i], "sheet"))[:rows]


def _tile(name: str, inputs: Tensor | Stored, position: int) -> Tensor:
    """Return one image as three channels of bytes; those of files are made squares."""
    stored = isinstance(inputs, Stored)
    image = inputs.read(position) if isinstance(inputs, Stored) else inputs[position]
    if image.ndim != 3:
        raise ValueError(
            f"a contact sheet shows images (c, h, w); the samples of {name!r} have shape "
            f"{tuple(image.shape)}; choose a data set of images"
        )
    image = _bytes(image)
    if stored:
        image = resize(image, [FILE_TILE, FILE_TILE], antialias=True)
    return image.expand(3, -1, -1) if len(image) == 1 else image[:3]


def _bytes(image: torch.Tensor) -> torch.Tensor:
    if image.dtype == torch.uint8:
        return image
    low, high = image.min(), image.max()
    return ((image - low) / (high - low).clamp_min(1e-12) * 255).round().byte()
