"""Scores of a candidate among others: they need what all predicted on the same target samples."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.benchmark.scoring import sampled, stored
from da.benchmark.selection import Record, completed
from da.validators import ensemble_classes, ensv, gde

#: Target samples whose logits are kept.
KEPT = 2000

#: Bytes of the stored logits of a run, by their path; None where they are not there.
Load = Callable[[str], bytes | None]


def logits_path(run_id: str) -> str:
    """Return under which name a run's logits are stored."""
    return f"logits/{run_id}.npz"


def pack_logits(logits: Mapping[int, Tensor]) -> bytes:
    """Return logits of target validation samples at each step as the bytes of an npz file.

    They are of float16 and less the largest of their sample, which stays 0: so neither is a
    prediction changed, nor does a large logit become infinite. Of many samples some are drawn, the
    same for all runs.
    """
    arrays = {}
    for step, values in logits.items():
        values = values[sampled(len(values), KEPT)].float()
        below = (values - values.amax(1, keepdim=True)).clamp(min=torch.finfo(torch.float16).min)
        arrays[str(step)] = below.half().numpy()
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack_logits(content: bytes) -> dict[int, Tensor]:
    """Return the logits at each step that :func:`pack_logits` packed."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {int(step): torch.from_numpy(arrays[step]).float() for step in arrays.files}


def add_pool_scores(records: Sequence[Record], load: Load) -> list[Record]:
    """Return the records with two more validators, where the logits of their pool are stored.

    ``ensv`` is agreement with the ensemble of all checkpoints of the same task and seed, ``gde``
    that with the checkpoint of the same method and step of the next seed, the first after the last.
    Methods that train on target labels are neither scored nor part of a pool. How many candidates
    the ensemble has is recorded as ``pool``, since the score depends on them; without source-only
    among them there is no ensemble.

    Args:
        records: Records of all checkpoints of one suite.
        load: Reads what ``artifacts.logits`` of a record names.
    """
    candidates = [r for r in records if completed(r) and _unlabelled(r) and _path(r)]
    pools: dict[tuple[Any, ...], list[Record]] = {}
    for record in candidates:
        pools.setdefault((_task(record), record["seed"]), []).append(record)
    added: dict[tuple[str, int | None], dict[str, Any]] = {}
    predicted: dict[tuple[Any, ...], dict[int, Tensor]] = {}
    for key, pool in sorted(pools.items(), key=lambda item: str(item[0])):
        logits = _logits(pool, load)
        for record, values in logits:
            twins = predicted.setdefault((key[0], record["method"]["name"], _step(record)), {})
            twins[record["seed"]] = values.argmax(1).to(torch.int16)
        if any(record["method"]["name"] == "source_only" for record, _ in logits):
            ensemble = ensemble_classes(values for _, values in logits)
            for record, values in logits:
                score = ensv(_NOBODY, Unlabeled(values, values), ensemble=ensemble)
                added[_key(record)] = {"ensv": {**stored(score), "pool": len(logits)}}
    for record in candidates:
        twins = predicted.get((_task(record), record["method"]["name"], _step(record)), {})
        seeds = sorted(twins)
        if record["seed"] in twins and len(seeds) > 1:
            other = seeds[(seeds.index(record["seed"]) + 1) % len(seeds)]
            k = record["split"]["K"]
            own, twin = (torch.eye(k)[twins[seed].long()] for seed in (record["seed"], other))
            score = gde(_NOBODY, Unlabeled(own, own), twin=twin)
            added.setdefault(_key(record), {})["gde"] = stored(score)
    return [
        {**r, "validators": {**r["validators"], **added[_key(r)]}} if _key(r) in added else r
        for r in records
    ]


#: Held-out source samples, of which these scores use none.
_NOBODY = Labeled(torch.zeros(0, 1), torch.zeros(0, 1), torch.zeros(0, dtype=torch.int64))


def _logits(pool: Sequence[Record], load: Load) -> list[tuple[Record, Tensor]]:
    """Return the records whose logits are stored, with these."""
    contents = {path: load(path) for path in sorted({_path(record) for record in pool})}
    steps = {path: unpack_logits(x) for path, x in contents.items() if x is not None}
    return [
        (record, steps[_path(record)][_step(record)])
        for record in pool
        if _step(record) in steps.get(_path(record), {})
    ]


def _task(record: Record) -> tuple[str, str, str]:
    """Return the task and the split: other samples would not be comparable."""
    return record["suite"], record["task"]["name"], record["split"]["sha256"]


def _unlabelled(record: Record) -> bool:
    return record["method"].get("labeled_domain", "source") != "target"


def _path(record: Record) -> str:
    return record["artifacts"].get("logits") or ""


def _step(record: Record) -> int:
    return record["train"]["step"]


def _key(record: Record) -> tuple[str, int | None]:
    return record["run_id"], record["train"]["step"]
