"""Embedded digits on a network with batch normalization, where AdaBN applies."""

from da.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="digits_bn",
    data="digits",
    extra=("network/batch_norm",),
    methods=("source_only", "adabn", "dann", "deep_coral", "dan", "target_only"),
    tasks=(
        "fonts->uci",
        "uci->fonts",
        "uci->uci-m",
        "uci-m->fonts-m",
        "fonts-m->uci-m",
        "fonts->uci-m",
        "fonts->uci:partial",
        "uci->uci-m:partial",
        "uci->fonts:label_shift",
        "uci->uci:halves",
    ),
    seeds=(0, 1, 2),
)

if __name__ == "__main__":
    BENCHMARK.main()
