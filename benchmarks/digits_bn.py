"""Embedded digits on a network with batch normalization, for the methods that act on it."""

from dataclasses import replace

from da.benchmark import load_suite

BENCHMARK = replace(
    load_suite("digits"),
    name="digits_bn",
    extra=("network/batch_norm",),
    methods=(
        *("source_only", "adabn", "dsbn", "transnorm"),
        *("dann", "deep_coral", "dan", "target_only"),
    ),
)

if __name__ == "__main__":
    BENCHMARK.main()
