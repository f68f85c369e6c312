"""Optimal transport of the source onto the target, sample by sample."""

from abc import ABC, abstractmethod
from typing import Any, Literal

import numpy as np
import ot
from sklearn.base import BaseEstimator

from da.shallow.base import Domain
from da.shallow.mapping import Mapping

CostScale = Literal["median", "max", "none"]


class Transport(Mapping, ABC):
    """Move each source sample to the mean of the target samples that its mass goes to.

    Courty et al., *Optimal Transport for Domain Adaptation*, IEEE TPAMI 2017, Eq. 14; solved by POT
    (Flamary et al., JMLR 2021). https://arxiv.org/abs/1507.00504

    The cost is the squared Euclidean distance and all samples of a domain weigh the same. A source
    sample that was not seen in training moves as the nearest one that was.

    Args:
        cost_scale: What the cost is divided by, which decides what an entropic regularization of 1
            means: its median, its largest value, or nothing.
        classifier: See :class:`Mapping`.
    """

    def __init__(
        self, *, cost_scale: CostScale = "median", classifier: BaseEstimator | None = None
    ) -> None:
        super().__init__(classifier=classifier)
        self.norm = None if cost_scale == "none" else cost_scale

    @abstractmethod
    def _problem(self) -> ot.da.BaseTransport:
        """Return the unfitted problem of POT."""

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        self.solution = self._problem()
        self.solution.fit(Xs=source, ys=labels, Xt=target)
        self.plan = checked_plan(self.solution.coupling_, type(self).__name__)

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        return self.solution.transform(Xs=features) if domain == "source" else features


class OTExact(Transport):
    """Transport at the least cost, without regularization ("OT-exact").

    Args:
        **kwargs: See :class:`Transport`.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ: mass is moved across classes"

    def _problem(self) -> ot.da.BaseTransport:
        return ot.da.EMDTransport(norm=self.norm, max_iter=10_000_000)


class OTSinkhorn(Transport):
    """Transport with entropic regularization ("OT-IT").

    Cuturi, *Sinkhorn Distances*, NeurIPS 2013. https://arxiv.org/abs/1306.0895

    Args:
        entropy: Weight of the plan's negative entropy; positive. In the logarithmic domain, where
            small ones do no harm.
        **kwargs: See :class:`Transport`.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ: mass is moved across classes"

    def __init__(self, *, entropy: float = 0.1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.entropy = positive("entropy", entropy)

    def _problem(self) -> ot.da.BaseTransport:
        return ot.da.SinkhornTransport(
            reg_e=self.entropy,
            method="sinkhorn_log",
            norm=self.norm,
            out_of_sample_map="ferradans",
            max_iter=5000,
            tol=1e-7,
        )


def positive(name: str, value: float) -> float:
    """Return a value that has to be positive.

    Raises:
        ValueError: If it is not.
    """
    if not value > 0:
        raise ValueError(f"optimal transport needs a positive {name}; got {value}")
    return value


def checked_plan(plan: np.ndarray, method: str) -> np.ndarray:
    """Return a plan in which every source sample has some mass.

    Raises:
        ValueError: If it has not: the solver underflowed, and what it moved is not what it claims.
    """
    if not (np.isfinite(plan).all() and (plan.sum(1) > 0).all()):
        raise ValueError(
            f"the plan of {method} lost the mass of some samples, as its entropy is too small for "
            f"the cost; choose a larger one"
        )
    return plan
