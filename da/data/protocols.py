"""Which samples are trained on, adapted to, selected by and scored on."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Literal

from da.data.samples import Domain, Inputs, Samples
from da.data.splits import holdout, rank


class Protocol(ABC):
    """How the samples of a task are divided; deterministic, by sample ids alone."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What records call the protocol, with all that it depends on."""

    def source(self, name: str, domain: Domain) -> Domain:
        """Return the samples of the source domain that take part."""
        return domain

    @abstractmethod
    def target(self, name: str, domain: Domain) -> Domain:
        """Return the samples of the target domain that take part; there is a test side.

        Only a target that nobody has labels for has none.
        """

    @abstractmethod
    def divide_source(self, domain: Domain) -> tuple[Samples, Samples]:
        """Return the labelled samples to train on and those to validate on."""

    @abstractmethod
    def divide_target(self, train: Samples | Inputs) -> tuple[list[int], list[int]]:
        """Return positions to adapt to and positions to validate on without labels."""


class Inductive(Protocol):
    """Score on target samples that were never adapted to: the default.

    The source's training pool is divided 80/20 by class, the target's 75/25 at random. Of a target
    without test samples, 20 % are held out first, which makes 60/20/20.
    """

    name = "inductive"

    def target(self, name: str, domain: Domain) -> Domain:
        if domain.test is not None or isinstance(domain.train, Inputs):
            return domain
        stay, test = holdout(domain.train.ids, 0.2, "test")
        return Domain(domain.train.select(stay), domain.train.select(test))

    def divide_source(self, domain: Domain) -> tuple[Samples, Samples]:
        pool = labeled(domain)
        train, val = holdout(pool.ids, 0.2, "source", pool.labels.tolist())
        return pool.select(train), pool.select(val)

    def divide_target(self, train: Samples | Inputs) -> tuple[list[int], list[int]]:
        return holdout(train.ids, 0.25, "target")


class FullTrain(Protocol):
    """All training samples of both domains, scored on the target's own test samples.

    What most papers report for MNIST and USPS (protocol P2). The source is validated on its own
    test samples; where it has none, on the samples that it is trained on.

    Hoffman et al., *CyCADA: Cycle-Consistent Adversarial Domain Adaptation*, ICML 2018.
    https://arxiv.org/abs/1711.03213
    """

    name = "full-train"

    def target(self, name: str, domain: Domain) -> Domain:
        if domain.test is None and isinstance(domain.train, Samples):
            raise ValueError(
                f"the domain {name!r} has no test samples of its own; choose the protocol "
                f"Inductive or Transductive"
            )
        return domain

    def divide_source(self, domain: Domain) -> tuple[Samples, Samples]:
        pool = labeled(domain)
        return pool, domain.test or pool

    def divide_target(self, train: Samples | Inputs) -> tuple[list[int], list[int]]:
        everything = list(range(len(train)))
        return everything, everything


class HeldOut(FullTrain):
    """As :class:`FullTrain`, but a share of both training pools is held out to validate on.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Sec. 5.1.2, who hold
    a tenth out. https://jmlr.org/papers/v17/15-239.html

    Args:
        share: Share that is held out, in (0, 1); of the source the same of each class.

    Raises:
        ValueError: If the share is out of range.
    """

    def __init__(self, share: float = 0.1) -> None:
        if not 0 < share < 1:
            raise ValueError(f"a share that is held out lies between 0 and 1; got {share=}")
        self.share = share

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"full-train, {self.share:g} held out"

    def divide_source(self, domain: Domain) -> tuple[Samples, Samples]:
        pool = labeled(domain)
        train, val = holdout(pool.ids, self.share, "source", pool.labels.tolist())
        return pool.select(train), pool.select(val)

    def divide_target(self, train: Samples | Inputs) -> tuple[list[int], list[int]]:
        return holdout(train.ids, self.share, "target")


class Transductive(FullTrain):
    """Adapt to all target samples and score on the same ones, as Office tables in papers do.

    Saenko et al., *Adapting Visual Category Models to New Domains*, ECCV 2010.
    Nothing is held out: the source is validated on the samples that it is trained on, and the
    ceiling is trained with labels on the very samples that it is scored on, so that it says what
    the network can memorize and not what target labels would be worth.
    """

    name = "transductive"

    def source(self, name: str, domain: Domain) -> Domain:
        return Domain(domain.train)

    def target(self, name: str, domain: Domain) -> Domain:
        return Domain(domain.train, domain.train if isinstance(domain.train, Samples) else None)


