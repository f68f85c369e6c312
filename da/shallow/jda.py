"""JDA: components along which the means of domains and of classes coincide."""

from typing import Any

import numpy as np

from da.shallow.component_analysis import ComponentAnalysis, mean_difference


class JDA(ComponentAnalysis):
    """Alternate between the projection and the labels that its classifier gives to the target.

    Long et al., *Transfer Feature Learning with Joint Distribution Adaptation*, ICCV 2013, Alg. 1.
    https://openaccess.thecvf.com/content_iccv_2013/html/
    Long_Transfer_Feature_Learning_2013_ICCV_paper.html

    The difference of the domains' means counts as much as those of all classes together, as in the
    authors' code. A class that no target sample is assigned to has no mean and takes no part.

    Args:
        iterations: Projections in all, of which the first knows no classes; at least 1.
        **kwargs: See :class:`ComponentAnalysis`.
    """

    assumes = "in part equal class proportions: classes are aligned too"
    hurts = "if the first labels of the target are wrong: they confirm themselves"

    def __init__(self, *, iterations: int = 10, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if iterations < 1:
            raise ValueError(f"JDA needs at least 1 iteration; got iterations={iterations}")
        self.iterations = iterations

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        self._decompose(source, target)
        k = len(self.classes)
        everyone = mean_difference(np.ones(len(source)), np.ones(len(target)))
        differences = [np.sqrt(k) * everyone]
        self._project(np.stack(differences, 1))
        for _ in range(self.iterations - 1):
            self._train(source, labels)
            pseudo = self._scores(self._transform(target, "target")).argmax(1)
            classwise = [mean_difference(labels == c, pseudo == c) for c in np.unique(pseudo)]
            self._project(np.stack(differences + classwise, 1))
