"""Office-Caltech10, SURF histograms, twelve tasks: reweighting of a logistic regression.

Source-only is the logistic regression with all samples weighing the same.
"""

from itertools import permutations

from da.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="office_caltech10_surf_shallow_logistic",
    data="office_caltech10_surf_shallow",
    floor="shallow_logistic_regression",
    methods=(
        "source_only",
        "shallow_kmm",
        "shallow_kliep",
        "shallow_density_reweighting",
        "shallow_discriminator_reweighting",
    ),
    tasks=tuple(f"{a}->{b}" for a, b in permutations(("amazon", "caltech", "dslr", "webcam"), 2)),
    seeds=(0,),  # they draw nothing
    checkpoints=1,
)

if __name__ == "__main__":
    BENCHMARK.main()
