"""Golden values: exact binomial limits; error rates in a simulation."""

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import calibrate_gate, leave_one_dataset_out


def cells(n, harmed=0):
    return np.ones(n, bool), np.arange(n) < harmed, [str(i) for i in range(n)]


@pytest.mark.parametrize(("n", "upper"), [(29, 0.0981), (59, 0.0495)])
def test_enough_targets_without_harm_are_safe(n, upper):
    accepted, harmed, targets = cells(n)
    result = calibrate_gate([accepted], harmed, targets)
    assert (result.chosen, result.clusters, result.harmed) == (0, n, 0)
    assert result.upper == pytest.approx(upper, abs=5e-5)


@pytest.mark.parametrize(("n", "bad"), [(28, 0), (12, 0), (20, 1), (29, 1), (0, 0)])
def test_too_few_targets_or_harm_are_not(n, bad):
    accepted, harmed, targets = cells(n, bad)
    assert calibrate_gate([accepted], harmed, targets).chosen is None


def test_cells_of_one_target_are_one_trial():
    accepted, harmed, _ = cells(60)
    assert calibrate_gate([accepted], harmed, ["W", "A", "D"] * 20).chosen is None
    targets = [str(i // 2) for i in range(60)]
    harmed[[0, 1]] = True  # two cells of one target
    result = calibrate_gate([accepted], harmed, targets, tolerated=0.2)
    assert (result.clusters, result.harmed) == (30, 1)


def test_harm_in_a_refused_cell_does_not_count():
    accepted, harmed, targets = cells(40, 10)
    assert calibrate_gate([accepted & ~harmed], harmed, targets).harmed == 0


def test_the_loosest_safe_threshold_wins():
    score, targets = np.arange(200) / 200, [str(i) for i in range(200)]
    harmed = score > 0.7
    grid = [score <= t for t in (0.3, 0.5, 0.69, 0.9)]
    assert calibrate_gate(grid, harmed, targets).chosen == 2


def test_a_large_grid_needs_more_evidence():
    accepted, harmed, targets = cells(29)
    assert calibrate_gate([accepted] * 2, harmed, targets).chosen is None
    accepted, harmed, targets = cells(40)
    assert calibrate_gate([accepted] * 2, harmed, targets).chosen == 0


def test_an_unsafe_gate_is_rarely_chosen():
    rng, chosen, targets = np.random.default_rng(0), 0, [str(i) for i in range(120)]
    for _ in range(400):
        score = rng.uniform(size=120)
        harmed = rng.uniform(size=120) < 0.1  # at any threshold as often as is tolerated
        grid = [score <= t for t in (0.25, 0.5, 0.75, 1.0)]
        chosen += calibrate_gate(grid, harmed, targets).chosen is not None
    assert chosen / 400 <= 0.075  # .05 plus two and a half standard errors


def test_no_dataset_calibrates_its_own_gate():
    datasets, seen = ["a", "b", "a", "c"], []

    def fit(others):
        return tuple(np.flatnonzero(others))

    def decide(fitted, held):
        seen.append((fitted, tuple(np.flatnonzero(held))))
        return np.arange(held.sum()) == 0

    accepted = leave_one_dataset_out(datasets, fit, decide)
    assert seen == [((1, 3), (0, 2)), ((0, 2, 3), (1,)), ((0, 1, 2), (3,))]
    np.testing.assert_array_equal(accepted, [True, True, False, True])
    with pytest.raises(ValueError, match=r"at least 2 datasets; got \['a'\]"):
        leave_one_dataset_out(["a", "a"], fit, decide)


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    accepted, harmed, targets = cells(4)
    with pytest.raises(ValueError, match="at least 1 threshold"):
        calibrate_gate([], harmed, targets)
    with pytest.raises(ValueError, match=r"got \[4\] decisions for 4 cells and 3"):
        calibrate_gate([accepted], harmed, targets[1:])
    with pytest.raises(ValueError, match="got tolerated=0"):
        calibrate_gate([accepted], harmed, targets, tolerated=0.0)
