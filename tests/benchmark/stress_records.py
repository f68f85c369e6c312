"""Synthetic records of stress tests, with curves that are known."""

import numpy as np

from tests.benchmark.records import record, split, wrong

SEEDS = (0, 1, 2, 3, 4)


def entry(method, correct, labels, *, task, key, seed, draw=0, covariates=None, num_classes=3):
    """Return the record of a run on one level of an axis."""
    made = record(
        method,
        wrong(labels, correct, num_classes),
        labels,
        test_sha256=key,
        task=task,
        scenario=task.partition(":")[2],
        seed=seed,
        num_classes=num_classes,
    )
    return made | {"covariates": covariates or {}}


def known(deltas, *, axis="covariate", level=50, n=100, seeds=(0, 1, 2), pair="fonts->uci"):
    """Return records in which each method loses or gains so many of 100 items at each level.

    Items are right alike for all seeds; ``None`` stands for a level without runs. Source-only gets
    ``level`` items right, which may be one number for each level.
    """
    labels = [i % 3 for i in range(n)]
    key, test = split(labels)
    levels = [level] * 5 if np.ndim(level) == 0 else level
    records = []
    for method, points in {"source_only": [0] * 5, **deltas}.items():
        for at, delta in enumerate(points):
            for seed in seeds if delta is not None else ():
                right = np.arange(n) < levels[at] + (delta or 0)
                records.append(
                    entry(method, right, labels, task=f"{pair}:{axis}@{at}", key=key, seed=seed)
                )
    return records, {key: test}


def plausible(axes, methods=7, *, n=400, seeds=SEEDS, draws=3, num_classes=10, pair="fonts->uci"):
    """Return records of a suite in which methods gain on clean tasks and lose under stress."""
    rng = np.random.default_rng(0)
    names = ("adabn", "bnm", "cdan_e", "dan", "dann", "deep_coral", "mcc", "mdd")[:methods]
    labels = np.arange(n) % num_classes
    hardness, records, splits = rng.random(n), [], {}
    for a, axis in enumerate(axes):
        floor = [0.75, 0.72, 0.66, 0.55, 0.3] if axis == "unrelated_source" else [0.75] * 5
        for level in range(5):
            several = draws if axis in ("label_shift", "partial") and level else 1
            for draw in range(several):
                kept, weights, tv = _shift(axis, level, labels, num_classes, rng)
                key, test = split(labels[kept], weights, name="item")
                test["ids"] = [f"item-{i}" for i in kept]
                key = f"{axis}-{level}-{draw}"
                splits[key] = test
                for m, method in enumerate(("source_only", *names)):
                    slope = 0.25 * ((a + m) % 4) / 3 * (axis != "small_target")
                    gain = 0 if m == 0 else 0.08 - slope * (level / 4) ** 1.5
                    for seed in seeds:
                        noise = np.random.default_rng([a, level, draw, seed]).random(n)
                        own = np.random.default_rng([a, level, draw, seed, m]).random(n)
                        shift = 0.02 * np.random.default_rng([seed, m]).normal() * (m > 0)
                        score = hardness + 0.2 * noise + 0.12 * (m > 0) * own
                        right = score < floor[level] + 0.1 + 0.06 * (m > 0) + gain + shift
                        suffix = f".{draw}" if draw else ""
                        records.append(
                            entry(
                                method,
                                right[kept],
                                labels[kept],
                                task=f"{pair}:{axis}@{level}{suffix}",
                                key=key,
                                seed=seed,
                                num_classes=num_classes,
                                covariates={"tv": tv},
                            )
                        )
    return records, splits


def _shift(axis, level, labels, num_classes, rng):
    """Return the test items of a draw, their weights and the total variation of the prior."""
    everything = np.arange(len(labels))
    uniform = np.full(num_classes, 1 / num_classes)
    if axis == "partial":
        classes = rng.permutation(num_classes)[: -(-num_classes * (4 - level) // 4) or 1]
        return everything[np.isin(labels, classes)], None, 1 - len(classes) / num_classes
    if axis == "label_shift" and level:
        prior = rng.dirichlet(np.full(num_classes, (0, 10, 3, 1, 0.3)[level]))
        weights = prior[labels]
        return everything, weights / weights.mean(), float(np.abs(prior - uniform).sum() / 2)
    return everything, None, 0.0
