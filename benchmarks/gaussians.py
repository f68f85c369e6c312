"""Two Gaussians: how much aligning the means helps or hurts is known before anything is trained."""

from da.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="gaussians",
    data="gaussians",
    methods=("source_only", "adabn", "target_only"),
    tasks=(
        "source->target",
        "source->target:shift",
        "source->target:prior",
        "source->target:shift_and_prior",
    ),
    scenarios={
        "shift": {"delta": 1.0},
        "prior": {"prior": 0.9},
        "shift_and_prior": {"delta": 1.0, "prior": 0.9},
    },
    seeds=(0, 1, 2),
)

if __name__ == "__main__":
    BENCHMARK.main()
