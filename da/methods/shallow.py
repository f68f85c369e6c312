"""Baselines in feature space, on the same splits and with the same records as trained networks."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.base import BaseEstimator
from torch import Tensor
from torch.optim import Optimizer

from da.batch import Batch
from da.methods.base import DomainAdaptation
from da.shallow.base import Baseline, Domain

#: Smallest share of the largest probability, so that likelihoods of nearest neighbours are finite.
SMALLEST = 1e-6


#: Makes an unfitted scikit-learn classifier.
Classifier = Callable[[], BaseEstimator]


@runtime_checkable
class MakesBaseline(Protocol):
    """Makes an unfitted baseline; a class such as ``da.shallow.TCA`` does."""

    def __call__(self) -> Baseline: ...


class Shallow(DomainAdaptation):
    """Fit a baseline of :mod:`da.shallow` on what a frozen backbone makes of the samples.

    There is nothing to train: the baseline is fitted on all labelled source samples and all target
    samples that are adapted to before the first step, which is also the last, whatever
    ``max_steps`` says. The backbone stays as it is made: for ready features it should be the
    identity, ``da.backbones.MLP`` without hidden layers.

    Logits are the scores of the baseline less the largest one, and log(1e-6) where they would be
    smaller or the source lacks the class. Of a baseline without probabilities, such as support
    vector machines, they are margins: their order is the baseline's, their likelihood is not.

    Args:
        baseline: Makes the baseline; a class, or a partial of one.
        classifier: The classifier that it trains, or what makes it, such as
            ``da.shallow.linear_svm``; its own choice by default.
        **kwargs: See :class:`DomainAdaptation`; the optimizer serves nothing here.

    Raises:
        ValueError: If the baseline takes no classifier.
    """

    matches_marginals = False  # its baseline says
    takes_steps: ClassVar[bool] = False
    sized_by_data = ("source_features", "source_labels", "target_features")
    network = ("backbone",)

    source_features: Tensor
    source_labels: Tensor
    target_features: Tensor
    is_target: Tensor

    def __init__(
        self,
        *,
        baseline: MakesBaseline,
        classifier: Classifier | BaseEstimator | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # Lightning counts no step without an optimizer.
        self.automatic_optimization = False
        self.num_classes = self.classifier.out_features
        del self.classifier  # the baseline has one of its own
        self.backbone.requires_grad_(False)
        self.baseline = _with_classifier(baseline, classifier)
        self.fitted = False
        self.register_buffer("source_features", torch.zeros(0, self.backbone.out_features))
        self.register_buffer("source_labels", torch.zeros(0, dtype=torch.long))
        self.register_buffer("target_features", torch.zeros(0, self.backbone.out_features))
        self.register_buffer("is_target", torch.tensor(False))

    def configure_optimizers(self) -> list[Optimizer]:
        return []

    def on_fit_start(self) -> None:
        super().on_fit_start()
        # One step is enough to be logged, validated, saved and scored like any other method.
        self.trainer.fit_loop.epoch_loop.max_steps = 1
        every = self.trainer.log_every_n_steps  # type: ignore[attr-defined]
        self.trainer.log_every_n_steps = min(every, 1)  # type: ignore[attr-defined]
        data = self.trainer.datamodule  # type: ignore[attr-defined]
        precision = self.trainer.precision_plugin  # as in validation, test and prediction
        training = self.training
        self.eval()
        with torch.no_grad(), precision.forward_context():
            source = [
                (self.backbone(precision.convert_input(x)), y) for x, y in data.source_dataloader()
            ]
            target = [
                self.backbone(precision.convert_input(x)) for x in data.adaptation_dataloader()
            ]
        self.train(training)
        features, labels = (torch.cat(x) for x in zip(*source, strict=True))
        self._remember(
            source_features=features, source_labels=labels, target_features=torch.cat(target)
        )
        self._fit()

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        """Count the one step, and say how well the baseline knows the source."""
        steps = self.trainer.fit_loop.epoch_loop.manual_optimization.optim_step_progress
        steps.increment_ready()
        steps.increment_completed()
        # not of the batch, which would change batch normalization, and may be augmented
        _, logits = self._compare(self.source_features)
        return {"loss": F.cross_entropy(logits, self.source_labels)}

    def embed(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return features ``(n, d)`` in which the domains are compared, and logits ``(n, k)``."""
        return self._compare(self.backbone(inputs))

    def adapt_statistics(self, target: Iterable[Tensor]) -> None:
        """Take what is embedded from now on for target samples; loading weights ends that."""
        self.is_target.fill_(True)

    def on_validation_batch_start(
        self, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        self.is_target.fill_(dataloader_idx == 1)

    def on_validation_end(self) -> None:
        self.is_target.fill_(False)

    def on_test_start(self) -> None:
        self.is_target.fill_(True)

    def on_predict_start(self) -> None:
        self.is_target.fill_(True)

    def _compare(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the baseline makes of the backbone's features: its own, and logits."""
        self._fit()
        domain: Domain = "target" if self.is_target else "source"
        arrays = features.detach().double().cpu().numpy()
        scores = self.baseline.scores(arrays, domain=domain)
        logits = np.full((len(scores), self.num_classes), np.log(SMALLEST))
        relative = scores - scores.max(1, keepdims=True)
        logits[:, self.baseline.classes] = relative.clip(min=np.log(SMALLEST))
        compared = self.baseline.transform(arrays, domain=domain)
        embedded = (torch.from_numpy(x).to(self.source_features) for x in (compared, logits))
        return tuple(embedded)  # type: ignore[return-value]

    def _fit(self) -> None:
        """Fit the baseline, unless it is fitted on these samples."""
        if self.fitted:
            return
        if not len(self.source_features):
            raise ValueError(
                f"Shallow embeds with a fitted {type(self.baseline).__name__}; train it with "
                f"da fit, or load a checkpoint of a training"
            )
        source, labels, target = (
            x.cpu().numpy()
            for x in (self.source_features, self.source_labels, self.target_features)
        )
        self.baseline.fit(source, labels, target)
        self.fitted = True

    def _remember(self, **samples: Tensor) -> None:
        for name, value in samples.items():
            old = getattr(self, name)
            self.fitted &= torch.equal(old.to(value), value)
            setattr(self, name, value.detach().clone().to(old))

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        # As many samples as were saved, whatever the number of those before.
        names = [name for name in self.sized_by_data if prefix + name in state_dict]
        self._remember(**{name: state_dict[prefix + name] for name in names})
        super()._load_from_state_dict(state_dict, prefix, *args)


def _with_classifier(
    baseline: MakesBaseline, classifier: Classifier | BaseEstimator | None
) -> Baseline:
    if classifier is None:
        return baseline()
    # of a function with arguments, the parser hands over what it returns
    made = classifier if isinstance(classifier, BaseEstimator) else classifier()
    try:
        return baseline(classifier=made)  # type: ignore[call-arg]
    except TypeError as error:
        raise ValueError(
            f"this baseline has a classifier of its own and takes no other ({error}); leave "
            f"classifier out"
        ) from error
