"""What every record says, also that of a run without a single number."""

from typing import Any

from da.benchmark.axes import parse_level
from da.benchmark.environment import environment
from da.benchmark.grid import Run

SCHEMA = "1"
#: Goes up when a score or a default of :mod:`da.validators` means something else than before.
VALIDATOR_VERSION = "1"


def identity(run: Run) -> dict[str, Any]:
    """Return what a record says about its run, whatever became of it."""
    config = run.config
    data, model = config["data"]["init_args"], config["model"]
    scenario = run.task.partition(":")[2] or "plain"
    level = parse_level(scenario)
    return {
        "schema": SCHEMA,
        "validator_version": VALIDATOR_VERSION,
        "run_id": run.id,
        "suite": run.suite,
        "method": {
            "name": run.method,
            "class": model["class_path"],
            "hp": model.get("init_args", {}),
        },
        "task": {
            "name": run.task,
            "dataset": config["data"]["class_path"].rsplit(".", 1)[-1],
            "source": data["source"],
            "target": data["target"],
            "scenario": scenario,
            "axis": level.axis if level else None,
            "level": level.number if level else None,
            "draw": level.draw if level else None,
        },
        "seed": run.seed,
        "train": {"steps": config["trainer"]["max_steps"], "step": None},
        "env": environment(),
        "split": None,
        "covariates": None,
        "backbone": None,
        "metrics": None,
        "label_shift": None,
        "validators": {},
        "predictions": None,
        "correct": None,
        "artifacts": {},
        "loss_log": [],
    }


def failure(run: Run, status: str, reason: str | None) -> dict[str, Any]:
    """Return the record of a run that has no numbers, only a reason.

    It is written with the results, perhaps by later code on another machine, so that no environment
    is its own.
    """
    return {**identity(run), "env": None, "status": status, "reason": reason}
