"""Optimal transport that keeps the samples of different classes apart."""

from abc import ABC
from typing import Any

import ot

from da.shallow.transport import Transport, positive


class ClassTransport(Transport, ABC):
    """Transport after which a target sample gets its mass from few classes.

    Courty et al., *Optimal Transport for Domain Adaptation*, IEEE TPAMI 2017, Sec. 4.1.
    https://arxiv.org/abs/1507.00504

    Args:
        entropy: Weight of the plan's negative entropy; positive.
        class_weight: Weight of the class regularization; positive.
        **kwargs: See :class:`Transport`.
    """

    def __init__(self, *, entropy: float = 0.1, class_weight: float = 0.1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.entropy = positive("entropy", entropy)
        self.class_weight = positive("class_weight", class_weight)


class OTGroupLasso(ClassTransport):
    """The class regularization is the group lasso l1-l2, convex ("OT-GL").

    By generalized conditional gradient (Alg. 1 of the paper).

    Args:
        **kwargs: See :class:`ClassTransport`.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ: whole classes are then split"

    def _problem(self) -> ot.da.BaseTransport:
        return ot.da.SinkhornL1l2Transport(
            reg_e=self.entropy,
            reg_cl=self.class_weight,
            norm=self.norm,
            max_inner_iter=2000,
            tol=1e-6,
        )


class OTLpL1(ClassTransport):
    """The class regularization is lp-l1 with p = 1/2, not convex ("OT-LpLq").

    Courty, Flamary & Tuia, *Domain Adaptation with Regularized Optimal Transport*, ECML 2014;
    by majorization and minimization. https://doi.org/10.1007/978-3-662-44848-9_18

    Args:
        **kwargs: See :class:`ClassTransport`.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ: whole classes are then split"

    def _problem(self) -> ot.da.BaseTransport:
        return ot.da.SinkhornLpl1Transport(
            reg_e=self.entropy,
            reg_cl=self.class_weight,
            norm=self.norm,
            max_inner_iter=2000,
            tol=1e-6,
        )
