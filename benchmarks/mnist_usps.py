"""MNIST and USPS under protocol P1: three draws of 2,000 and 1,800 images, both directions.

Each draw is a task of its own, because its samples are its own: seeds and samples of one draw make
its interval, and rows differ by the draw. The protocol scores the samples that were adapted to; the
ceiling "target only" is trained with labels on the very samples that it is scored on.
"""

from typing import Any

from da.benchmark import Benchmark


def draw(number: int) -> dict[str, Any]:
    """Return the protocol with one draw of the subsets."""
    sizes = {"mnist": 2000, "usps": 1800, "usps-raw": 1800}
    options = {"sizes": sizes, "draw": number}
    return {"protocol": {"class_path": "da.data.Subsets", "init_args": options}}


BENCHMARK = Benchmark(
    name="mnist_usps",
    data="mnist_usps",
    methods=("source_only", "adabn", "dann", "deep_coral", "dan", "target_only"),
    tasks=tuple(f"{task}:draw{n}" for task in ("mnist->usps", "usps->mnist") for n in range(3)),
    seeds=(0, 1, 2),
    scenarios={f"draw{n}": draw(n) for n in range(3)},
)

if __name__ == "__main__":
    BENCHMARK.main()
