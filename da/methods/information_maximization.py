"""Information maximization."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import mutual_information
from da.methods.base import JointTraining


class InformationMaximization(JointTraining):
    """Make the predictions for the target certain each and diverse in all.

    Bridle, Heading & MacKay, *Unsupervised Classifiers, Mutual Information and 'Phantom Targets'*,
    NeurIPS 1991; for adaptation: Liang, Hu & Feng, *Do We Really Need to Access the Source Data?*,
    ICML 2020, Eq. 5. https://arxiv.org/abs/2002.08546

    It takes the classes of the target as equally frequent, and does harm where they are not.

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "equally frequent target classes"
    hurts = "if target classes are not equally frequent"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return -self.weight * mutual_information(target.logits)
