"""Office-Caltech10, SURF histograms: all twelve tasks, and what standardization already aligns."""

from itertools import permutations

from da.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="office_caltech10_surf",
    data="office_caltech10_surf",
    methods=("source_only", "adabn", "dann", "deep_coral", "dan", "target_only"),
    tasks=(
        *(f"{a}->{b}" for a, b in permutations(("amazon", "caltech", "dslr", "webcam"), 2)),
        "amazon->webcam:unaligned",
    ),
    scenarios={
        # both domains standardized by the statistics of the source
        "unaligned": {"standardize": "labeled"},
    },
    seeds=(0, 1, 2),
)

if __name__ == "__main__":
    BENCHMARK.main()
