"""The order of target samples means nothing."""

from collections.abc import Sequence

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.benchmark.scoring import Views, scores
from da.selfcheck.outcome import Outcome

CLASSES, SIZE, WIDTH = 4, 240, 6


def order_does_not_matter(methods: Sequence[str], steps: int) -> Outcome:
    """Target samples in another order have the same scores."""
    generator = torch.Generator().manual_seed(0)
    # apart far enough for k-means to find the classes whatever it starts from
    centers = 8 * torch.eye(CLASSES, WIDTH)
    labels = torch.arange(SIZE) % CLASSES

    def domain(shift: float) -> tuple[Tensor, Tensor]:
        features = centers[labels] + shift + torch.randn(SIZE, WIDTH, generator=generator)
        logits = 0.2 * features @ centers.T + torch.randn(SIZE, CLASSES, generator=generator)
        return features, logits

    source, target = Labeled(*domain(0.0), labels), Unlabeled(*domain(0.3))
    views = Views(source_train=domain(0.0)[0], classifier=0.2 * centers)
    order = torch.randperm(SIZE, generator=generator)
    first = scores(source, target, views)
    second = scores(source, Unlabeled(target.features[order], target.logits[order]), views)
    found = {name: value["value"] for name, value in first.items() if value["value"] is not None}
    different = [n for n, value in found.items() if abs(value - second[n]["value"]) > 1e-6]
    if different:
        return Outcome(False, f"changed by the order: {', '.join(different)}")
    return Outcome(True, f"{len(found)} validators")
