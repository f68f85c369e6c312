"""Networks of torchvision."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torchvision import models

from da.backbones.base import Backbone
from da.backbones.bottleneck import BottleneckCallable

#: Networks with several classifiers, or with one that is no linear layer.
UNSUITABLE = {"googlenet", "inception_v3", "squeezenet1_0", "squeezenet1_1"}


class Torchvision(Backbone):
    """The features that the last layer of a torchvision network classifies.

    TorchVision maintainers and contributors, *TorchVision: PyTorch's Computer Vision Library*,
    2016. https://github.com/pytorch/vision

    Where the images have other than 3 channels, the filters of the first convolution are summed or
    repeated over them.

    Args:
        in_channels: Channels of the images.
        name: The network as ``torchvision.models.list_models()`` has it, such as ``resnet50``.
        weights: What to start from in place of random numbers: torchvision's weights of that name,
            such as ``DEFAULT`` or ``IMAGENET1K_V1``, which are downloaded once; or a file with a
            state dictionary of this network. A classifier in it is left out.
        bottleneck: Makes a layer that follows, for a width; it starts from random numbers.

    Raises:
        ValueError: If torchvision has no such network, or if weights cannot be had or are not of
            this network.
        FileNotFoundError: If there are no weights of that name and no such file.
    """

    def __init__(
        self,
        in_channels: int = 3,
        name: str = "resnet18",
        weights: str | None = None,
        bottleneck: BottleneckCallable | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        known = [n for n in models.list_models(module=models) if n not in UNSUITABLE]
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "there are resnet50, vit_b_16, ..."
            raise ValueError(f"torchvision has no network {name!r} with one classifier; {hint}")
        published = models.get_model_weights(name).__members__
        path = Path(weights).expanduser() if weights and weights not in published else None
        if path is not None and not path.is_file():
            raise FileNotFoundError(
                f"there is no file of weights {weights!r}, and torchvision's for {name} are "
                f"{', '.join(published)}; check weights="
            )
        self.network: nn.Module = _create(name, None if path else weights)
        conv = _first_convolution(self.network)
        if in_channels != 3:
            module: Any = self.network.get_submodule(conv)
            module.in_channels = in_channels
            module.weight = nn.Parameter(_over_channels(module.weight.detach(), in_channels))
        head = [n for n, m in self.network.named_modules() if isinstance(m, nn.Linear)][-1]
        self.out_features = int(self.network.get_submodule(head).in_features)  # type: ignore[arg-type]
        self.network.set_submodule(head, nn.Identity())
        if path is not None:
            _load(self.network, name, path, conv, head)
        self.bottleneck: nn.Module = nn.Identity()
        if bottleneck is not None:
            self.bottleneck = layer = bottleneck(self.out_features)
            self.out_features = layer.out_features

    @property
    def trunk(self) -> nn.Module:
        return self.network

    def forward(self, inputs: Float[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        return self.bottleneck(self.network(inputs))


def _create(name: str, weights: str | None) -> nn.Module:
    try:
        network: nn.Module = models.get_model(name, weights=weights)
    except (OSError, RuntimeError) as error:  # no connection, or not the file that was announced
        reason = " ".join(str(error).split())
        raise ValueError(
            f"there are no pretrained weights of {name} ({reason}); name a local file with weights="
        ) from error
    return network


def _first_convolution(network: nn.Module) -> str:
    return next(n for n, m in network.named_modules() if isinstance(m, nn.Conv2d))


def _over_channels(filters: Tensor, channels: int) -> Tensor:
    """Give filters of colour images other channels, so that grey images keep their response."""
    if channels == 1:
        return filters.sum(dim=1, keepdim=True)
    repeats = -(-channels // 3)
    return filters.repeat(1, repeats, 1, 1)[:, :channels] * 3 / channels


def _load(network: nn.Module, name: str, path: Path, conv: str, head: str) -> None:
    """Copy the weights of a file, which must hold all of the network's and no other's."""
    key = f"{conv}.weight"
    wanted = network.state_dict()
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
        state = dict(content.get("state_dict", content))
        if key in state and state[key].shape[1] == 3 != wanted[key].shape[1]:
            state[key] = _over_channels(state[key], wanted[key].shape[1])
        found = network.load_state_dict(state, strict=False)
    except Exception as error:  # what a broken file raises depends on where it is broken
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"{path} cannot be loaded into {name} ({reason}); weights= takes a file of tensors by "
            f"name"
        ) from error
    foreign = [k for k in found.unexpected_keys if not k.startswith(f"{head}.")]
    if found.missing_keys or foreign:
        raise ValueError(
            f"{path} holds no weights of {name}: {len(found.missing_keys)} tensors are missing and "
            f"{len(foreign)} are not of it, such as {[*found.missing_keys, *foreign][0]}; give its "
            f"own file as weights="
        )
