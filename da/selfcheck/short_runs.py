"""Runs of a few steps on embedded digits, and what is left of them to compare."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from da.benchmark.evaluate import Evaluator
from da.benchmark.execute import build, execute
from da.benchmark.grid import Benchmark, Run
from da.benchmark.method_speed import network_for
from da.benchmark.packing import state_hash
from da.cli import DomainAdaptationCLI
from da.data import TransferTask
from da.data.samples import Domain, Inputs, Samples

PAIR = "uci-m->fonts-m"  # any pair: nothing is measured on it


def by_network(methods: Sequence[str]) -> dict[tuple[str, ...], list[str]]:
    """Return the methods by the files of the network that they need."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for method in methods:
        groups.setdefault(network_for(method), []).append(method)
    return groups


def short_runs(
    methods: Sequence[str],
    steps: int,
    network: Sequence[str],
    task: str = PAIR,
    seeds: Sequence[int] = (0,),
) -> list[Run]:
    """Return runs of so many steps, scored once."""
    suite = Benchmark("selfcheck", "digits", methods, (task,), seeds, extra=network, checkpoints=1)
    runs = suite.runs()
    for run in runs:
        every = {"val_check_interval": steps, "log_every_n_steps": steps}
        run.config["trainer"] |= {"max_steps": steps, **every}
    return runs


def trained(run: Run, *, relabel: bool = False) -> DomainAdaptationCLI:
    """Train a run, on a target whose labels are others if asked for; return method and task."""
    cli = build(run)
    if relabel:
        cli.datamodule.domain = _relabelled(cli.datamodule)
    cli.instantiate_trainer(logger=False, callbacks=[]).fit(cli.model, cli.datamodule)
    return cli


def all_but_accuracy(run: Run, cli: DomainAdaptationCLI) -> dict[str, Any]:
    """Return all that training and selection see of a trained run: weights, scores, predictions."""
    weights = state_hash(cli.model.state_dict())
    record = Evaluator(run, cli.model, cli.datamodule).record(cli.trainer.max_steps, last=True)
    seen = {key: record[key] for key in ("validators", "label_shift", "predictions")}
    return {"weights": weights, **{k: record["metrics"][k] for k in ("s_val", "t_val")}, **seen}


def measured(runs: Sequence[Run]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Execute runs here; return their records and the target test sets by their sha256."""
    records: list[dict[str, Any]] = []
    splits: dict[str, Any] = {}
    jobs: dict[str, list[Run]] = {}
    for run in runs:
        jobs.setdefault(run.job, []).append(run)
    for job in jobs.values():
        for result in execute(job, lambda *_: None):
            records += result.records
            splits |= _splits(result.artifacts)
    return records, splits


def _splits(artifacts: dict[str, bytes]) -> dict[str, Any]:
    return {
        name.removeprefix("splits/").removesuffix(".json"): json.loads(content)
        for name, content in artifacts.items()
        if name.startswith("splits/")
    }


def _relabelled(task: TransferTask) -> Callable[[str], Domain]:
    original = task.domain

    def other(samples: Samples | Inputs | None) -> Any:
        if not isinstance(samples, Samples):
            return samples
        return replace(samples, labels=(samples.labels + 1) % task.num_classes)

    def relabelled(name: str) -> Domain:
        domain = original(name)
        if name != task.target:
            return domain
        return Domain(other(domain.train), other(domain.test))

    return relabelled
