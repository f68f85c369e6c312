"""One cell of a benchmark."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Run:
    """One cell of a benchmark: a method on a transfer task with a seed.

    Attributes:
        suite: Name of the benchmark.
        method: Name of the method in tables.
        task: Name of the transfer task in tables.
        seed: Seed of the run.
        config: All that training depends on, as JSON has it.
        job: Runs of the same job share one training and are executed together.
        id: SHA-256 of the run's content, in hexadecimal.
    """

    suite: str
    method: str
    task: str
    seed: int
    config: dict[str, Any]
    job: str
    id: str
