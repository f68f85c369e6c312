"""Office-Caltech10, SURF histograms: few labels a source class, ten draws (Gong et al., CVPR 2012).

20 labelled samples of each class, 8 where DSLR is the source; all target samples are adapted to
and scored on. A draw is a scenario, so that results average over draws as in published tables.
"""

from itertools import permutations

from da.benchmark import Benchmark

DRAWS = range(10)

BENCHMARK = Benchmark(
    name="office_caltech10_per_class",
    data="office_caltech10_surf",
    methods=("source_only", "adabn", "dann", "deep_coral", "dan", "target_only"),
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
    seeds=(0,),
)

if __name__ == "__main__":
    BENCHMARK.main()
