"""A benchmark as a declaration: methods x transfer tasks x seeds."""

import difflib
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from da.benchmark.axes import AXES, parse_level
from da.benchmark.variants import multiply_weight, parse_variant

#: Methods whose training depends on one domain alone: one training serves several tasks.
TRAINS_ON = {
    "da.methods.SourceOnly": "source",
    "da.methods.AdaBN": "source",
    "da.methods.TargetOnly": "target",
}

#: What each scenario sets of the data; a suite may declare more.
SCENARIOS: dict[str, dict[str, Any]] = {
    "partial": {"scenario": {"class_path": "da.data.Partial"}},
    "label_shift": {"scenario": {"class_path": "da.data.LabelShift"}},
    "open_set": {"scenario": {"class_path": "da.data.OpenSet"}},
    "halves": {"scenario": {"class_path": "da.data.Halves"}},
}

#: Scenarios that leave the labelled source as it is.
KEEPS_SOURCE = ("", "partial", "label_shift")


@dataclass(frozen=True)
class Run:
    """One cell: a method on a transfer task with a seed.

    Attributes:
        suite: Name of the benchmark.
        method: Name of the method's file in ``experiments/methods``; ``dann@0.3`` has 0.3 times
            the weight.
        task: The transfer task, such as ``fonts->uci:partial``.
        seed: Seed of initialization, order, augmentation and dropout.
        config: All that training depends on; the content of ``da fit``'s YAML files.
        job: Runs with the same job are one training, scored on several targets.
        id: Sha256 of the run's content.
    """

    suite: str
    method: str
    task: str
    seed: int
    config: dict[str, Any]
    job: str
    id: str


@dataclass(frozen=True)
class Setting:
    """What some cells of a suite set beyond their files.

    Attributes:
        config: The settings, merged over those of the files.
        task: The task that they are for; None for all.
        method: The method that they are for; None for all.
    """

    config: Mapping[str, Any]
    task: str | None = None
    method: str | None = None

    def holds(self, method: str, task: str) -> bool:
        """Return whether the settings are for this cell."""
        return self.method in (None, method) and self.task in (None, task)


@dataclass(frozen=True)
class Benchmark:
    """Methods x transfer tasks x seeds, on the data and the settings of one suite.

    Attributes:
        name: Name of the suite and of its folder below ``runs/``.
        data: File in ``experiments/data``, or path to a YAML file, that names the data set, the
            network and the optimizer.
        methods: Files in ``experiments/methods``, or variants of them such as ``dann@0.3``.
        tasks: ``source->target`` or ``source->target:scenario``, where a scenario may be a level of
            a stress axis such as ``source_noise@2``.
        seeds: Seeds; the same for every method, so that runs pair with their source-only twins.
        scenarios: Further scenarios by name: what each sets of the data's ``init_args``.
        extra: Further YAML files that are merged after these, in ``experiments``.
        models: Settings of methods by their names, in place of the files of these names: what must
            not change when a file is tuned.
        settings: What some cells set beyond all files; later ones win.
        checkpoints: Number of equally spaced checkpoints that are scored.
        showcase: Task whose features are kept for the report's pictures; the first by default.
        floor: File of the method that stands as ``source_only``, with which all others are
            compared; for methods around another classifier, that classifier without adaptation.
        reverse_validation: Whether each method is also trained back from the target, with the
            labels it predicts, which doubles the cost.
    """

    name: str
    data: str
    methods: Sequence[str]
    tasks: Sequence[str]
    seeds: Sequence[int] = (0, 1, 2)
    scenarios: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    extra: Sequence[str] = ()
    models: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    settings: Sequence[Setting] = ()
    checkpoints: int = 5
    showcase: str | None = None
    floor: str = "source_only"
    reverse_validation: bool = False

    def select(
        self,
        methods: Sequence[str] | None = None,
        tasks: Sequence[str] | None = None,
        seeds: Sequence[int] | None = None,
    ) -> "Benchmark":
        """Return the part of the benchmark with these methods, tasks and seeds.

        Source-only is kept, since every other method is compared with it. Methods and tasks may go
        beyond the declaration as long as their files and domains exist.
        """
        if methods and ("source_only" in self.methods or not self.models):
            methods = ["source_only", *methods]
        return replace(
            self,
            methods=tuple(dict.fromkeys(methods or self.methods)),
            tasks=tuple(dict.fromkeys(tasks or self.tasks)),
            seeds=tuple(dict.fromkeys(seeds or self.seeds)),
        )

    def runs(self) -> list[Run]:
        """Return all cells, source-only first, so that comparisons appear early.

        Raises:
            ValueError: If a method or a scenario does not exist, a task is not written
                ``source->target``, or a seed is negative.
        """
        if min(self.seeds) < 0:
            raise ValueError(f"seeds are non-negative; got {min(self.seeds)}")
        showcase = self.showcase or self.tasks[0]
        return [
            self._run(method, task, seed, keep_features=task == showcase and seed == self.seeds[0])
            for seed in self.seeds
            for task in self.tasks
            for method in self.methods
        ]

    def main(self) -> None:
        """Run the benchmark from the file that declares it, with the options of ``da bench``."""
        from da.__main__ import main

        sys.exit(main(["bench", *sys.argv]))

    def _run(self, method: str, task: str, seed: int, *, keep_features: bool) -> Run:
        data = self.data if self.data.endswith(".yaml") else f"data/{self.data}"
        name, factor = parse_variant(method)
        file = self.floor if name == "source_only" else name
        files = (
            [data, *self.extra] if name in self.models else [f"methods/{file}", data, *self.extra]
        )
        config = merge(compose(*files), self.models.get(name, {}))
        for setting in self.settings:
            if setting.holds(name, task):
                config = merge(config, dict(setting.config))
        source, target, scenario = parse_task(task)
        options = config["data"].setdefault("init_args", {})
        options |= {"source": source, "target": target, **self._scenario(scenario)}
        level = parse_level(scenario)
        domain = TRAINS_ON.get(config["model"]["class_path"])
        if level is not None and domain is None:
            factor *= AXES[level.axis].weight_times[level.number]
        multiply_weight(config["model"], factor)
        config["seed_everything"] = seed
        config.setdefault("checkpoints", self.checkpoints)  # a setting may say otherwise
        if self.reverse_validation:
            config["reverse_validation"] = True
        content = {"suite": self.name, "method": method, "task": task, "config": config}
        job = deepcopy(config) | {"method": method}
        # Of a scenario that the suite declares, nobody knows what it leaves as it is.
        keeps_source = AXES[level.axis].keeps_source if level else scenario in KEEPS_SOURCE
        if domain == "source" and keeps_source:
            job["data"]["init_args"] |= {"target": "*", "scenario": None}
        if domain == "target" and keeps_source:
            job["data"]["init_args"] |= {"source": "*"}
        # Features are for pictures; to keep them makes no other run.
        identity, job_identity = digest(content), digest(job)
        config["keep_features"] = keep_features
        return Run(self.name, method, task, seed, config, job_identity, identity)

    def _scenario(self, name: str) -> dict[str, Any]:
        if not name:
            return {}
        if level := parse_level(name):
            return AXES[level.axis].settings(level)
        known = {**SCENARIOS, **self.scenarios}
        if name not in known:
            raise ValueError(unknown("scenario", name, known))
        return deepcopy(known[name])


