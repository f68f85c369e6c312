"""A benchmark as a declaration: methods x transfer tasks x seeds."""

import difflib
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

#: Methods whose training depends on one domain alone: one training serves several tasks.
TRAINS_ON = {
    "da.methods.SourceOnly": "source",
    "da.methods.AdaBN": "source",
    "da.methods.TargetOnly": "target",
}

#: Scenarios that change the labelled source too.
CHANGES_SOURCE = ("halves",)

SCENARIOS = {
    "partial": "da.data.Partial",
    "label_shift": "da.data.LabelShift",
    "halves": "da.data.Halves",
}


@dataclass(frozen=True)
class Run:
    """One cell: a method on a transfer task with a seed.

    Attributes:
        suite: Name of the benchmark.
        method: Name of the method's file in ``experiments/methods``.
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
class Benchmark:
    """Methods x transfer tasks x seeds, on the data and the settings of one suite.

    Attributes:
        name: Name of the suite and of its folder below ``runs/``.
        data: File in ``experiments/data`` that names the data set, the network and the optimizer.
        methods: Files in ``experiments/methods``.
        tasks: ``source->target`` or ``source->target:scenario``.
        seeds: Seeds; the same for every method, so that runs pair with their source-only twins.
        extra: Further YAML files that are merged last, in ``experiments``.
        checkpoints: Number of equally spaced checkpoints that are scored.
        showcase: Task whose features are kept for the report's pictures; the first by default.
    """

    name: str
    data: str
    methods: Sequence[str]
    tasks: Sequence[str]
    seeds: Sequence[int] = (0, 1, 2)
    extra: Sequence[str] = ()
    checkpoints: int = 5
    showcase: str | None = None

    def select(
        self,
        methods: Sequence[str] | None = None,
        tasks: Sequence[str] | None = None,
        seeds: Sequence[int] | None = None,
    ) -> "Benchmark":
        """Return the part of the benchmark with these methods, tasks and seeds.

        Source-only is kept, since every other method is compared with it. Methods and tasks may go
        beyond the declaration as long as their files and domains exist.

        Raises:
            ValueError: If a method has no file or a task is not written ``source->target``.
        """
        if methods:
            methods = list(dict.fromkeys(["source_only", *methods]))
        chosen = replace(
            self,
            methods=methods or self.methods,
            tasks=tasks or self.tasks,
            seeds=self.seeds if seeds is None else seeds,
        )
        return chosen

    def runs(self) -> list[Run]:
        """Return all cells, source-only first, so that comparisons appear early."""
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
        config = compose(f"methods/{method}", f"data/{self.data}", *self.extra)
        source, target, scenario = parse_task(task)
        data = config["data"].setdefault("init_args", {})
        data |= {"source": source, "target": target}
        if scenario:
            data["scenario"] = {"class_path": SCENARIOS[scenario]}
        config["seed_everything"] = seed
        config["checkpoints"] = self.checkpoints
        content = {"suite": self.name, "method": method, "task": task, "config": config}
        job = deepcopy(config) | {"method": method}
        domain = TRAINS_ON.get(config["model"]["class_path"])
        if domain == "source" and scenario not in CHANGES_SOURCE:
            job["data"]["init_args"] |= {"target": "*", "scenario": None}
        if domain == "target" and scenario not in CHANGES_SOURCE:
            job["data"]["init_args"] |= {"source": "*"}
        config["keep_features"] = keep_features
        return Run(self.name, method, task, seed, config, digest(job), digest(content))


def parse_task(task: str) -> tuple[str, str, str | None]:
    """Split ``source->target:scenario`` into its parts; the scenario may be absent.

    Raises:
        ValueError: If the task is written otherwise, or there is no such scenario.
    """
    domains, _, scenario = task.partition(":")
    source, arrow, target = domains.partition("->")
    if not (source and arrow and target):
        raise ValueError(
            f"a task is written source->target or source->target:scenario; got {task!r}"
        )
    if scenario and scenario not in SCENARIOS:
        raise ValueError(unknown("scenario", scenario, SCENARIOS))
    return source, target, scenario or None


def folder(name: str) -> Path:
    """Return ``experiments`` or ``benchmarks``: of the repository, or of the installed package."""
    package = Path(__file__).resolve().parents[1]
    repository = package.parent / name
    return repository if repository.is_dir() else package / name


def compose(*names: str) -> dict[str, Any]:
    """Merge ``experiments/base.yaml`` with these files, later ones winning, as ``-c`` does.

    Raises:
        ValueError: If there is no such file.
    """
    config: dict[str, Any] = {}
    for name in ("base", *names):
        path = folder("experiments") / f"{name}.yaml"
        if not path.is_file():
            known = sorted(p.stem for p in path.parent.glob("*.yaml"))
            kind = {"methods": "method", "data": "data set"}.get(path.parent.name, "experiment")
            raise ValueError(unknown(kind, path.stem, known))
        config = merge(config, yaml.safe_load(path.read_text()))
    return config


def merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Merge two mappings key by key; where both give a value, the second wins."""
    merged = dict(first)
    for key, value in second.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


def digest(content: Any) -> str:
    """Return the sha256 of JSON content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that there is no such thing, and what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names)}"
    return f"there is no {kind} {name!r}; {hint}"
