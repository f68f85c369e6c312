"""Numbers that say how hard a transfer task is made, to set beside what adaptation gains."""

import torch

from da.data.base import TransferTask
from da.data.protocols import labeled
from da.data.source_faults import SourceNoise


def covariates(task: TransferTask) -> dict[str, float]:
    """Return what is measured about a transfer task, with the labels of both domains.

    For reports alone, since it reads labels of target test samples.

    Returns:
        - ``tv``: total variation distance between the class shares of the source, as labelled, and
          those of the target's test samples as they count, in [0, 1];
        - ``target_classes``: classes that are scored;
        - ``unlabelled_per_class``: target samples that are adapted to, by class of the task;
        - ``flip_rate``: share of source labels that are wrong, if the scenario is
          :class:`SourceNoise`.

    Raises:
        ValueError: If nobody has labels of the target.
    """
    report, source = task.report_data, labeled(task.scene.source)
    classes = task.num_classes
    shares = torch.bincount(source.labels, minlength=classes).double() / len(source)
    counts = torch.bincount(report.test.labels, report.weights.double(), minlength=classes)
    prior = counts / counts.sum()
    measured = {
        "tv": float((shares - prior).abs().sum() / 2),
        "target_classes": float((prior > 0).sum()),
        "unlabelled_per_class": len(task.training_data.target_adapt) / classes,
    }
    if isinstance(task.scenario, SourceNoise):
        measured["flip_rate"] = float(task.scenario.flipped(source.ids).double().mean())
    return measured
