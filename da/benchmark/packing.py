"""Predictions, features and weights as the few bytes that records and stores keep of them."""

import base64
import hashlib
import io
import string
import zlib

import numpy as np
from torch import Tensor

from da.batch import Labeled

_LETTERS = string.digits + string.ascii_letters
_SPELLED = "="  # no base64 text begins with it

#: Samples of each domain whose features are kept for pictures.
PICTURED = 300


def encode(predictions: np.ndarray) -> str:
    """Return class indices as text: base64 of zlib of little-endian 16-bit integers."""
    return base64.b64encode(zlib.compress(predictions.astype("<u2").tobytes(), 9)).decode()


def spell(predictions: str) -> str:
    """Return predictions one character each, as :func:`encode` does not.

    That is longer, but compresses to half with those of other checkpoints and seeds, which are much
    alike. Of more classes than there are letters and digits they stay as they are.
    """
    classes = np.frombuffer(zlib.decompress(base64.b64decode(predictions)), dtype="<u2")
    if classes.max(initial=0) >= len(_LETTERS):
        return predictions
    return _SPELLED + "".join(_LETTERS[c] for c in classes)


def unspell(predictions: str) -> str:
    """Return predictions as :func:`encode` has them, whether they were spelled or not."""
    if not predictions.startswith(_SPELLED):
        return predictions
    letters = predictions.removeprefix(_SPELLED)
    return encode(np.array([_LETTERS.index(letter) for letter in letters]))


def pack_features(source: Labeled, target: Tensor, target_labels: Tensor) -> bytes:
    """Return some features of both domains as the bytes of an npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        source=source.features[:PICTURED].half().numpy(),
        source_labels=source.labels[:PICTURED].numpy(),
        target=target[:PICTURED].half().numpy(),
        target_labels=target_labels[:PICTURED].numpy(),
    )
    return buffer.getvalue()


def state_hash(state: dict[str, Tensor]) -> str:
    """Return the sha256 of names and bytes of all weights."""
    digest = hashlib.sha256()
    for name, value in sorted(state.items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
