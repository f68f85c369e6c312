"""Office-Caltech10, SURF histograms: baselines around 1-NN on few labels a class, ten draws.

20 labelled samples of each class, 8 where DSLR is the source (Gong et al., CVPR 2012); all target
samples are adapted to and scored on. A draw is a scenario: published tables average over draws.
"""

from itertools import permutations

from da.benchmark import Benchmark

DRAWS = range(10)

BENCHMARK = Benchmark(
    name="office_caltech10_per_class_shallow",
    data="office_caltech10_surf_shallow",
    floor="shallow_nearest_neighbor",
    methods=(
        *("source_only", "shallow_subspace_alignment"),
        *("shallow_ot_lp_l1", "shallow_ot_lp_l1_smooth"),
    ),
    tasks=tuple(
        f"{a}->{b}:draw{i}"
        for a, b in permutations(("amazon", "caltech", "dslr", "webcam"), 2)
        for i in DRAWS
    ),
    scenarios={
        f"draw{i}": {
            "protocol": {
                "class_path": "da.data.PerClass",
                "init_args": {"count": 20, "exceptions": {"dslr": 8}, "draw": i},
            }
        }
        for i in DRAWS
    },
    seeds=(0,),  # they draw nothing
    checkpoints=1,
)

if __name__ == "__main__":
    BENCHMARK.main()
