"""Targets whose classes are drawn from another prior than the source's."""

from collections.abc import Sequence
from math import isinf

import numpy as np
import torch
from numpy.typing import NDArray

from da.data.samples import Domain, Samples, originals
from da.data.scenarios import Scenario, Scene, sides
from da.data.splits import choose, holdout
from da.streams import stream_seed


class LabelShift(Scenario):
    """The target's classes are drawn from another prior, one Dirichlet draw.

    Lipton et al., *Detecting and Correcting for Label Shift with Black Box Predictors*, ICML 2018,
    Sec. 6. https://arxiv.org/abs/1802.03916

    The target's training pool is subsampled without replacement; its test samples all stay and
    count ``prior[c] / share of c``, the exact expectation under the shifted prior.

    Args:
        alpha: Concentration of the Dirichlet prior; smaller is further from uniform. Positive;
            infinite makes the prior uniform.
        draw: Number of the draw.
        alike: Further concentrations, of an axis of such tasks with the same draw. The smallest
            sample that any of them allows sets the number of training originals of each, which
            repeat within a batch that holds more.
    """

    def __init__(self, alpha: float = 0.3, draw: int = 0, alike: Sequence[float] = ()) -> None:
        if not all(concentration > 0 for concentration in (alpha, *alike)):
            raise ValueError(
                f"a Dirichlet concentration is positive; got alpha={alpha}"
                + (f", alike={list(alike)}" if alike else "")
            )
        self.alpha, self.draw, self.alike = alpha, draw, tuple(alike)
        self.few_targets = bool(alike)

    def prior(self, num_classes: int) -> NDArray[np.float64]:
        """Return the class prior of the target, shape ``(num_classes,)``."""
        return _prior(self.alpha, self.draw, num_classes)

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        train, test = sides(target)
        prior = self.prior(num_classes)
        labels = train.labels.numpy()
        members = [np.flatnonzero(labels == c).tolist() for c in range(num_classes)]
        if absent := [c for c in range(num_classes) if prior[c] > 0 and not members[c]]:
            raise ValueError(
                f"the target's training pool has no sample of class {absent[0]}, whose share is to "
                f"be {prior[absent[0]]:.3g}; choose a target with all classes"
            )
        kept = self._alike(train, members) if self.alike else self._most(train, members)
        share = np.bincount(test.labels, minlength=num_classes) / len(test)
        weights = torch.tensor(prior / np.maximum(share, 1e-12))[test.labels]
        return Scene(
            source,
            Domain(train.select(sorted(kept)), test),
            (weights / weights.mean()).float(),
        )

    def _most(self, train: Samples, members: Sequence[list[int]]) -> list[int]:
        """Return as many samples as the prior allows."""
        prior = self.prior(len(members))
        counts = np.array(list(map(len, members)))
        size = int(np.min(counts[prior > 0] / prior[prior > 0]))
        keep: list[int] = []
        for c, positions in enumerate(members):
            _, taken = holdout(
                [train.ids[i] for i in positions],
                min(1.0, size * prior[c] / max(len(positions), 1)),
                salt=f"label-shift:{self.alpha}:{self.draw}",
            )
            keep += [positions[i] for i in taken]
        return keep

    def _alike(self, train: Samples, members: Sequence[list[int]]) -> list[int]:
        """Return as many originals as all concentrations allow; of each class, the same first."""
        ids = [[train.ids[i] for i in positions] for positions in members]
        counts = np.array([len(set(originals(names))) for names in ids])
        priors = [_prior(alpha, self.draw, len(members)) for alpha in (self.alpha, *self.alike)]
        size = min(int(np.min(counts[p > 0] / p[p > 0])) for p in priors)
        shares = _apportioned(size, priors[0])
        return [
            positions[i]
            for positions, names, share in zip(members, ids, shares, strict=True)
            for i in choose(names, share, f"label-shift:{self.draw}")
        ]


def _prior(alpha: float, draw: int, num_classes: int) -> NDArray[np.float64]:
    if isinf(alpha):
        return np.full(num_classes, 1 / num_classes)
    seed = stream_seed("scenario", draw, round(alpha * 1e6))
    return np.random.default_rng(seed).dirichlet(np.full(num_classes, alpha))


def _apportioned(size: int, prior: NDArray[np.float64]) -> list[int]:
    """Divide a number among the classes by the largest remainders, so that the sum is exact."""
    quotas = size * prior
    shares = np.floor(quotas).astype(int)
    order = np.argsort(shares - quotas, kind="stable")
    shares[order[: size - shares.sum()]] += 1
    return shares.tolist()
