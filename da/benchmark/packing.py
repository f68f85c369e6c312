"""Predictions, features and weights as the few bytes that records and stores keep of them."""

import base64
import hashlib
import io
import zlib

import numpy as np
from torch import Tensor

from da.batch import Labeled

#: Samples of each domain whose features are kept for pictures.
PICTURED = 300


def encode(predictions: np.ndarray) -> str:
    """Return class indices as text: base64 of zlib of little-endian 16-bit integers."""
    return base64.b64encode(zlib.compress(predictions.astype("<u2").tobytes(), 9)).decode()


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
