"""Stress suite: one task, eight axes along which adapting gets harder, five levels each.

Methods keep the settings that they have on the clean task. The network has batch normalization, so
that re-estimated statistics (AdaBN) stand beside source-only as the second reference.
"""

from da.benchmark import AXES, Benchmark, stress_tasks

PAIR = ["fonts->uci"]
OTHERS = [axis for axis in AXES if axis != "label_shift"]

BENCHMARK = Benchmark(
    name="negative_transfer",
    data="digits",
    extra=("network/batch_norm",),
    methods=(
        *("source_only", "adabn"),
        *("dann", "cdan_e", "dan", "deep_coral", "deep_jdot", "mcc"),
    ),
    # A single Dirichlet draw says more about that draw than about its concentration.
    tasks=stress_tasks(PAIR, ["label_shift"], draws=3) + stress_tasks(PAIR, OTHERS),
    seeds=(0, 1, 2, 3, 4),
    checkpoints=1,  # curves are of the last step
)

if __name__ == "__main__":
    BENCHMARK.main()
