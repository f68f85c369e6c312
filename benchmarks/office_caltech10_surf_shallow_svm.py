"""Office-Caltech10, SURF histograms, twelve tasks: baselines around a linear SVM.

Source-only is that support vector machine. JDOT, whose classifier is one too, takes minutes:
``--methods shallow_jdot``.
"""

from itertools import permutations

from da.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="office_caltech10_surf_shallow_svm",
    data="office_caltech10_surf_shallow",
    floor="shallow_linear_svm",
    methods=(
        "source_only",
        "shallow_coral",
    ),
    tasks=tuple(f"{a}->{b}" for a, b in permutations(("amazon", "caltech", "dslr", "webcam"), 2)),
    seeds=(0,),  # they draw nothing
    checkpoints=1,
)

if __name__ == "__main__":
    BENCHMARK.main()
