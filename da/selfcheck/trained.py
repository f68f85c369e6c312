"""Checks that train: each method for a few steps, and two Gaussians whose risks are known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import norm
from torch.nn.functional import avg_pool2d

from da.benchmark.analysis import analyse
from da.benchmark.commands import load_suite
from da.benchmark.execute import build
from da.benchmark.method_files import settings_of
from da.benchmark.packing import state_hash
from da.benchmark.variants import default_weight
from da.benchmark.wording import method_name, points
from da.cli import DomainAdaptationCLI
from da.data.samples import Inputs, Samples
from da.gap.proxy_a_distance import proxy_a_distance
from da.selfcheck.outcome import Outcome
from da.selfcheck.short_runs import all_but_accuracy, by_network, measured, short_runs, trained


def weight_zero_is_source_only(methods: Sequence[str], steps: int) -> Outcome:
    """With weight 0 each method trains source-only's network, bit for bit."""
    different, without, compared = [], [], 0
    for network, group in by_network(methods).items():
        (twin,) = short_runs(["source_only"], steps, network)
        expected = _network(trained(twin))
        for run in short_runs([m for m in group if _weighted(m)], steps, network):
            run.config["model"].setdefault("init_args", {})["weight"] = 0.0
            try:
                build(run)
            except ValueError:  # its step consists of the adaptation
                without.append(method_name(run.method))
                continue
            compared += 1
            if _network(trained(run)) != expected:
                different.append(method_name(run.method))
    refused = f" ({', '.join(without)} cannot have it)" if without else ""
    return _all_alike(different, f"{compared} methods{refused}")


def same_seed_same_weights(methods: Sequence[str], steps: int) -> Outcome:
    """The same run twice gives the same weights, all of them."""
    different = []
    for network, group in by_network(methods).items():
        for run in short_runs(group, steps, network):
            first, second = (state_hash(trained(run).model.state_dict()) for _ in range(2))
            if first != second:
                different.append(method_name(run.method))
    return _all_alike(different, f"{len(methods)} methods trained twice")


def target_labels_are_unread(methods: Sequence[str], steps: int) -> Outcome:
    """Other labels of the target change no weight, no score and no prediction."""
    different = []
    for network, group in by_network(methods).items():
        for run in short_runs(group, steps, network):
            seen = [all_but_accuracy(run, trained(run, relabel=r)) for r in (False, True)]
            if seen[0] != seen[1]:
                different.append(method_name(run.method))
    return _all_alike(different, f"{len(methods)} methods with other labels on the target")


def halves_are_not_apart(methods: Sequence[str], steps: int) -> Outcome:
    """The distance between two halves of one domain is none."""
    (run,) = short_runs(["source_only"], steps, (), "uci->uci:halves")
    scene = build(run).datamodule.scene
    distance = proxy_a_distance(_originals(scene.source.train), _originals(scene.target.train))
    interval = 2 * distance.standard_error
    evidence = f"proxy A-distance {distance.value:.2f} ± {interval:.2f}"
    return Outcome(abs(distance.value) <= interval, evidence)


def risks_are_the_known_ones(methods: Sequence[str], steps: int) -> Outcome:
    """On two Gaussians, aligning means helps and hurts by what the closed form says."""
    analysis = analyse(*measured(replace(load_suite("gaussians"), seeds=(0,)).runs()))
    passed, seen = True, []
    for task, delta, p in (("", 0.0, 0.5), (":shift", 1.0, 0.5), (":prior", 0.0, 0.9)):
        cell = analysis.cell("adabn", f"source->target{task}")
        if cell is None or cell.delta is None:
            return Outcome(False, f"no result on source->target{task}")
        source_only, aligned = _risks(delta, p)
        spread = source_only * (1 - source_only) + aligned * (1 - aligned)
        gain = cell.delta.estimate
        # binomial, of two risks as if they were not paired: what is learned errs by less
        passed &= abs(gain - (source_only - aligned)) <= 4 * (spread / cell.n_test) ** 0.5
        seen.append(f"{points(gain)} for {points(source_only - aligned)}")
    return Outcome(passed, f"mean alignment changes accuracy by {', '.join(seen)} points")


def _risks(delta: float, p: float, mu: float = 1.5) -> tuple[float, float]:
    """Return the target risks of source-only and of aligned means (see ``da.data.Gaussians``)."""
    source_only = p * norm.cdf(-(mu + delta)) + (1 - p) * norm.cdf(-(mu - delta))
    aligned = p * norm.cdf(-2 * mu * (1 - p)) + (1 - p) * norm.cdf(-2 * mu * p)
    return float(source_only), float(aligned)


def _all_alike(different: Sequence[str], evidence: str) -> Outcome:
    if different:
        return Outcome(False, f"not so for {', '.join(different)}")
    return Outcome(True, evidence)


def _network(cli: DomainAdaptationCLI) -> str:
    parts = (("backbone", cli.model.backbone), ("classifier", cli.model.classifier))
    return state_hash({f"{n}.{k}": v for n, part in parts for k, v in part.state_dict().items()})


def _weighted(method: str) -> bool:
    return default_weight(settings_of(method)["class_path"]) is not None


def _originals(samples: Samples | Inputs) -> np.ndarray:
    """Return one copy of each original, 7 x 7 grey pixels a row; copies are not independent."""
    first = [i for i, name in enumerate(samples.ids) if name.partition("#")[2] in ("", "0")]
    images: Any = samples.select(first).inputs
    rows: np.ndarray = avg_pool2d(images.double().mean(1, keepdim=True), 4).flatten(1).numpy()
    return rows
