"""Golden values: ten items by hand; every labeling, by enumeration."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import config
from scipy import stats

from da.transfer import certificate, flips

ADAPTED = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
SOURCE_ONLY = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 0])


def test_ten_items():
    result = certificate(ADAPTED, SOURCE_ONLY)
    assert result.here == pytest.approx(0.4, abs=1e-12)
    assert result.items == 10
    assert result.population == pytest.approx(stats.beta.ppf(0.95, 5, 6))


@settings(derandomize=True, database=None, max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=5))
def test_holds_for_all_labelings_and_is_reached(pairs):
    adapted, reference = np.array(pairs).T
    bound = certificate(adapted, reference).here
    deltas = [
        flips(np.array(labels), adapted, reference).delta
        for labels in product(range(3), repeat=len(pairs))
    ]
    assert max(np.abs(deltas)) == pytest.approx(bound, abs=1e-12)


def test_models_that_agree_may_yet_differ_on_other_items():
    same = np.zeros(29, int)
    assert certificate(same, same).here == 0
    assert certificate(same, same).population == pytest.approx(0.0981, abs=5e-5)


def test_the_population_bound_holds_as_often_as_it_says():
    rng, truth = np.random.default_rng(0), 0.1
    changed = rng.uniform(size=(400, 80)) < truth
    held = [certificate(row.astype(int), np.zeros(80, int)).population >= truth for row in changed]
    assert np.mean(held) >= 0.93


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match="got 10 and 9"):
        certificate(ADAPTED, SOURCE_ONLY[1:])
    with pytest.raises(ValueError, match="at least 1; got 0 and 0"):
        certificate(ADAPTED[:0], ADAPTED[:0])
    with pytest.raises(ValueError, match=r"a confidence is in \(0.5, 1\); got 0.5"):
        certificate(ADAPTED, SOURCE_ONLY, confidence=0.5)
