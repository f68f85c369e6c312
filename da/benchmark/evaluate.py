"""Score one checkpoint: the record that selection, statistics and reports are made of."""

import json
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.benchmark.embedding import class_priors, embed
from da.benchmark.grid import Run
from da.benchmark.packing import encode, pack_features
from da.benchmark.records import identity
from da.benchmark.scoring import scores
from da.benchmark.validator_pool import logits_path, pack_logits
from da.benchmark.validator_views import ViewMaker
from da.data import TransferTask, covariates
from da.data.splits import fingerprint
from da.methods import DomainAdaptation
from da.transfer import check_label_shift_floor, label_shift_floor
from da.validators import source_accuracy, source_nll, summarize


class Evaluator:
    """Scores the checkpoints of one run.

    Args:
        run: The cell.
        model: The method, whose weights are exchanged between calls.
        task: The transfer task that it is scored on.
    """

    def __init__(self, run: Run, model: DomainAdaptation, task: TransferTask) -> None:
        self.run, self.model, self.task = run, model, task
        self.features: bytes | None = None
        self.logits: dict[int, Tensor] = {}
        # Laid out once: that takes as long as to embed them, and there are several checkpoints.
        data = task.training_data
        self.source_val = task.evaluation(data.source_val.without_labels())
        self.target_val = task.evaluation(data.target_val)
        self.adapt = task.evaluation(data.target_adapt)
        self.test = task.evaluation(task.report_data.test.without_labels())
        self.views = ViewMaker(task)

    @torch.no_grad()
    def record(self, step: int, *, last: bool) -> dict[str, Any]:
        """Return the record of the weights that the model has now.

        Args:
            step: Optimizer steps done.
            last: Whether this is the last checkpoint, for which more is kept.

        Raises:
            FloatingPointError: If a logit is not finite.
        """
        self.model.eval()
        # Before the statistics are the target's: a method that has some of each domain uses them so
        source = Labeled(
            *embed(self.model, self.source_val), self.task.training_data.source_val.labels
        )
        source_train = self.views.of_source(self.model)
        self.model.adapt_statistics(self.adapt)  # type: ignore[arg-type]
        report = self.task.report_data
        target = Unlabeled(*embed(self.model, self.target_val))
        test_features, test_logits = embed(self.model, self.test)
        logits = [source.logits, target.logits, test_logits]
        known = report.adapt if last else None
        if not all(torch.isfinite(x).all() for x in logits):
            raise FloatingPointError(f"training diverged: at step {step} logits are not finite")
        # A picture has two dimensions
        if last and self.run.config["keep_features"] and test_features.shape[1] > 1:
            self.features = pack_features(source, test_features, report.test.labels)
        self.logits[step] = target.logits
        views = self.views.of_target(self.model, source_train, target)
        predictions = test_logits.argmax(1).numpy()
        labels, weights = report.test.labels.numpy(), report.weights.double().numpy()
        return {
            **self._identity,
            "train": {**self._identity["train"], "step": step},
            "metrics": {
                "t_test": accuracy(labels, predictions, weights, self.task.num_classes),
                "t_adapt": None
                if known is None
                else accuracy(
                    known.labels.numpy(),
                    embed(self.model, self.adapt)[1].argmax(1).numpy(),
                    np.ones(len(known)),
                    self.task.num_classes,
                ),
                "s_val": {
                    "acc": source_accuracy(source, target).value,
                    "nll": -source_nll(source, target).value,
                },
                "t_val": _target_summary(target.logits),
                "floor": self._floor(source, labels, predictions, weights),
            },
            "label_shift": self._label_shift(source, target),
            "validators": scores(source, target, views),
            "predictions": encode(predictions),
            "correct": np.packbits(predictions == labels).tobytes().hex(),
            "artifacts": {
                "features": f"features/{self.run.id}.npz" if self.features else None,
                "logits": logits_path(self.run.id),
            },
            "status": "ok",
            "reason": None,
        }

    def failure(self, status: str, reason: str) -> dict[str, Any]:
        """Return the record of a run that was trained and has no numbers."""
        return {**self._identity, "status": status, "reason": reason}

    def artifacts(self) -> dict[str, bytes]:
        """Return what is stored once: the test split, target logits, and features if kept."""
        test = self.task.report_data.test
        split = {
            "ids": list(test.ids),
            "labels": test.labels.tolist(),
            "weights": [round(w, 6) for w in self.task.report_data.weights.tolist()],
            "class_names": list(self.task.class_names),
        }
        content = json.dumps(split, sort_keys=True).encode()
        stored = {f"splits/{self._test_sha256}.json": content}
        if self.logits:
            stored[logits_path(self.run.id)] = pack_logits(self.logits)
        if self.features:
            stored[f"features/{self.run.id}.npz"] = self.features
        return stored

    @cached_property
    def _test_sha256(self) -> str:
        report = self.task.report_data
        # Labels and weights belong to what a score means, as the ids do.
        return fingerprint(
            [
                f"{i} {label} {weight:.6f}"
                for i, label, weight in zip(
                    report.test.ids,
                    report.test.labels.tolist(),
                    report.weights.tolist(),
                    strict=True,
                )
            ]
        )

    @cached_property
    def _identity(self) -> dict[str, Any]:
        model, config = self.model, self.run.config
        record = identity(self.run)
        record["method"]["labeled_domain"] = model.labeled_domain
        record["split"] = {
            **self.task.split(),
            "test_sha256": self._test_sha256,
            "K": self.task.num_classes,
        }
        record["covariates"] = {k: round(v, 6) for k, v in covariates(self.task).items()}
        record["backbone"] = {
            "arch": type(model.backbone).__name__,
            "parameters": sum(p.numel() for p in model.backbone.parameters()),
            "bn_mode": getattr(model, "batch_norm", None),
        }
        record["train"] |= {
            "batch_s": self.task.batch_size,
            "batch_t": self.task.batch_size,
            "optimizer": config["model"]["init_args"].get("optimizer"),
            "world_size": 1,
            "batch_stat_scope": "local",
        }
        return record

    def _label_shift(self, source: Labeled, target: Unlabeled) -> dict[str, list[float]]:
        prior, estimate = class_priors(source, target, self.task.num_classes)
        return {"source_prior": _rounded(prior), "target_prior": _rounded(estimate)}

    def _floor(
        self, source: Labeled, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray
    ) -> dict[str, float | bool]:
        source_predictions = source.logits.argmax(1).numpy()
        source_error = float(np.mean(source_predictions != source.labels.numpy()))
        target_error = float(np.average(predictions != labels, weights=weights))
        floor = label_shift_floor(
            source.labels.numpy(),
            source_predictions,
            labels,
            predictions,
            num_classes=self.task.num_classes,
            target_weights=weights,
        )
        check_label_shift_floor(floor, source_error, target_error)
        return {"errors": source_error + target_error, "floor": floor, "ok": True}


def accuracy(
    labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray, num_classes: int
) -> dict[str, Any]:
    """Return accuracy, macro recall over the classes that occur, and counts per class."""
    correct = predictions == labels
    counts = np.bincount(labels, minlength=num_classes)
    right = np.bincount(labels[correct], minlength=num_classes)
    return {
        "acc": float(np.average(correct, weights=weights)),
        "macro": float(np.mean(right[counts > 0] / counts[counts > 0])),
        "per_class": [[int(n), int(r)] for n, r in zip(counts, right, strict=True)],
    }


def _target_summary(logits: Tensor) -> dict[str, Any]:
    summary = summarize(logits)
    return {
        "mean_probabilities": _rounded(summary.mean_probabilities),
        "entropy": summary.mean_entropy,
        "predicted": _rounded(summary.predicted_shares),
    }


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(v), 8) for v in values]
