"""Which samples make a batch: permutations of a domain, or equal shares of its classes."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from da.streams import Stream, generator


class Order(ABC):
    """Positions of the samples of each batch, a pure function of the step."""

    @abstractmethod
    def __call__(self, step: int) -> Tensor:
        """Return the positions of the batch at this step."""


class Shuffled(Order):
    """Positions of a shuffled domain, batch after batch; each epoch is a new permutation.

    Args:
        size: Number of samples.
        batch_size: Samples in a batch; the last, incomplete one of an epoch is left out.
        stream: Random stream of the permutations.
        seed: Seed of the run.
        name: What the samples are, for the error message.

    Raises:
        ValueError: If the domain holds less than one batch.
    """

    def __init__(self, size: int, batch_size: int, stream: Stream, seed: int, name: str) -> None:
        if size < batch_size:
            raise ValueError(
                f"a batch of {batch_size} is larger than {name}, which has {size} training "
                f"samples; choose a batch size of at most {size}"
            )
        self.size, self.batch_size, self.stream, self.seed = size, batch_size, stream, seed
        self.epoch, self.permutation = -1, torch.empty(0, dtype=torch.long)

    def __call__(self, step: int) -> Tensor:
        epoch, place = divmod(step, self.size // self.batch_size)
        if epoch != self.epoch:
            rng = generator(self.stream, self.seed, epoch)
            self.epoch, self.permutation = epoch, torch.randperm(self.size, generator=rng)
        return self.permutation[place * self.batch_size :][: self.batch_size]


class Repeated(Order):
    """Positions of a shuffled domain, one permutation after the other without a gap.

    For a domain that is smaller than a batch: its samples come equally often, but for one time.

    Args:
        size: Number of samples.
        batch_size: Samples in a batch.
        stream: Random stream of the permutations.
        seed: Seed of the run.
    """

    def __init__(self, size: int, batch_size: int, stream: Stream, seed: int) -> None:
        self.size, self.batch_size, self.stream, self.seed = size, batch_size, stream, seed

    def __call__(self, step: int) -> Tensor:
        start, stop = step * self.batch_size, (step + 1) * self.batch_size
        first = start // self.size
        permutations = [
            torch.randperm(self.size, generator=generator(self.stream, self.seed, epoch))
            for epoch in range(first, -(-stop // self.size))
        ]
        return torch.cat(permutations)[start - first * self.size :][: self.batch_size]


class Balanced(Order):
    """Equal shares of each stratum, a class or a domain, whatever their sizes.

    Samples come in rounds: each round takes one of every stratum, in random order. Each stratum is
    shuffled anew when it is used up, so that small ones repeat.

    Args:
        strata: ``(n,)`` stratum of each sample.
        batch_size: Samples in a batch.
        stream: Random stream.
        seed: Seed of the run.
    """

    def __init__(self, strata: Tensor, batch_size: int, stream: Stream, seed: int) -> None:
        if not len(strata):
            raise ValueError("a balanced batch needs samples, and the domain has none")
        values = strata.unique().tolist()
        self.members = [(strata == value).nonzero().flatten() for value in values]
        self.batch_size, self.stream, self.seed = batch_size, stream, seed

    def __call__(self, step: int) -> Tensor:
        count = len(self.members)
        slots = range(step * self.batch_size, (step + 1) * self.batch_size)
        turns: dict[int, Tensor] = {}
        shuffled: dict[tuple[int, int], Tensor] = {}
        chosen = []
        for slot in slots:
            turn, place = divmod(slot, count)
            if turn not in turns:
                rng = generator(self.stream, self.seed, 0, turn)
                turns[turn] = torch.randperm(count, generator=rng)
            stratum = int(turns[turn][place])
            epoch, position = divmod(turn, len(self.members[stratum]))
            key = (stratum, epoch)
            if key not in shuffled:
                rng = generator(self.stream, self.seed, 1 + stratum, epoch)
                shuffled[key] = torch.randperm(len(self.members[stratum]), generator=rng)
            chosen.append(self.members[stratum][shuffled[key][position]])
        return torch.stack(chosen)
