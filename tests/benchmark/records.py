"""Synthetic records in the shape that a benchmark stores, with answers to compute by hand."""

import base64
import hashlib
import zlib

import numpy as np


def split(labels, weights=None, name="test"):
    """Return the key and the entry of a test split."""
    ids = [f"{name}-{i}" for i in range(len(labels))]
    weights = [1.0] * len(labels) if weights is None else list(map(float, weights))
    key = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    return key, {"ids": ids, "labels": list(map(int, labels)), "weights": weights}


def record(
    method,
    predictions,
    labels,
    *,
    test_sha256,
    task="fonts->uci",
    scenario="plain",
    seed=0,
    step=800,
    steps=800,
    num_classes=3,
    s_val=0.9,
    entropy=0.2,
    mean_probabilities=None,
    source_prior=None,
    target_prior=None,
    labeled_domain=None,
    loss_log=None,
    features=None,
    suite="digits",
    run_id=None,
    floor_ok=True,
):
    """Return the record of one evaluated checkpoint."""
    predictions, labels = np.asarray(predictions), np.asarray(labels)
    correct = predictions == labels
    uniform = [1 / num_classes] * num_classes
    per_class = [
        [int((labels == c).sum()), int(correct[labels == c].sum())] for c in range(num_classes)
    ]
    recalls = [hits / n for n, hits in per_class if n]
    source, target = task.split(":")[0].split("->")
    kind = "target" if method.startswith("target_only") else "source"
    return {
        "schema": "1",
        "run_id": run_id or f"{method}-{task}-{seed}".replace(">", ""),
        "suite": suite,
        "method": {
            "name": method,
            "class": f"da.methods.{method}",
            "labeled_domain": labeled_domain or kind,
            "hp": {"weight": 1.0},
        },
        "task": {
            "name": task,
            "dataset": "Digits",
            "source": source,
            "target": target,
            "scenario": scenario,
        },
        "seed": seed,
        "split": {
            "sha256": "0" * 64,
            "test_sha256": test_sha256,
            "n": {"s_train": 80, "s_val": 20, "t_adapt": 60, "t_val": 20, "t_test": len(labels)},
            "K": num_classes,
        },
        "train": {"steps": steps, "step": step, "batch_s": 64, "batch_t": 64},
        "backbone": {"class": "da.backbones.DigitNet"},
        "metrics": {
            "t_test": {
                "acc": float(correct.mean()),
                "macro": float(np.mean(recalls)),
                "per_class": per_class,
            },
            "t_adapt": {"acc": float(correct.mean()), "macro": float(np.mean(recalls))},
            "s_val": {"acc": s_val, "nll": 0.3},
            "t_val": {
                "mean_probabilities": mean_probabilities or uniform,
                "entropy": entropy,
                "predicted": mean_probabilities or uniform,
            },
            "floor": {"errors": 0.4, "floor": 0.1, "ok": floor_ok},
        },
        "label_shift": {
            "source_prior": source_prior or uniform,
            "target_prior": target_prior or uniform,
        },
        "validators": {
            "source_accuracy": {"value": s_val, "status": None},
            "information_maximization": {"value": 1 - entropy, "status": None},
        },
        "predictions": base64.b64encode(
            zlib.compress(predictions.astype("<u2").tobytes())
        ).decode(),
        "correct": np.packbits(correct).tobytes().hex(),
        "loss_log": loss_log or [],
        "artifacts": {"ckpt_sha256": "1" * 64, "features": features},
        "env": {"torch": "2.15.0", "numpy": "2.4.6"},
        "cost": {"wall_s": 7.0},
        "time_utc": "2026-01-01T00:00:00+00:00",
        "status": "ok",
        "reason": None,
    }


def unfinished(method, status, reason, *, test_sha256, n=6, **identity):
    """Return the one record of a run that diverged, failed or does not apply."""
    entry = record(method, [0] * n, [0] * n, test_sha256=test_sha256, **identity)
    empty = {"metrics": None, "predictions": None, "correct": None, "label_shift": None}
    train = {**entry["train"], "step": None}
    return {**entry, **empty, "validators": {}, "train": train, "status": status, "reason": reason}


