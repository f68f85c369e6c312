"""Masked image consistency."""

from typing import Any

import torch
from torch import Tensor

from da.batch import Batch, Labeled, Unlabeled
from da.losses import confident_cross_entropy
from da.methods.self_training import MeanTeacher


class MIC(MeanTeacher):
    """Recognize masked target images as a moving average of the network does the whole ones.

    Hoyer et al., *MIC: Masked Image Consistency for Context-Enhanced Domain Adaptation*, CVPR 2023,
    Eq. 3-8. https://arxiv.org/abs/2212.01322

    The paper adds the term to another method; here it stands alone. As for its image
    classification, every image counts, by the teacher's confidence.

    Args:
        patch: Side of the square patches in pixels; at least 1.
        ratio: Share of patches that are masked, in (0, 1).
        decay: Share of the teacher that stays at each step, in [0, 1).
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "nothing of the classes; that confident means right"
    hurts = "if the teacher is confidently wrong, or a mask hides the object"

    def __init__(
        self, *, patch: int = 64, ratio: float = 0.7, decay: float = 0.9, **kwargs: Any
    ) -> None:
        super().__init__(decay=decay, **kwargs)
        if patch < 1 or not 0 < ratio < 1:
            raise ValueError(
                f"patches have at least 1 pixel and some are masked; got patch={patch}, "
                f"ratio={ratio}"
            )
        self.patch, self.ratio = patch, ratio

    def strong_view(self, batch: Batch) -> Tensor:
        images = batch["target"]
        if images.ndim != 4:
            raise ValueError(
                f"MIC masks patches of images, and the inputs have shape {(*images.shape[1:],)}; "
                f"choose data of images"
            )
        n, _, height, width = images.shape
        rows, columns = -(-height // self.patch), -(-width // self.patch)
        kept = torch.rand(n, 1, rows, columns, device=images.device) >= self.ratio
        kept = kept.repeat_interleave(self.patch, 2).repeat_interleave(self.patch, 3)
        return images * kept[:, :, :height, :width]

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * confident_cross_entropy(target.logits, self.advice)
