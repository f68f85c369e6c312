"""Hyper-parameters that the data choose: one variant of a method for each task and seed."""

import math
from collections.abc import Mapping, Sequence

from da.benchmark.selection import Record, value


def choose(
    records: Sequence[Record], variants: Mapping[str, str], validator: str = "circv"
) -> list[Record]:
    """Return the records of the variant with the highest score, under the name of the method.

    What has no variants stays as it is. A variant without a score, such as one that diverged, is
    taken only where none has one; of equal ones, the first by name.

    Args:
        records: Records of all checkpoints of one suite.
        variants: The method of each variant.
        validator: Name of a score that is the same for all checkpoints of a run.
    """
    best: dict[tuple[str, str, int], tuple[float, str]] = {}
    for record in sorted(records, key=lambda r: str(r["method"]["name"])):
        name = record["method"]["name"]
        if name in variants:
            score = value(record, validator)
            score = -math.inf if math.isnan(score) else score
            key = _key(record, variants)
            if key not in best or score > best[key][0]:
                best[key] = score, name
    chosen = []
    for record in records:
        name = record["method"]["name"]
        if name not in variants:
            chosen.append(record)
        elif best[_key(record, variants)][1] == name:
            method = {**record["method"], "name": variants[name], "variant": name}
            chosen.append({**record, "method": method})
    return chosen


def _key(record: Record, variants: Mapping[str, str]) -> tuple[str, str, int]:
    return variants[record["method"]["name"]], record["task"]["name"], record["seed"]
