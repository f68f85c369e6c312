"""Named random streams, so that a method and its source-only twin draw the same numbers.

Each stream is a pure function of its name, the seed and counters (a step, an epoch): to consume
target batches cannot shift the order of the source, and a resumed run continues bit for bit.
"""

import hashlib
from typing import Literal

import numpy as np
import torch

Stream = Literal["split", "scenario", "src_order", "src_aug", "tgt_order", "tgt_aug", "dropout"]


def stream_seed(stream: Stream, seed: int, *counters: int) -> int:
    """Return a 63-bit seed that depends on the stream's name, the run's seed and the counters.

    Args:
        stream: Name of the stream.
        seed: Seed of the run; non-negative.
        *counters: Non-negative positions within the stream, such as a step.

    Returns:
        An integer in ``[0, 2**63)``.
    """
    name = int.from_bytes(hashlib.sha256(stream.encode()).digest()[:8], "big")
    sequence = np.random.SeedSequence([name, seed, *counters])
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def generator(stream: Stream, seed: int, *counters: int) -> torch.Generator:
    """Return a CPU generator at one position of a named stream."""
    return torch.Generator().manual_seed(stream_seed(stream, seed, *counters))
