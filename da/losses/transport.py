"""Optimal transport between two batches."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def joint_cost(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    labels: Int[Tensor, " n"],
    target_logits: Float[Tensor, "m k"],
    *,
    feature_weight: float,
    label_weight: float,
) -> Float[Tensor, "n m"]:
    """Cost of moving each source sample to each target sample: of its features and of its label.

    Damodaran et al., *DeepJDOT: Deep Joint Distribution Optimal Transport for Unsupervised Domain
    Adaptation*, ECCV 2018, Eq. 6. https://arxiv.org/abs/1803.10081

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        labels: Labels of the source samples.
        target_logits: Logits of the target samples.
        feature_weight: Weight of the squared distance between the features (the paper's alpha).
        label_weight: Weight of the cross-entropy of the source label under the target's prediction
            (the paper's lambda_t).

    Returns:
        A matrix of non-negative costs.
    """
    cross_entropy = -target_logits.log_softmax(1).T[labels]
    return feature_weight * _squared_distances(source, target) + label_weight * cross_entropy


def transported(cost: Float[Tensor, "n m"], plan: Float[Tensor, "n m"]) -> Float[Tensor, ""]:
    """Cost of a plan, which may be held fixed in the gradient of the optimum (Danskin)."""
    return (plan.detach() * cost).sum()


@torch.no_grad()
def exact_plan(cost: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
    """Cheapest plan between two batches of equally important samples.

    Bonneel et al., *Displacement Interpolation Using Lagrangian Mass Transport*, SIGGRAPH Asia
    2011, as implemented in POT. It is solved on the CPU, in float64.

    Args:
        cost: Cost of each pair.

    Returns:
        A plan whose rows sum to ``1 / n`` and whose columns sum to ``1 / m``. It is uniform where a
        cost is not finite, so that a run that diverges gets as far as being told so.
    """
    import ot  # takes two seconds

    n, m = cost.shape
    if not cost.isfinite().all():
        return torch.full_like(cost, 1 / (n * m))
    plan = ot.emd(ot.unif(n), ot.unif(m), cost.double().cpu().numpy())
    return torch.from_numpy(plan).to(cost)


@torch.no_grad()
def unbalanced_plan(
    cost: Float[Tensor, "n m"],
    *,
    epsilon: float,
    tau: float,
    target_tau: float | None = None,
    iterations: int = 1000,
    tolerance: float = 1e-4,
) -> Float[Tensor, "n m"]:
    """Plan that is spread out by its entropy and may create and destroy mass.

    Chizat et al., *Scaling Algorithms for Unbalanced Optimal Transport Problems*, Mathematics of
    Computation 2018, https://arxiv.org/abs/1607.05816: minimize ``<plan,
    cost> + epsilon <plan, log(plan) - 1> + tau (KL(rows | 1/n) + KL(columns | 1/m))``. It is solved
    where the cost is, in float64, by updates of logarithms: POT's scalings underflow where a cost
    is hundreds of times ``epsilon``, as it is soon after the start of a training.

    Args:
        cost: Cost of each pair.
        epsilon: Weight of the entropy, in units of the cost; positive.
        tau: Weight of the marginals, in units of the cost; positive. A large one makes the plan
            balanced, an infinite one exactly so.
        target_tau: That of the target's marginal, if it is another. With an infinite one each
            target sample gets all of its mass, and the plan reweights the source.
        iterations: Most iterations.
        tolerance: Change of the logarithms at which the iterations may end; positive.

    Returns:
        A plan; it is not finite if the solver failed.

    Raises:
        ValueError: If ``epsilon``, ``tau`` or ``target_tau`` is not positive.
    """
    target_tau = tau if target_tau is None else target_tau
    _check_positive(epsilon=epsilon, tau=tau, target_tau=target_tau)
    scores = cost.double() / -epsilon
    powers = [1.0 if t == float("inf") else t / (t + epsilon) for t in (tau, target_tau)]
    rows, columns = (torch.log(marginal) for marginal in _uniform(scores))
    f, g = torch.zeros_like(rows), torch.zeros_like(columns)
    for step in range(iterations):
        before = f
        f = powers[0] * (rows - torch.logsumexp(scores + g, 1))
        g = powers[1] * (columns - torch.logsumexp(scores + f[:, None], 0))
        # Now and then, for a GPU waits for the answer
        if step % 10 == 0 and (f - before).abs().max() < tolerance:
            break
    plan = torch.exp(f[:, None] + g + scores)
    return plan.to(cost.dtype)


@full_precision
def sinkhorn_divergence(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    *,
    epsilon: float = 1.0,
    iterations: int = 1000,
    tolerance: float = 1e-9,
) -> Float[Tensor, ""]:
    """Entropic transport cost between the domains, less half of that within each.

    Feydy et al., *Interpolating between Optimal Transport and MMD Using Sinkhorn Divergences*,
    AISTATS 2019, Eq. 3. https://arxiv.org/abs/1810.08278

    The cost is the squared distance. The value goes from the squared Wasserstein distance, for
    ``epsilon`` near 0, to the squared distance of the means, for a large one.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        epsilon: Weight of the entropy, in squared units of the features; positive.
        iterations: Most iterations of each of the three problems.
        tolerance: Largest error of the marginals at which the iterations may end; positive.

    Returns:
        A scalar, non-negative but for unfinished iterations.

    Raises:
        ValueError: If ``epsilon`` is not positive.
    """
    _check_positive(epsilon=epsilon)

    def between(first: Tensor, second: Tensor) -> Tensor:
        cost = _squared_distances(first, second)
        return _entropic_cost(cost, epsilon, iterations, tolerance)

    across = between(source, target)
    return across - (between(source, source) + between(target, target)) / 2


def _entropic_cost(cost: Tensor, epsilon: float, iterations: int, tolerance: float) -> Tensor:
    """Optimum of ``<plan, cost> + epsilon KL(plan | uniform)``, with its gradient."""
    import ot  # takes two seconds

    detached = cost.detach().double()
    plan = ot.sinkhorn(
        *_uniform(detached),
        detached,
        epsilon,
        method="sinkhorn_log",
        numItermax=iterations,
        stopThr=tolerance,
        warn=False,
    )
    entropy = torch.special.xlogy(plan, plan * plan.numel()).sum()
    return transported(cost, plan.to(cost.dtype)) + (epsilon * entropy).to(cost.dtype)


def _squared_distances(source: Tensor, target: Tensor) -> Tensor:
    return torch.cdist(source, target, compute_mode="donot_use_mm_for_euclid_dist").square()


def _uniform(cost: Tensor) -> tuple[Tensor, Tensor]:
    n, m = cost.shape
    return cost.new_full((n,), 1 / n), cost.new_full((m,), 1 / m)


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if value <= 0:
            raise ValueError(f"{name} is positive; got {name}={value}")
