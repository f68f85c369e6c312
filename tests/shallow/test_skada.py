"""Baselines that skada has too, where it computes what its papers say."""

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from da.shallow import CORAL, OTLinear, SubspaceAlignment

skada = pytest.importorskip("skada", reason="skada is not installed; pip install skada")


def adapted(adapter, domains):
    """Return what skada makes of the source and of the target."""
    n = len(domains.source)
    inputs = np.vstack([domains.source, domains.target])
    sides = np.r_[np.ones(n), -2 * np.ones(len(domains.target))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations of its own
        both = np.asarray(adapter.fit_transform(inputs, sample_domain=sides))
    return both[:n], both[n:]


def fitted(baseline, domains):
    baseline.fit(domains.source, domains.labels, domains.target)
    return (
        baseline.transform(domains.source, domain="source"),
        baseline.transform(domains.target, domain="target"),
    )


def test_subspace_alignment_has_skadas_distances_between_the_domains(domains):
    theirs = adapted(skada.SubspaceAlignmentAdapter(n_components=3), domains)
    own = fitted(SubspaceAlignment(dimension=3), domains)
    np.testing.assert_allclose(cdist(*own), cdist(*theirs), rtol=1e-9)


def test_linear_transport_is_skadas(domains):
    theirs, _ = adapted(skada.LinearOTMappingAdapter(reg=1), domains)
    own, _ = fitted(OTLinear(), domains)
    np.testing.assert_allclose(own, theirs, atol=1e-9)


def test_coral_is_skadas_but_for_the_mean_and_the_denominator(domains):
    # skada moves the source to mean zero, and divides covariances by n where Alg. 1 has n - 1
    theirs, _ = adapted(skada.CORALAdapter(reg=1e-12), domains)
    own, _ = fitted(CORAL(regularization=1e-12), domains)
    n, m = len(domains.source), len(domains.target)
    factor = np.sqrt(((m - 1) / m) / ((n - 1) / n))
    centered = own - own.mean(0)
    np.testing.assert_allclose(factor * centered, theirs - theirs.mean(0), atol=1e-6)
