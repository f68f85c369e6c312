"""Pool the samples of a domain and divide them anew, as some copies of USPS were."""

from collections.abc import Mapping

from da.data.protocols import FullTrain, labeled
from da.data.samples import Domain, Samples, join
from da.data.splits import rank


class Resplit(FullTrain):
    """All training samples of both domains, after some were divided anew (protocol P3).

    Shen et al., *Wasserstein Distance Guided Representation Learning for Domain Adaptation*, AAAI
    2018 (https://arxiv.org/abs/1707.01217) and Saito et al., *Maximum Classifier Discrepancy for
    Unsupervised Domain Adaptation*, CVPR 2018 (https://arxiv.org/abs/1712.02560) read USPS from a
    pickle in which its 9,298 digits are divided into 7,438 and 1,860, and the latter trains on
    55,000 digits of MNIST. Which digit of USPS is on which side of the pickle is not public: the
    sizes are those of the papers, the draw is ours.

    Args:
        train: Training samples of a domain after its two sides were pooled; the rest is its test.
        first: Training samples that another domain keeps, the first of them by id; its test
            samples stay as they are.
        draw: Number of the draw.
    """

    def __init__(
        self,
        train: Mapping[str, int] | None = None,
        first: Mapping[str, int] | None = None,
        draw: int = 0,
    ) -> None:
        self.train = {"usps": 7438} if train is None else dict(train)
        self.first = {"mnist": 55_000} if first is None else dict(first)
        self.draw = draw
        if min([*self.train.values(), *self.first.values()], default=1) < 1 or draw < 0:
            raise ValueError(
                f"a domain keeps at least 1 training sample and a draw is not negative; "
                f"got train={self.train}, first={self.first}, {draw=}"
            )
        if both := sorted(set(self.train) & set(self.first)):
            raise ValueError(
                f"the domain {both[0]!r} is either divided anew or keeps its first samples; "
                f"name it in train or in first"
            )

    @property
    def name(self) -> str:  # type: ignore[override]
        anew = "/".join(f"{k}={v}" for k, v in sorted(self.train.items()))
        first = "".join(f", first {v} of {k}" for k, v in sorted(self.first.items()))
        return f"resplit {anew}{first}, draw {self.draw}"

    def source(self, name: str, domain: Domain) -> Domain:
        return self._divide(name, domain)

    def target(self, name: str, domain: Domain) -> Domain:
        return super().target(name, self._divide(name, domain))

    def _divide(self, name: str, domain: Domain) -> Domain:
        if name in self.first:
            return self._keep_first(name, domain)
        if name not in self.train:
            return domain
        pool = _pooled(domain)
        if any("#" in i for i in pool.ids):
            raise ValueError(
                f"the domain {name!r} holds copies of one original, which the protocol Resplit "
                f"would put on both sides; choose the protocol Inductive"
            )
        order = sorted(range(len(pool)), key=lambda i: rank(pool.ids[i], f"resplit:{self.draw}"))
        size = self.train[name]
        if size >= len(pool):
            raise ValueError(
                f"the domain {name!r} has {len(pool)} samples in all, and some have to be left to "
                f"test; got train={size}"
            )
        return Domain(pool.select(sorted(order[:size])), pool.select(sorted(order[size:])))

    def _keep_first(self, name: str, domain: Domain) -> Domain:
        size, ids = self.first[name], domain.train.ids
        if size > len(ids):
            raise ValueError(
                f"the domain {name!r} has {len(ids)} training samples; got first={size}"
            )
        order = sorted(range(len(ids)), key=lambda i: ids[i])
        return Domain(domain.train.select(sorted(order[:size])), domain.test)


def _pooled(domain: Domain) -> Samples:
    """Return both sides of a domain as one, with their own ids."""
    train, test = labeled(domain), domain.test
    if test is None:
        return train
    both = labeled(join({"train": Domain(train), "test": Domain(test)}))
    return Samples(both.inputs, both.labels, train.ids + test.ids)
