"""Benchmarks: declare, run, resume, select, compare, report."""

from da.benchmark.grid import Benchmark

__all__ = ["Benchmark"]
