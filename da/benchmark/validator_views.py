"""The further forward passes that some validators need: of training, augmented and mixed inputs."""

from collections.abc import Iterable
from functools import cached_property

import torch
from torch import Tensor

from da.batch import Unlabeled
from da.benchmark.scoring import Views, linear_classifier, sampled
from da.data import TransferTask
from da.data.feed import Feed
from da.methods import DomainAdaptation
from da.streams import stream_seed
from da.validators import mixed_inputs, mixing_partners

_BATCH = 250


class ViewMaker:
    """Makes the views of each checkpoint of a run, of the same samples for all.

    Args:
        task: The transfer task. Target samples are augmented by its strong view, or as in training
            where it has none; without any augmentation there is no such view.
    """

    def __init__(self, task: TransferTask) -> None:
        self.task = task
        data = task.training_data
        train = data.source_train.without_labels()
        self.source_train = task.evaluation(train.select(sampled(len(train)).tolist()))
        self.rows = sampled(len(data.target_val))
        chosen = data.target_val.select(self.rows.tolist())
        self.target, self.plain = chosen, task.evaluation(chosen)

    @torch.no_grad()
    def of_source(self, model: DomainAdaptation) -> Tensor:
        """Return features of source training samples, with the network as it is for the source."""
        return _joined(model.embed(x)[0] for x in self.source_train)  # type: ignore[arg-type]

    @torch.no_grad()
    def of_target(self, model: DomainAdaptation, source_train: Tensor, target: Unlabeled) -> Views:
        """Return all views, with the network as it is for the target.

        Args:
            model: The method, in evaluation mode.
            source_train: What :meth:`of_source` returned.
            target: Held-out target samples, as embedded by the model.
        """
        mixtures, others, start = [], [], 0
        for x in self.plain:
            partners = mixing_partners(len(x))
            mixtures.append(model(mixed_inputs(x, partners)))  # type: ignore[arg-type]
            others.append(partners + start)
            start += len(x)
        feed = self.feed
        return Views(
            source_train=source_train,
            classifier=linear_classifier(model, target),
            rows=self.rows,
            augmented=None if feed is None else _joined(model(feed.finish(x)) for x in self.bytes),
            mixtures=_joined(mixtures),
            others=torch.cat(others),
        )

    @cached_property
    def feed(self) -> Feed | None:
        """What augments target samples, if anything does."""
        task, inputs = self.task, self.target.inputs
        transform = task.strong or task.default_strong() or task.transform
        in_memory = isinstance(inputs, Tensor) and inputs.ndim == 4
        if transform is None and not (in_memory and task.shift):
            return None
        shift = 0 if transform else task.shift
        return Feed(inputs, transform, shift, self.plain.feed.device, task.pixels)

    @cached_property
    def bytes(self) -> list[Tensor]:
        """Augmented target samples as they are stored, batch after batch."""
        if self.feed is None:
            return []
        batches = torch.arange(len(self.target)).split(_BATCH)
        # Not the seed of the run: two seeds are compared on the same samples
        return [self.feed.fetch(x, stream_seed("tgt_aug", 0, i)) for i, x in enumerate(batches)]


def _joined(batches: Iterable[Tensor]) -> Tensor:
    return torch.cat([x.float().cpu() for x in batches])
