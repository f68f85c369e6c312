"""Mean differences over the tasks of a suite, from what each run did on each test sample."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from da.benchmark.aggregation_tasks import Place
from da.benchmark.outcomes import Outcomes, Split
from da.transfer import SuiteMean, TaskValues, suite_means

#: By task and method, where there is a number.
Results = Mapping[tuple[str, str], Outcomes]


def mean_differences(
    results: Results,
    splits: Mapping[str, Split],
    places: Mapping[str, Place],
    methods: Sequence[str],
    tasks: Sequence[str],
    *,
    reference: str,
    resamples: int = 10_000,
    seed: int = 0,
) -> dict[str, SuiteMean]:
    """Average the differences of accuracy from a reference, with intervals.

    Methods with the same tasks and seeds are drawn together. A test sample that several tasks with
    one target domain share is drawn once for all of them, also where their test sets only overlap.

    Args:
        results: Correctness by task and method.
        splits: Ids of the target test sets by their sha256.
        places: Data set and domains of each task.
        methods: Methods to compare.
        tasks: Tasks to average over.
        reference: Method to compare with, over the seeds that both have.
        resamples: Number of resamples.
        seed: Seed of the draws.

    Returns:
        The mean of each method that shares a seed with the reference on some task.
    """
    designs: dict[tuple[tuple[str, tuple[int, ...]], ...], list[str]] = {}
    for method in methods:
        shared = [(task, _shared_seeds(results, task, method, reference)) for task in tasks]
        design = tuple((task, seeds) for task, seeds in shared if seeds)
        if design:
            designs.setdefault(design, []).append(method)
    means: dict[str, SuiteMean] = {}
    for design, members in designs.items():
        names = [task for task, _ in design]
        samples = _samples_by_target(results, splits, places, names, reference)
        values = [
            _values(results, splits, members, task, seeds, reference, places[task], samples)
            for task, seeds in design
        ]
        datasets = [places[task].dataset for task in names]
        drawn = suite_means(values, datasets, resamples=resamples, seed=seed)
        means |= dict(zip(members, drawn, strict=True))
    return means


def _shared_seeds(results: Results, task: str, method: str, reference: str) -> tuple[int, ...]:
    own, other = results.get((task, method)), results.get((task, reference))
    if own is None or other is None:
        return ()
    return tuple(seed for seed in own.seeds if seed in other.seeds)


def _samples_by_target(
    results: Results,
    splits: Mapping[str, Split],
    places: Mapping[str, Place],
    tasks: Sequence[str],
    reference: str,
) -> dict[Place, dict[str, int]]:
    """Number the test samples that the tasks of each target hold together."""
    ids: dict[Place, set[str]] = {}
    for task in tasks:
        test = splits[results[task, reference].test_sha256]
        ids.setdefault(_domain(places[task]), set()).update(test["ids"])
    return {domain: {name: i for i, name in enumerate(sorted(ids[domain]))} for domain in ids}


def _values(
    results: Results,
    splits: Mapping[str, Split],
    methods: Sequence[str],
    task: str,
    seeds: Sequence[int],
    reference: str,
    place: Place,
    samples: Mapping[Place, Mapping[str, int]],
) -> TaskValues:
    """Return the differences of each method on all samples of the target; absent ones weigh 0."""
    numbers, other = samples[_domain(place)], results[task, reference]
    columns = [numbers[name] for name in splits[other.test_sha256]["ids"]]
    twin = other.correct[other.rows(seeds)]
    values = np.zeros((len(methods), len(seeds), len(numbers)))
    for i, method in enumerate(methods):
        own = results[task, method]
        values[i][:, columns] = own.correct[own.rows(seeds)] - twin
    weights: Float[np.ndarray, " n"] = np.zeros(len(numbers))
    weights[columns] = other.weights
    return TaskValues(
        values, target=f"{place.dataset}/{place.target}", weights=weights / weights.mean()
    )


def _domain(place: Place) -> Place:
    """Return what the tasks with one target have in common."""
    return place._replace(source="")
