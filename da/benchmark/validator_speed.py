"""What validators cost: seconds for one checkpoint."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import torch

from da import validators as v
from da.batch import Labeled, Unlabeled

PLAIN = (
    *(v.source_accuracy, v.source_nll, v.atc, v.entropy, v.information_maximization),
    *(v.nuclear_norm, v.class_confusion, v.softmax_correlation, v.matrix_norm),
    *(v.neighborhood_density, v.effective_rank),
)
CLUSTERED = (v.class_ami, v.class_silhouette)
WEIGHTED = (v.iwcv, v.self_normalized_iwcv, v.dev, v.devn)


def checkpoint(samples: int, features: int, classes: int) -> tuple[Labeled, Unlabeled]:
    """Return as many drawn samples of each domain: the classes overlap more in the target."""
    rng = torch.Generator().manual_seed(0)
    means = torch.randn(classes, features, generator=rng)
    labels = torch.arange(samples) % classes
    source = means[labels] + torch.randn(samples, features, generator=rng)
    target = means[labels] + 2 * torch.randn(samples, features, generator=rng)
    logits = [x @ means.T / features**0.5 for x in (source, target)]
    return Labeled(source, logits[0], labels), Unlabeled(target, logits[1])


def seconds(
    *, samples: int = 10_000, features: int = 256, classes: int = 31, rounds: int = 1
) -> dict[str, float]:
    """Measure each validator on the threads that there are, without the forward passes.

    Args:
        samples: Held-out samples of each domain.
        features: Their dimensions.
        classes: How many classes there are.
        rounds: Rounds, in each of which all are measured once; at least 1.

    Returns:
        The median of the rounds, by validator, and what several of them have in common.
    """
    source, target = checkpoint(samples, features, classes)
    classifier = torch.eye(classes, features)
    ratio = partial(v.density_ratio, source.features, target.features, source.features)
    calls: dict[str, Callable[[], object]] = {"density_ratio": ratio}
    calls |= {f.__name__: partial(f, source, target) for f in PLAIN}
    calls["transfer_score"] = partial(v.transfer_score, source, target, classifier=classifier)
    calls["target_clusters"] = partial(v.target_clusters, target)
    clusters = v.target_clusters(target)
    calls |= {f.__name__: partial(f, source, target, clusters=clusters) for f in CLUSTERED}
    weights = ratio()
    calls |= {f.__name__: partial(f, source, target, weights=weights) for f in WEIGHTED}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: median(values) for name, values in times.items()}


def table(times: dict[str, float]) -> str:
    """Return a line of milliseconds for each validator, and their sum."""
    rows = [*times.items(), ("all", sum(times.values()))]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:{width}}  {1000 * value:10,.1f} ms" for name, value in rows)
