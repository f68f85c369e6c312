"""Office-Caltech10, SURF histograms: baselines around 1-NN on few labels a class, ten draws."""

from dataclasses import replace

from da.benchmark import load_suite

BENCHMARK = replace(
    load_suite("office_caltech10_per_class"),
    name="office_caltech10_per_class_shallow",
    data="office_caltech10_surf_shallow",
    floor="shallow_nearest_neighbor",
    methods=(
        *("source_only", "shallow_subspace_alignment"),
        *("shallow_ot_lp_l1", "shallow_ot_lp_l1_smooth"),
    ),
    checkpoints=1,
)

if __name__ == "__main__":
    BENCHMARK.main()
