"""Any network of PyTorch Image Models as feature extractor."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from jaxtyping import Float
from torch import Tensor, nn

from da.backbones.base import Backbone


class Timm(Backbone):
    """The pooled features of a timm network, without its classifier.

    Wightman, *PyTorch Image Models*, 2019. https://github.com/huggingface/pytorch-image-models

    Where the images have other than 3 channels, pretrained filters of the first convolution are
    summed or repeated over them. Many networks want images of one size.

    Args:
        in_channels: Channels of the images.
        name: The network as ``timm.list_models()`` has it; with a tag, such as
            ``resnet18.a1_in1k``, it names the pretrained weights too.
        pretrained: Whether to start from timm's weights: those in the local cache, else downloaded.
        weights: A file to start from in place of timm's weights: a state dictionary of this
            network, as ``.safetensors`` or saved by torch. A classifier in it is left out.

    Raises:
        ValueError: If timm is not installed or has no such network, or if weights cannot be had or
            are not of this network.
        FileNotFoundError: If there is no such file of weights.
    """

    def __init__(
        self,
        in_channels: int = 3,
        name: str = "resnet18",
        pretrained: bool = False,
        weights: str | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        try:
            timm = import_module("timm")  # takes seconds
        except ImportError as error:
            raise ValueError(
                "the backbone Timm needs timm, which cannot be imported; pip install 'da[timm]'"
            ) from error
        known = [*timm.list_models(), *timm.list_pretrained()]
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "timm.list_models() tells all"
            raise ValueError(f"timm has no network {name!r}; {hint}")
        if weights is not None and not Path(weights).is_file():
            raise FileNotFoundError(f"there is no file of weights {weights!r}; check weights=")
        options = {"num_classes": 0, "in_chans": in_channels}
        if pretrained and weights is None:
            self.network: Any = _pretrained(name, **options)
        else:
            self.network = timm.create_model(name, **options)
        if weights is not None:
            _load(self.network, Path(weights), in_channels)
        # Some networks widen the pooled features once more, before the classifier.
        self.out_features = getattr(self.network, "head_hidden_size", self.network.num_features)

    def forward(self, inputs: Float[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        return self.network(inputs)


def _pretrained(name: str, **options: Any) -> nn.Module:
    """Make a network with timm's weights."""
    with _cache_only_if_offline():
        try:
            network: nn.Module = import_module("timm").create_model(
                name, pretrained=True, **options
            )
        except (OSError, RuntimeError) as error:  # the hub's errors are OSErrors
            reason = " ".join(str(error).split()).split(". ")[0]
            raise ValueError(
                f"there are no pretrained weights of {name} ({reason}); name a local file with "
                "weights="
            ) from error
    return network


@contextmanager
def _cache_only_if_offline() -> Iterator[None]:
    """Spare the hub's retries, which last most of a minute, where it cannot be reached."""
    # Its variable HF_HUB_OFFLINE is read when it is imported, which may be long ago.
    constants: Any = import_module("huggingface_hub.constants")
    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = before or not _answers(constants.ENDPOINT)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _answers(url: str) -> bool:
    try:
        urlopen(Request(url, method="HEAD"), timeout=1).close()
    except OSError as error:
        # An answer, be it a refusal or a certificate that the hub's own client may accept.
        refused = isinstance(getattr(error, "reason", None), ssl.SSLError)
        return isinstance(error, HTTPError) or refused
    return True


def _load(network: nn.Module, path: Path, in_channels: int) -> None:
    """Copy the weights of a file, which must hold all of the network's and no other's."""
    models = import_module("timm.models")
    cfg: Any = network.pretrained_cfg
    try:
        state = models.load_state_dict(str(path), weights_only=True)
        for conv in _names(cfg.get("first_conv")):
            key = f"{conv}.weight"
            if state[key].shape != network.state_dict()[key].shape:
                state[key] = models.adapt_input_conv(in_channels, state[key])
        found = network.load_state_dict(state, strict=False)
    except Exception as error:  # what a broken file raises depends on where it is broken
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"{path} cannot be loaded into {cfg['architecture']} ({reason}); weights= takes a file "
            "of tensors by name"
        ) from error
    classifiers = tuple(f"{name}." for name in _names(cfg.get("classifier")))
    foreign = [key for key in found.unexpected_keys if not key.startswith(classifiers)]
    if found.missing_keys or foreign:
        raise ValueError(
            f"{path} holds no weights of {cfg['architecture']}: {len(found.missing_keys)} tensors "
            f"are missing and {len(foreign)} are not of it, such as "
            f"{[*found.missing_keys, *foreign][0]}; give its own file as weights="
        )


def _names(names: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())