def wrong(labels, correct, num_classes=3):
    """Return predictions that are right exactly where ``correct`` says."""
    labels, correct = np.asarray(labels), np.asarray(correct, dtype=bool)
    return np.where(correct, labels, (labels + 1) % num_classes)


def simulated_suite(seeds=(0, 1, 2), n=300, num_classes=10, steps=(200, 400, 600, 800)):
    """Return records and splits of a suite in which adapting helps, hurts and fails.

    ``dan`` gains on plain tasks, ``dann`` loses on the partial one and once diverges, ``adabn``
    does not apply, and nothing changes between the halves of one domain.
    """
    rng = np.random.default_rng(0)
    gains = {
        "fonts->uci": {"dan": 0.12, "dann": 0.06, "deep_coral": 0.08},
        "uci->fonts": {"dan": 0.15, "dann": 0.01, "deep_coral": 0.09},
        "uci->uci-m:partial": {"dan": -0.13, "dann": -0.14, "deep_coral": -0.05},
        "uci->uci:halves": {},
    }
    records, splits = [], {}
    for task, gain in gains.items():
        scenario = task.split(":")[1] if ":" in task else "plain"
        present = 5 if scenario == "partial" else num_classes
        labels = np.arange(n) % present
        key, splits_entry = split(labels, name=task)
        splits[key] = splits_entry
        hardness = rng.random(n)
        for seed in seeds:
            noise = rng.random(n) * 0.2
            for method in ("source_only", "adabn", "dann", "deep_coral", "dan", "target_only"):
                identity = {"task": task, "scenario": scenario, "seed": seed, "test_sha256": key}
                if method == "adabn":
                    reason = "the network has no batch normalization"
                    records.append(unfinished(method, "not_applicable", reason, **identity))
                    continue
                if (method, task, seed) == ("dann", "fonts->uci", 2):
                    reason = "the loss is not finite at step 312"
                    records.append(unfinished(method, "diverged", reason, **identity))
                    continue
                for step in steps:
                    level = {"target_only": 0.97}.get(method, 0.62 + gain.get(method, 0.0))
                    progress = step / steps[-1]
                    level *= 0.75 + 0.25 * (progress if method != "deep_coral" else progress**0.2)
                    level -= 0.1 * (progress == 1) * (method == "dann") * (scenario == "partial")
                    spread = 0.0 if method == "source_only" else 0.12 if gain else 0.01
                    change = rng.random(n) * spread
                    right = 0.9 * hardness + noise * 0.5 + change - change.mean() < level
                    predictions = np.where(right, labels, (labels + 3) % num_classes)
                    log = [
                        {
                            "step": s,
                            "train/task_loss": float(2.3 * np.exp(-s / 200) + 0.05),
                            "train/adaptation_loss": float(0.6 - s / 4000),
                            **(
                                {"train/discriminator_accuracy": 0.9 - s / 4000}
                                if method == "dann"
                                else {}
                            ),
                        }
                        for s in range(0, steps[-1] + 1, 50)
                    ]
                    records.append(
                        record(
                            method,
                            predictions,
                            labels,
                            step=step,
                            steps=steps[-1],
                            num_classes=num_classes,
                            s_val=0.8 + 0.15 * step / steps[-1],
                            entropy=0.6 - 0.4 * step / steps[-1],
                            loss_log=log if step == steps[-1] else [],
                            **identity,
                        )
                    )
    return records, splits


def clusters(records, n=200, seed=0):
    """Return features for the last source-only and dan run of the first task."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(10, 16)) * 3
    features = {}
    for entry in records:
        if (
            entry["method"]["name"] in ("source_only", "dan")
            and entry["task"]["name"] == "fonts->uci"
        ):
            shift = 3.0 if entry["method"]["name"] == "source_only" else 0.6
            labels = np.arange(n) % 10
            features[entry["run_id"]] = {
                "source": (centres[labels] + rng.normal(size=(n, 16))).astype(np.float16),
                "source_labels": labels,
                "target": (centres[labels] + shift + rng.normal(size=(n, 16))).astype(np.float16),
                "target_labels": labels,
            }
    return features
