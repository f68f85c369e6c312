"""A job that stands for a training: it takes a moment and can go wrong in every way."""

import hashlib
import os
import signal
import sys
import time
import weakref
from pathlib import Path

from da.benchmark.grid import Run
from da.benchmark.runner import run_all
from da.benchmark.store import Result

EXECUTE = f"{Path(__file__).stem}:execute"


class Tangle:
    """Something that only a garbage collection frees, as a trainer is."""

    def __init__(self):
        self.itself = self


TANGLES = []


def cell(number, method="toy", job=None, **config):
    identity = hashlib.sha256(repr((number, method, sorted(config.items()))).encode()).hexdigest()
    return Run("suite", method, f"task{number % 3}", number, config, job or identity, identity)


def records_of(run):
    """What an undisturbed execution writes."""
    return [{"run_id": run.id, "step": step, "value": run.seed * 10 + step} for step in range(3)]


def execute(runs, report):
    config = runs[0].config
    if "log" in config:
        with open(config["log"], "a") as log:
            log.write("".join(f"{os.getpid()} {run.id}\n" for run in runs))
    report(0.5, {"accuracy": 0.25})
    time.sleep(config.get("sleep", 0))
    if "print" in config:
        print(config["print"], os.environ["OMP_NUM_THREADS"], os.environ["PYTHONHASHSEED"])
    if "tangles" in config:
        if any(tangle() is not None for tangle in TANGLES):
            raise MemoryError("an earlier job is still in memory")
        TANGLES.append(weakref.ref(Tangle()))
    if "raises" in config:
        raise {"MemoryError": MemoryError, "RuntimeError": RuntimeError}[config["raises"]](
            "out of\nluck"
        )
    if "dies" in config:  # as long as the file is missing; the file then says that it died once
        flag = Path(config["dies"])
        if not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if "always_dies" in config:
        os.kill(os.getpid(), signal.SIGKILL)
    if "exits" in config:
        os._exit(config["exits"])
    if "no_result" in config:
        return []
    if "no_json" in config:
        return [Result(run.id, "ok", records=[{"value": object()}]) for run in runs]
    report(1.0, {"accuracy": 0.75})
    shared = {"shared": b"the same for all"}
    return [
        Result(run.id, "ok", None, records_of(run), {**shared, f"bits/{run.id}": run.id.encode()})
        for run in runs
    ]


if __name__ == "__main__":  # toy.py STORE LOG SLEEP CELLS: what a user starts and kills
    store, log, sleep, cells = sys.argv[1:]
    grid = [cell(number, log=log, sleep=float(sleep)) for number in range(int(cells))]
    print(run_all(store, grid, EXECUTE).states["done"])
