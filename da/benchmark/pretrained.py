"""Whether the networks of a benchmark can have the weights that they start from."""

import socket
from collections.abc import Iterable
from typing import Any

from da.benchmark.grid import Run

#: The network that ``--weights`` gives a file to.
TORCHVISION = "da.backbones.Torchvision"

#: Seconds without an answer after which a download has failed.
PATIENCE = 30.0


def check_weights(runs: Iterable[Run]) -> None:
    """Build each pretrained network once, which downloads its weights before any worker starts.

    Raises:
        FileNotFoundError: If there is no such file of weights.
        ValueError: If weights cannot be downloaded, or are not of the network.
    """
    for name, weights in dict.fromkeys(filter(None, map(_start, runs))):
        from torchvision import models  # imports torch

        from da.backbones import Torchvision

        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(PATIENCE)
        try:
            Torchvision(name=name, weights=weights)
        except ValueError as error:
            published = models.get_model_weights(name).__members__
            if weights not in published:
                raise
            raise ValueError(
                f"{name} starts from the weights {weights}, which cannot be had here "
                f"({error.__cause__}); download {published[weights].url} elsewhere and name the "
                "file with --weights"
            ) from error
        finally:
            socket.setdefaulttimeout(before)


def _start(run: Run) -> tuple[str, str] | None:
    """Return the network of torchvision and its weights, or None if it starts without."""
    backbone: dict[str, Any] = run.config["model"].get("init_args", {}).get("backbone", {})
    options = backbone.get("init_args", {})
    if backbone.get("class_path") != TORCHVISION or not options.get("weights"):
        return None
    return options.get("name", "resnet18"), options["weights"]
