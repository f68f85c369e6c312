"""Suites by name: files in ``benchmarks``, or the default methods on data of one's own."""

import runpy
from pathlib import Path

from da.benchmark.grid import Benchmark, compose, folder, unknown

#: Short names.
SHORT = {"stress": "negative_transfer"}


def load_suite(name: str) -> Benchmark:
    """Return the benchmark that a file declares as ``BENCHMARK``, or that of a YAML file of data.

    Args:
        name: Name of a file in ``benchmarks``, or path to a Python or a YAML file.

    Raises:
        ValueError: If there is no such file, or it declares no benchmark.
    """
    if name.endswith(".yaml"):
        return own_data(name)
    name = SHORT.get(name, name)
    path = Path(name) if name.endswith(".py") else folder("benchmarks") / f"{name}.py"
    if not path.is_file():
        suites = sorted(p.stem for p in folder("benchmarks").glob("*.py") if _declares(p))
        raise ValueError(unknown("suite", name, suites))
    benchmark = runpy.run_path(str(path)).get("BENCHMARK")
    if not isinstance(benchmark, Benchmark):
        raise ValueError(f"{path} declares no suite; give it a BENCHMARK = Benchmark(...)")
    return benchmark


def own_data(path: str) -> Benchmark:
    """Return the default methods on the source and the target that a YAML file names.

    Raises:
        ValueError: If there is no such file, or its data cannot be read or measured on.
    """
    from da.catalogue import transfer_task

    task = transfer_task(compose(path)["data"])
    task.split()  # tells before anything runs what cannot be read, or that there are no labels
    methods = ("source_only", "adabn", "dann", "deep_coral", "dan", "target_only")
    return Benchmark(Path(path).stem, path, methods, (f"{task.source}->{task.target}",))


def _declares(path: Path) -> bool:
    return "BENCHMARK = " in path.read_text()
