"""Self-ensembling."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import class_balance, consistency
from da.methods.self_training import MeanTeacher


class SelfEnsembling(MeanTeacher):
    """Agree on a strong view of the target with a moving average of the network, the teacher.

    French, Mackiewicz & Fisher, *Self-Ensembling for Visual Domain Adaptation*, ICLR 2018.
    https://arxiv.org/abs/1706.05208

    It is the teacher that is evaluated. The paper augments both views alike; ours gives the teacher
    the plain one.

    Args:
        threshold: Least highest probability of the teacher for a sample to count, in [0, 1].
        decay: Share of the teacher that stays at each step, in [0, 1).
        balance: Weight of even class frequencies relative to the consistency; non-negative. Like
            the consistency it counts in proportion to the share of confident samples.
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "nothing of the classes; that confident means right"
    hurts = "if the teacher is confidently wrong, or views change the class"
    needs_second_view = True

    def __init__(
        self,
        *,
        threshold: float = 0.968,
        decay: float = 0.99,
        balance: float = 0.005,
        **kwargs: Any,
    ) -> None:
        super().__init__(threshold=threshold, decay=decay, **kwargs)
        if not balance >= 0:
            raise ValueError(f"the weight of a loss is at least 0; got balance={balance}")
        self.balance = balance

    def embed(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        if self.training or self.max_weight == 0:
            return super().embed(inputs)
        return self.embed_as_teacher(inputs)

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        difference = consistency(target.logits, self.advice, threshold=self.threshold)
        uneven = self.monitored["confident"] * class_balance(target.logits)
        return self.weight * (difference + self.balance * uneven)
