"""Tiny files in the formats in which digits are distributed."""

import bz2
import gzip
import struct


def write_idx(path, array):
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))
    return path


def write_libsvm(path, labels, values):
    """Labels from 1 and pixels in [-1, 1], six decimals, as LIBSVM publishes USPS."""
    lines = (
        f"{label} " + " ".join(f"{i}:{v:.6f}" for i, v in enumerate(row, 1)) + " \n"
        for label, row in zip(labels, values, strict=True)
    )
    path.write_bytes(bz2.compress("".join(lines).encode()))
    return path