class Subsets(Transductive):
    """Random subsets of the training pools, adapted to and scored on (protocol P1, "2000/1800").

    Long et al., *Transfer Feature Learning with Joint Distribution Adaptation*, ICCV 2013, drew
    2,000 MNIST and 1,800 USPS images; ADDA, CoGAN and MCD kept the numbers.

    Args:
        sizes: Samples of each domain by its name.
        draw: Number of the draw.
        test: Score the subset itself ("subset"), or the domain's own test samples ("official").
    """

    def __init__(
        self,
        sizes: Mapping[str, int],
        draw: int = 0,
        test: Literal["subset", "official"] = "subset",
    ) -> None:
        if min(sizes.values(), default=0) < 1 or draw < 0:
            raise ValueError(
                f"a subset has at least 1 sample and a draw is not negative; "
                f"got {dict(sizes)}, {draw=}"
            )
        self.sizes, self.draw, self.test = dict(sizes), draw, test

    @property
    def name(self) -> str:  # type: ignore[override]
        sizes = "/".join(f"{k}={v}" for k, v in sorted(self.sizes.items()))
        return f"subsets {sizes}, scored on {self.test}, draw {self.draw}"

    def source(self, name: str, domain: Domain) -> Domain:
        return Domain(self._subset(name, domain))

    def target(self, name: str, domain: Domain) -> Domain:
        subset = self._subset(name, domain)
        if self.test == "official":
            return FullTrain().target(name, Domain(subset, domain.test))
        return super().target(name, Domain(subset))

    def _subset(self, name: str, domain: Domain) -> Samples | Inputs:
        if name not in self.sizes:
            raise ValueError(
                f"the protocol Subsets has no size for the domain {name!r}; it has "
                f"{', '.join(self.sizes)}"
            )
        size, pool = self.sizes[name], domain.train
        if size > len(pool):
            raise ValueError(
                f"a subset of {size} is larger than the domain {name!r}, which has {len(pool)} "
                f"samples; choose a smaller one"
            )
        order = sorted(range(len(pool)), key=lambda i: rank(pool.ids[i], f"subset:{self.draw}"))
        return pool.select(sorted(order[:size]))


class PerClass(Transductive):
    """A few labelled samples of each source class, all of the target (20 per class, 10 draws).

    Gong et al., *Geodesic Flow Kernel for Unsupervised Domain Adaptation*, CVPR 2012, Sec. 4.1:
    20 for each class of Amazon, Caltech and Webcam, 8 for DSLR.

    Args:
        count: Labelled samples of each class.
        exceptions: Other numbers for some source domains, by name.
        draw: Number of the draw.
    """

    def __init__(
        self, count: int = 20, exceptions: Mapping[str, int] | None = None, draw: int = 0
    ) -> None:
        counts = [count, *(exceptions or {}).values()]
        if min(counts) < 1 or draw < 0:
            raise ValueError(
                f"a class has at least 1 sample and a draw is non-negative; got {counts}, {draw=}"
            )
        self.count, self.exceptions, self.draw = count, dict(exceptions or {}), draw

    @property
    def name(self) -> str:  # type: ignore[override]
        others = "".join(f", {v} of {k}" for k, v in sorted(self.exceptions.items()))
        return f"{self.count} per class{others}, draw {self.draw}"

    def source(self, name: str, domain: Domain) -> Domain:
        pool, count = labeled(domain), self.exceptions.get(name, self.count)
        chosen: list[int] = []
        for c in pool.labels.unique().tolist():
            members = (pool.labels == c).nonzero().flatten().tolist()
            if len(members) < count:
                raise ValueError(
                    f"class {c} of the domain {name!r} has {len(members)} samples; "
                    f"choose at most as many per class, not {count}"
                )
            members.sort(key=lambda i: rank(pool.ids[i], f"per-class:{self.draw}"))
            chosen += members[:count]
        return Domain(pool.select(sorted(chosen)))


def labeled(domain: Domain) -> Samples:
    """Return the training pool of a domain that must have labels.

    Raises:
        ValueError: If it has none.
    """
    if isinstance(domain.train, Inputs):
        raise ValueError("the source has no labels; choose a labelled domain as the source")
    return domain.train
