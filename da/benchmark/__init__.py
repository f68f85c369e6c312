"""Benchmarks: declare, run, resume, select, compare, report."""

from da.benchmark.commands import load_suite
from da.benchmark.grid import Benchmark

__all__ = ["Benchmark", "load_suite"]
