"""Whether two trainings can be compared: an adapted model and its baseline on the same data."""

from collections.abc import Mapping, Sequence
from typing import Any

from da.benchmark.gate_models import Trained
from da.data import TransferTask
from da.methods import SourceOnly
from da.shallow import NoAdaptation

#: They do not adapt.
BASELINES = (SourceOnly, NoAdaptation)

#: What a method and source-only should have in common.
SHARED = (
    ("seed_everything",),
    ("trainer", "max_steps"),
    ("data", "init_args", "batch_size"),
    *(("model", "init_args", name) for name in ("backbone", "optimizer", "lr_schedule")),
)


def check_pair(adapted: Trained, source_only: Trained) -> None:
    """Refuse two trainings that are no adapted model and its baseline on the same data.

    Raises:
        ValueError: If the baseline adapts, the other was trained on target labels, or their data
            differ.
    """
    if not isinstance(getattr(source_only.model, "baseline", source_only.model), BASELINES):
        raise ValueError(
            f"{source_only.path} is a run of {source_only.name}; give one of source_only on the "
            f"same data"
        )
    if adapted.model.labeled_domain != "source":
        raise ValueError(
            f"{adapted.path} was trained on target labels ({adapted.name}), so that there is "
            f"nothing to decide; give a run of a method that adapts"
        )
    check_same_data(adapted.task, source_only.task)


def check_same_data(adapted: TransferTask, source_only: TransferTask) -> None:
    """Refuse two runs that do not hold out the same samples of the same classes.

    Raises:
        ValueError: If classes, held-out source samples or target samples differ.
    """
    if list(adapted.class_names) != list(source_only.class_names):
        raise ValueError(
            f"the adapted run knows {_named(adapted)} and the source-only run "
            f"{_named(source_only)}; give two runs on the same data"
        )
    for part, what in (
        ("source_val", "source samples"),
        ("target_adapt", "target samples to adapt to"),
        ("target_val", "target samples"),
    ):
        ours, theirs = (
            set(getattr(task.training_data, part).ids) for task in (adapted, source_only)
        )
        if ours != theirs:
            raise ValueError(
                f"the runs hold out different {what}: {len(ours):,} of {adapted.source} -> "
                f"{adapted.target} and {len(theirs):,} of {source_only.source} -> "
                f"{source_only.target}, {len(ours & theirs):,} of them the same; give two runs on "
                f"the same data"
            )


def reused(task: TransferTask) -> list[str]:
    """Return a sentence about held-out samples that training has seen, if there are any.

    Args:
        task: The data of both trainings.
    """
    data, found = task.training_data, []
    if {*data.source_val.ids} & {*data.source_train.ids}:
        found.append("source")
    if {*data.target_val.ids} & {*data.target_adapt.ids}:
        found.append("target")
    return [
        f"note: training has seen the {side} samples that this rests on, so that it says less of "
        f"others"
        for side in found
    ]


def differences(adapted: Mapping[str, Any], source_only: Mapping[str, Any]) -> list[str]:
    """Return a sentence about what besides adaptation differs, if anything does.

    Args:
        adapted: Configuration of the training of the adapted model.
        source_only: That of source-only.
    """
    found = []
    for path in SHARED:
        ours, theirs = (_at(config, path) for config in (adapted, source_only))
        if ours != theirs:
            found.append(f"{path[-1]} ({_short(ours)} and {_short(theirs)})")
    if not found:
        return []
    return [
        f"note: the trainings also differ in {', '.join(found)}, so that adaptation alone does not "
        f"make the difference"
    ]


def _at(config: Any, path: Sequence[str]) -> Any:
    for name in path:
        config = (config or {}).get(name)
    return config


def _short(value: Any) -> str:
    return str(value.get("class_path", value)) if isinstance(value, dict) else str(value)


def _named(task: TransferTask) -> str:
    names = [str(name) for name in task.class_names]
    return f"{len(names)} classes ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})"
