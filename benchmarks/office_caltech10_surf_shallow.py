"""Office-Caltech10, SURF histograms, twelve tasks: baselines around 1-NN.

Source-only is 1-NN on the same features, so that no verdict credits the classifier to the method.
The support vector machine and logistic regression have suites of their own.
"""

from itertools import permutations

from da.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="office_caltech10_surf_shallow",
    data="office_caltech10_surf_shallow",
    floor="shallow_nearest_neighbor",
    methods=(
        "source_only",
        "shallow_pca",
        "shallow_subspace_alignment",
        "shallow_gfk",
        "shallow_tca",
        "shallow_jda",
        "shallow_ot_linear",
        "shallow_ot_exact",
        "shallow_ot_sinkhorn",
        "shallow_ot_lp_l1",
        "shallow_ot_label_propagation",
    ),
    tasks=tuple(f"{a}->{b}" for a, b in permutations(("amazon", "caltech", "dslr", "webcam"), 2)),
    seeds=(0,),  # they draw nothing
    checkpoints=1,
)

if __name__ == "__main__":
    BENCHMARK.main()
