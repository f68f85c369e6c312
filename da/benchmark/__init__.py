"""Benchmarks: declare, run, resume, select, compare, report."""

from da.benchmark.axes import AXES, stress_tasks
from da.benchmark.grid import Benchmark, Setting
from da.benchmark.suites import load_suite

__all__ = ["AXES", "Benchmark", "Setting", "load_suite", "stress_tasks"]