def parse_task(task: str) -> tuple[str, str, str]:
    """Split ``source->target:scenario`` into its parts; the scenario is empty where absent.

    Raises:
        ValueError: If the task is written otherwise.
    """
    domains, colon, scenario = task.partition(":")
    source, arrow, target = domains.partition("->")
    if not (source and arrow and target) or bool(colon) != bool(scenario):
        raise ValueError(
            f"a task is written source->target or source->target:scenario; got {task!r}"
        )
    return source, target, scenario


def folder(name: str) -> Path:
    """Return ``experiments`` or ``benchmarks``: of the repository, or of the installed package."""
    package = Path(__file__).resolve().parents[1]
    repository = package.parent / name
    return repository if repository.is_dir() else package / name


def compose(*names: str) -> dict[str, Any]:
    """Merge ``experiments/base.yaml`` with these files, later ones winning, as ``-c`` does.

    Args:
        *names: Files in ``experiments`` without their ``.yaml``, or paths to YAML files.

    Raises:
        ValueError: If there is no such file.
    """
    config: dict[str, Any] = {}
    for name in ("base", *names):
        own = name.endswith(".yaml")
        path = Path(name) if own else folder("experiments") / f"{name}.yaml"
        if own and not path.is_file():
            raise ValueError(f"there is no file {path}; give the path of a YAML file")
        if not path.is_file():
            known = sorted(p.stem for p in path.parent.glob("*.yaml"))
            kind = {"methods": "method", "data": "data set"}.get(path.parent.name, "experiment")
            raise ValueError(unknown(kind, path.stem, known))
        config = merge(config, yaml.safe_load(path.read_text()))
    return config


def merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Merge two mappings key by key; where both give a value, the second wins.

    The arguments of one class mean nothing to another: where both name a class and these differ,
    nothing of the first is kept.
    """
    merged = dict(first)
    for key, value in second.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict) and not _other_class(old, value)
        merged[key] = merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _other_class(old: dict[str, Any], new: dict[str, Any]) -> bool:
    names = old.get("class_path"), new.get("class_path")
    return None not in names and names[0] != names[1]


def digest(content: Any) -> str:
    """Return the sha256 of JSON content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that there is no such thing, and what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names)}"
    return f"there is no {kind} {name!r}; {hint}"
