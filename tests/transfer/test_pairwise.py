"""Golden values: the parts by themselves."""

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import among_best, holm, pairwise, wilcoxon


def scores(tasks=12):
    rng = np.random.default_rng(0)
    level = np.array([0.70, 0.695, 0.60, 0.50])
    return level + rng.normal(0, 0.1, (tasks, 1)) + rng.normal(0, 0.02, (tasks, 4))


def test_each_pair_by_its_own_scores():
    s, p = scores(), pairwise(scores())
    raw = [wilcoxon(s[:, i] - s[:, j]).p for i in range(4) for j in range(i + 1, 4)]
    np.testing.assert_allclose(p[np.triu_indices(4, 1)], holm(np.array(raw)))
    np.testing.assert_array_equal(p, p.T)
    np.testing.assert_array_equal(np.diag(p), 1)


def test_order_of_methods_moves_with_them():
    order = np.array([2, 0, 3, 1])
    np.testing.assert_allclose(pairwise(scores()[:, order]), pairwise(scores())[order][:, order])


def test_what_is_not_separated_from_the_best_is_marked():
    np.testing.assert_array_equal(among_best(scores()), [True, True, False, False])


def test_six_tasks_separate_none_of_ten_methods():
    s = np.arange(10) + np.zeros((6, 1))  # each better than the next on every task
    assert among_best(s).all()
    assert pairwise(s).min() == 1  # 45 times 2 / 2**6 is beyond 1


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match=r"got shape \(12, 1\)"):
        pairwise(scores()[:, :1])
    with pytest.raises(ValueError, match="takes finite differences"):
        pairwise(np.array([[1.0, np.nan]]))
    with pytest.raises(ValueError, match="got alpha=5"):
        among_best(scores(), alpha=5.0)
