"""TCA: components along which the means of the domains coincide."""

import numpy as np

from da.shallow.component_analysis import ComponentAnalysis, mean_difference


class TCA(ComponentAnalysis):
    """Project on components of small maximum mean discrepancy and large variance.

    Pan et al., *Domain Adaptation via Transfer Component Analysis*, IEEE TNN 2011, Eq. 7.
    https://doi.org/10.1109/TNN.2010.2091281

    Args:
        **kwargs: See :class:`ComponentAnalysis`.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ: the means then differ by right"

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        self._decompose(source, target)
        everyone = mean_difference(np.ones(len(source)), np.ones(len(target)))
        self._project(everyone[:, None])
