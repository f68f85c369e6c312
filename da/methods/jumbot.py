"""Joint unbalanced mini-batch optimal transport."""

from typing import Any

import torch
from torch import Tensor

from da.losses import exact_plan, unbalanced_plan
from da.methods.deep_jdot import DeepJDOT


class JUMBOT(DeepJDOT):
    """Transport between batches that need not give and take all of their mass.

    Fatras et al., *Unbalanced Minibatch Optimal Transport; Applications to Domain Adaptation*,
    ICML 2021, Eq. 9. https://arxiv.org/abs/2103.03606

    Two batches of the same classes in different proportions need not be matched to the last
    sample. Where the solver fails, the exact balanced plan takes its place, and is counted.

    Args:
        epsilon: Weight of the entropy of the plan, in units of the cost; positive.
        tau: Weight of the marginals; positive. The smaller, the more mass is left where it is.
        target_tau: That of the target's marginal, by default ``tau``. If infinite, each target
            sample is served, and the plan reweights the source for it.
        **kwargs: See :class:`DeepJDOT`.
    """

    family = "optimal transport"
    settings = ("closed-set", "partial")
    assumes = "no proportions: mass may be left behind"
    hurts = "if little mass moves, or nearest in feature space is the wrong class"
    matches_marginals = False

    def __init__(
        self,
        *,
        epsilon: float = 0.01,
        tau: float = 0.5,
        target_tau: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not min(epsilon, tau, tau if target_tau is None else target_tau) > 0:
            raise ValueError(
                f"epsilon and tau are positive; got epsilon={epsilon}, tau={tau}, "
                f"target_tau={target_tau}"
            )
        self.epsilon, self.tau, self.target_tau = epsilon, tau, target_tau
        self.monitored["failed_plans"] = torch.tensor(0.0)

    def plan(self, cost: Tensor) -> Tensor:
        plan = unbalanced_plan(cost, epsilon=self.epsilon, tau=self.tau, target_tau=self.target_tau)
        if not plan.isfinite().all():
            plan = exact_plan(cost)
            self.monitored["failed_plans"] = self.monitored["failed_plans"] + 1
        self.monitored["transported_mass"] = plan.sum()
        return plan
