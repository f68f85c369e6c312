"""Stress suite on a network with batch normalization, whose statistics AdaBN re-estimates.

There AdaBN stands beside source-only as the second reference. It costs half as much again.
"""

from dataclasses import replace

from da.benchmark import load_suite

SUITE = load_suite("negative_transfer")

BENCHMARK = replace(
    SUITE,
    name="negative_transfer_bn",
    extra=("network/batch_norm",),
    methods=("source_only", "adabn", *SUITE.methods[1:]),
)

if __name__ == "__main__":
    BENCHMARK.main()
