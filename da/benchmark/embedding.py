"""What a trained network shows of held-out samples: features, logits and the class prior."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.data.loaders import EvaluationBatches
from da.gap.label_shift import joint_confusion, label_shift
from da.methods import DomainAdaptation


def embed(
    model: DomainAdaptation, batches: EvaluationBatches
) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n k"]]:
    """Return features and logits of all batches, in float32 on the CPU."""
    embedded = [model.embed(x) for x in batches]  # type: ignore[arg-type]
    features, logits = (torch.cat(x).float().cpu() for x in zip(*embedded, strict=True))
    return features, logits


def class_priors(
    source: Labeled, target: Unlabeled, num_classes: int
) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, " k"]]:
    """Return the class prior of the source and that estimated for the target without labels."""
    labels, predicted = source.labels.numpy(), source.logits.argmax(1).numpy()
    prior = np.bincount(labels, minlength=num_classes) / len(labels)
    shares = np.bincount(target.logits.argmax(1).numpy(), minlength=num_classes)
    confusion = joint_confusion(predicted, labels, num_classes)
    return prior, label_shift(confusion, prior, shares / len(target.logits))
