"""Finished cells as W&B runs, so that methods compare in one dashboard."""

import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from da import tracking
from da.benchmark.grid import digest
from da.benchmark.results import Record, write
from da.benchmark.selection import BASELINE

#: Name of the horizontal axis, the one that ``da fit`` uses.
STEP = "trainer/global_step"


def send(records: Sequence[Record], root: Path) -> int:
    """Send each cell that was not sent yet as one run; ``WANDB_MODE`` says how, offline by default.

    A run bears the id of its cell: sent twice, it is still one run. Offline runs lie in
    ``root/wandb``, for ``wandb sync``.

    Args:
        records: Records of all checkpoints.
        root: Folder of the runs.

    Returns:
        How many were sent.

    Raises:
        ValueError: If W&B is asked for online and there is no login or no answer.
    """
    modes: dict[str | None, tracking.Mode] = {"online": "online", "disabled": "disabled"}
    mode = modes.get(os.environ.get("WANDB_MODE"), "offline")
    log = root / "wandb" / "sent.txt"
    sent = log.read_text().splitlines() if log.is_file() else []
    known, count = set(sent), 0
    for run_id, content in cells(records).items():
        line = f"{mode} {run_id} {digest(content)}"
        if line in known or mode == "disabled":
            continue
        _send(run_id, content, root, mode)
        log.parent.mkdir(parents=True, exist_ok=True)
        sent.append(line)
        write(log, "".join(f"{entry}\n" for entry in sent))
        count += 1
    return count


def cells(records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Describe each cell as what its W&B run shows.

    Returns:
        For each run id: ``start`` (what the run is called and belongs to), ``config``, ``history``
        (one mapping per step), ``summary``, and ``failed``.
    """
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[record["run_id"]].append(record)
    finals = {run_id: max(group, key=_step) for run_id, group in groups.items()}
    baselines = {_twin(r): _accuracy(r) for r in finals.values() if _method(r) == BASELINE}
    return {
        run_id: _describe(groups[run_id], final, baselines.get(_twin(final)))
        for run_id, final in finals.items()
    }


def _describe(group: Sequence[Record], final: Record, baseline: float | None) -> dict[str, Any]:
    history: dict[int, dict[str, float]] = defaultdict(dict)
    for record in group:
        for entry in record["loss_log"]:
            history[entry["step"]] |= {k: v for k, v in entry.items() if k != "step"}
        if record["metrics"]:
            history[record["train"]["step"]] |= _scores(record)
    accuracy = _accuracy(final)
    summary: dict[str, Any] = {"status": final["status"], "reason": final["reason"]}
    if final["metrics"]:
        summary |= _scores(final)
    if accuracy is not None and baseline is not None and _method(final) != BASELINE:
        # reads target labels, like all that is called oracle
        summary["oracle/delta"] = accuracy - baseline
    task, method, seed = final["task"], _method(final), final["seed"]
    return {
        "start": {
            "name": f"{method}-{task['name']}-{seed}",
            "group": f"{final['suite']}/{task['name']}",
            "job_type": "bench",
            "tags": tracking.tags(method, task["source"], task["target"], seed),
        },
        "config": {
            "suite": final["suite"],
            "method": final["method"],
            "task": task,
            "seed": seed,
            "backbone": final["backbone"],
            "train": {k: v for k, v in final["train"].items() if k != "step"},
        },
        "history": [{STEP: step, **history[step]} for step in sorted(history)],
        "summary": {k: v for k, v in summary.items() if v is not None},
        "failed": final["status"] != "ok",
    }


def _send(run_id: str, content: Mapping[str, Any], root: Path, mode: tracking.Mode) -> None:
    run = tracking.start(
        mode=mode,
        dir=str(root),
        id=run_id,
        resume="allow" if mode == "online" else None,
        config=json.loads(json.dumps(content["config"])),
        reinit="finish_previous",
        **content["start"],
    )
    run.define_metric("*", step_metric=STEP, step_sync=True)
    for row in content["history"]:
        run.log(row)
    run.summary.update(content["summary"])
    run.finish(exit_code=int(content["failed"]))


def _scores(record: Record) -> dict[str, float]:
    test = record["metrics"]["t_test"]
    scores = {f"score/{k}": v["value"] for k, v in record["validators"].items()}
    scores |= {"oracle/accuracy": test["acc"], "oracle/macro_recall": test["macro"]}
    return {k: v for k, v in scores.items() if v is not None}


def _accuracy(record: Record) -> float | None:
    return record["metrics"]["t_test"]["acc"] if record["metrics"] else None


def _method(record: Record) -> str:
    return str(record["method"]["name"])


def _twin(record: Record) -> tuple[str, str, int]:
    return record["suite"], record["task"]["name"], record["seed"]


def _step(record: Record) -> int:
    return record["train"]["step"] or 0
