"""Which validator to trust: pools of methods, weights and steps on embedded digits."""

from dataclasses import replace

from da.benchmark import load_suite

WEIGHTS = ("@0.1", "", "@10")

BENCHMARK = replace(
    load_suite("digits"),
    name="validators",
    methods=(
        "source_only",
        *(f"{m}{w}" for m in ("dann", "cdan_e", "dan", "deep_coral", "mcc") for w in WEIGHTS),
    ),
    tasks=(
        *("fonts->uci", "uci->fonts", "uci->uci-m"),
        *("uci-m->fonts-m", "fonts-m->uci-m", "fonts->uci-m"),
    ),
    checkpoints=10,
)

if __name__ == "__main__":
    BENCHMARK.main()
