"""Golden values: scipy's tests, and the crossed bootstrap once more in loops."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from da.benchmark.aggregation import aggregate
from da.benchmark.analysis import analyse
from da.transfer import holm, negative_transfer_rate, probability_of_improvement
from tests.benchmark.records import record, simulated_suite, split, unfinished, wrong

PAIRS = tuple(f"{source}->{target}" for source in "abc" for target in "ABC")


def build(correct, *, ids=None, num_classes=2):
    """Return records and splits of runs that are right where ``correct`` says.

    ``correct`` maps task, method and seed to one value per test sample. Tasks with one target have
    one test set, unless ``ids`` gives names of the samples by task.
    """
    records, splits = [], {}
    for (task, method, seed), right in correct.items():
        labels = np.arange(len(right)) % num_classes
        pair, _, scenario = task.partition(":")
        key, entry = split(labels, name=pair.split("->")[1])
        if ids is not None:
            key, entry = f"set of {task}", {**entry, "ids": ids[task]}
        splits[key] = entry
        identity = {"task": task, "scenario": scenario or "plain", "seed": seed}
        predictions = wrong(labels, right, num_classes)
        records.append(
            record(
                method, predictions, labels, test_sha256=key, num_classes=num_classes, **identity
            )
        )
    return records, splits


def drawn(levels, *, tasks=PAIRS, seeds=3, n=60, seed=0):
    """Return correctness of methods with these accuracies, drawn for each task and seed."""
    rng = np.random.default_rng(seed)
    correct = {}
    for task in tasks:
        hardness = rng.random(n)
        shift = {method: rng.normal(0, 0.03) for method in levels}
        for s in range(seeds):
            for method, level in levels.items():
                noise = rng.normal(0, 0.15, n)
                correct[task, method, s] = hardness + noise < level + shift[method]
    return correct


LEVELS = {"source_only": 0.6, "target_only": 0.95, "dan": 0.68, "dann": 0.6, "mcc": 0.45}


def summed(records, splits, resamples=300, **settings):
    return aggregate(analyse(records, splits, **settings), records, splits, resamples=resamples)


@pytest.fixture(scope="module")
def correct():
    return drawn(LEVELS)


@pytest.fixture(scope="module")
def suite(correct):
    return summed(*build(correct))


def accuracies(correct, method):
    """Return accuracy by seed and task."""
    return np.array(
        [[correct[task, method, s].mean() for task in PAIRS] for s in range(3)], dtype=float
    )


def test_the_mean_difference_is_that_of_the_task_means(correct, suite):
    for method in ("dan", "dann", "mcc"):
        difference = accuracies(correct, method) - accuracies(correct, "source_only")
        standing = suite.standing(method)
        assert standing.delta.fixed.estimate == pytest.approx(difference.mean())
        assert list(standing.deltas.values()) == pytest.approx(difference.mean(0))
        assert sorted(standing.runs) == pytest.approx(sorted(difference.ravel()))
        assert standing.accuracy == pytest.approx(accuracies(correct, method).mean())


def test_methods_stand_by_mean_difference(suite):
    assert [s.method for s in suite.standings] == [
        "target_only",
        "dan",
        *sorted(["dann", "source_only"], key=lambda m: -suite.standing(m).gain),
        "mcc",
    ]


def test_the_interval_is_the_crossed_bootstrap_in_loops(correct):
    suite = summed(*build(correct), resamples=4000)
    rng = np.random.default_rng(1)
    replicates = []
    for _ in range(2000):
        items = {target: rng.integers(0, 60, 60) for target in "ABC"}
        means = []
        for task in PAIRS:
            d = np.array(
                [correct[task, "dan", s] * 1.0 - correct[task, "source_only", s] for s in range(3)]
            )
            by_seed = d.mean(1, keepdims=True)
            d = d + ((3 / 2) ** 0.5 - 1) * (by_seed - by_seed.mean())
            means.append(d[rng.integers(0, 3, 3)][:, items[task[-1]]].mean())
        replicates.append(np.mean(means))
    fixed = suite.standing("dan").delta.fixed
    low, high = np.quantile(replicates, [0.025, 0.975])
    assert (fixed.low, fixed.high) == pytest.approx((low, high), abs=0.15 * (high - low) / 2)


def test_what_could_be_found_is_that_of_a_normal_mean(suite):
    found, half = suite.standing("dan").resolution.detectable, suite.standing("dan").delta.fixed
    factor = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) / stats.norm.ppf(0.975)
    assert found == pytest.approx(half.half_width * factor, rel=1e-4)


def one_run(differences, tasks, ids=None):
    """Return the half-width for one method with these differences, the same on each task."""
    correct = {}
    for task in tasks:
        correct[task, "source_only", 0] = differences < 0
        correct[task, "dan", 0] = differences > 0
    return summed(*build(correct, ids=ids), resamples=4000).standing("dan").delta.fixed.half_width


def test_samples_of_one_target_are_drawn_once_for_all_its_tasks():
    differences = np.random.default_rng(0).integers(-1, 2, 80)
    alone = one_run(differences, ["a->A"])
    shared = one_run(differences, ["a->A", "b->A"])
    apart = one_run(differences, ["a->A", "a->B"])
    assert shared == pytest.approx(alone, rel=0.08)
    assert apart == pytest.approx(alone / 2**0.5, rel=0.08)


def test_test_sets_that_overlap_share_what_they_have_in_common():
    differences = np.random.default_rng(0).integers(-1, 2, 80)
    # One half of the samples in common, with the same differences: the covariance is one half
    names = {
        "a->A:draw0": [f"x{i}" for i in range(80)],
        "b->A:draw1": [f"x{i}" for i in range(40)] + [f"a{i}" for i in range(40)],
    }
    half = differences[:40].var() / differences.var()
    alone = one_run(differences, ["a->A"])
    both = one_run(differences, list(names), ids=names)
    assert both == pytest.approx(alone * ((1 + half / 2) / 2) ** 0.5, rel=0.08)


def signed_rank(d):
    """Return the share of all signs of the ranks with a sum as far from its mean."""
    ranks = stats.rankdata(np.round(np.abs(d), 9)) * (np.round(d, 9) != 0)
    signs = np.array(list(itertools.product([-1, 1], repeat=len(d))))
    return np.mean(np.abs(signs @ ranks) >= abs(np.sign(d) @ ranks) - 1e-9)


def test_tests_across_tasks_count_all_signs(correct, suite):
    raw = {}
    for method in ("dan", "dann", "mcc"):
        d = (accuracies(correct, method) - accuracies(correct, "source_only")).mean(0)
        raw[method] = signed_rank(d)
        across = suite.standing(method).across
        assert across.p == pytest.approx(raw[method])
        assert across.target_p == pytest.approx(signed_rank(d.reshape(3, 3).mean(0)))
        assert (across.pairs, across.targets) == (9, 3)
        assert sum(across.posterior) == pytest.approx(1)
    adjusted = holm(np.array(list(raw.values())))
    found = [suite.standing(method).across.holm_p for method in raw]
    assert found == pytest.approx(adjusted)
    assert suite.standing("mcc").across.posterior.negative > 0.99
    assert suite.standing("target_only").across is None


def test_fewer_than_six_pairs_have_no_p_value():
    across = summed(*build(drawn(LEVELS, tasks=PAIRS[:5]))).standing("dan").across
    assert (across.p, across.holm_p, across.posterior) == (None, None, None)
    assert across.target_p is not None


def test_splits_of_one_pair_are_one_task_to_the_tests_across():
    tasks = [f"{pair}:draw{i}" for pair in PAIRS[:2] for i in range(3)]
    suite = summed(*build(drawn(LEVELS, tasks=tasks)))
    assert (len(suite.tasks), suite.pairs, suite.targets) == (6, 2, 2)
    assert suite.scenarios == {}
    assert suite.standing("dan").across.p is None
    assert suite.ranking.pairs == 2


def test_ranks_are_those_of_scipy_without_the_ceiling(correct, suite):
    methods = ["source_only", "dan", "dann", "mcc"]
    scores = np.array([accuracies(correct, method).mean(0) for method in methods])
    ranks = stats.rankdata(-np.round(scores, 12), axis=0).mean(1)
    assert suite.ranking.ranks == pytest.approx(dict(zip(methods, ranks, strict=True)))
    assert suite.ranking.friedman.chi2 == pytest.approx(stats.friedmanchisquare(*scores).statistic)
    q = stats.studentized_range.ppf(0.95, 4, np.inf) / 2**0.5
    assert suite.ranking.critical_difference == pytest.approx(q * (4 * 5 / (6 * 9)) ** 0.5)
    assert suite.ranking.lowest_p == pytest.approx(6 * 2 / 2**9)
    assert ("dan", "mcc") in suite.ranking.separated
    assert suite.standing("target_only").rank is None


def test_scores_lie_between_the_majority_and_target_only(correct, suite):
    ceiling = accuracies(correct, "target_only").mean(0)
    normalised = (accuracies(correct, "dan") - 0.5) / (ceiling - 0.5)
    standing = suite.standing("dan")
    assert standing.score.estimate == pytest.approx(stats.trim_mean(normalised, 0.25, axis=None))
    assert standing.score.low < standing.score.estimate < standing.score.high
    assert sorted(standing.scores) == pytest.approx(sorted(normalised.ravel()))
    better = probability_of_improvement(
        np.round(accuracies(correct, "dan"), 12),
        np.round(accuracies(correct, "source_only"), 12),
    )
    assert standing.improvement.estimate == pytest.approx(better)
    assert suite.scored == 9


def test_rates_of_negative_transfer_are_those_of_the_cells(correct, suite):
    analysis = analyse(*build(correct))
    for method in analysis.methods:
        verdicts = [c.verdict for c in analysis.cells if c.method == method and c.verdict]
        rate = negative_transfer_rate(verdicts) if verdicts else None
        assert suite.standing(method).rate == rate
    assert suite.standing("mcc").rate.harmed > 0


def test_only_what_is_separated_from_the_best_is_not_marked(suite):
    assert {s.method for s in suite.standings if s.among_best} == {"dan"}
    twins = drawn({"source_only": 0.5, "dan": 0.7, "dann": 0.5}, seed=3)
    for task, method, seed in list(twins):
        if method == "dan":
            twins[task, "mcc", seed] = twins[task, "dan", seed][::-1]
    suite = summed(*build(twins))
    assert {s.method for s in suite.standings if s.among_best} == {"dan", "mcc"}


def test_scenarios_are_kept_apart_and_the_control_is_left_out():
    records, splits = simulated_suite(n=100)
    analysis = analyse(records, splits)
    suite = summed(records, splits)
    assert suite.tasks == ("fonts->uci", "uci->fonts")
    assert suite.scenarios == {"partial": ("uci->uci-m:partial",)}
    plain = [analysis.cell("dan", task).delta.estimate for task in suite.tasks]
    assert suite.standing("dan").gain == pytest.approx(np.mean(plain))
    apart, cell = suite.standing("dan").apart["partial"], analysis.cell("dan", "uci->uci-m:partial")
    assert apart.delta.fixed.estimate == pytest.approx(cell.delta.estimate)
    assert apart.delta.resampled is None
    assert apart.macro == pytest.approx(cell.macro_delta)
    assert (apart.rate.harmed, apart.rate.cells, apart.tasks) == (1, 1, 1)
    assert len(apart.runs) == 3


def test_levels_of_stress_are_left_out_but_their_clean_end():
    tasks = ["a->A:partial@0", "b->A:partial@0.1", "a->A:partial@1", "b->A:partial@2.0"]
    suite = summed(*build(drawn(LEVELS, tasks=tasks)))
    assert suite.tasks == ("a->A:partial@0", "b->A:partial@0.1")
    assert (suite.graded, suite.scenarios) == (2, {})


def test_a_diverged_run_counts_as_a_guess_and_is_marked():
    records, splits = simulated_suite(n=100)
    dann = summed(records, splits).standing("dann")
    assert dann.failed == 1
    cell = analyse(records, splits).cell("dann", "fonts->uci")
    assert cell.accuracies[2] == pytest.approx(0.1)
    assert min(dann.runs) < -0.4


def test_a_method_that_does_not_apply_stands_last_without_a_number():
    adabn = summed(*simulated_suite(n=100)).standings[-1]
    assert (adabn.method, adabn.accuracy, adabn.delta, adabn.complete) == (
        *("adabn", None, None, False),
    )


def test_a_method_without_all_tasks_is_neither_ranked_nor_best(correct):
    partly = {key: right for key, right in correct.items() if key[1] != "dan" or key[0] == "a->A"}
    suite = summed(*build(partly))
    assert suite.standings[-1].method == "dan"
    dan = suite.standing("dan")
    assert (dan.complete, dan.rank, dan.among_best, len(dan.deltas)) == (False, None, False, 1)
    assert "dan" not in suite.ranking.ranks


def test_seeds_that_one_method_lacks_are_left_out_of_its_pairs_alone(correct):
    fewer = {key: right for key, right in correct.items() if key[1:] != ("dann", 2)}
    suite, full = summed(*build(fewer)), summed(*build(correct))
    difference = (accuracies(correct, "dann") - accuracies(correct, "source_only"))[:2]
    assert suite.standing("dann").delta.fixed.estimate == pytest.approx(difference.mean())
    assert suite.standing("dan").delta.fixed.estimate == full.standing("dan").delta.fixed.estimate
    assert suite.seeds == (2, 3)


def test_the_order_of_records_and_of_samples_changes_nothing(correct, suite):
    records, splits = build(correct)
    shuffled = random.Random(0).sample(records, len(records))
    assert summed(shuffled, splits) == suite
    order = np.random.default_rng(2).permutation(60)
    permuted = {key: np.asarray(right)[order] for key, right in correct.items()}
    names = {task: [f"{task[-1]}-{i}" for i in order] for task in PAIRS}
    there = {task: [f"{task[-1]}-{i}" for i in range(60)] for task in PAIRS}
    one = summed(*build(correct, ids=there)).standing("dan").delta
    other = summed(*build(permuted, ids=names)).standing("dan").delta
    assert (other.fixed.low, other.fixed.high) == pytest.approx((one.fixed.low, one.fixed.high))


def test_what_a_class_or_a_domain_is_called_changes_no_number(correct, suite):
    renamed = {
        (task.lower().replace("a->", "z->"), method, seed): right
        for (task, method, seed), right in correct.items()
    }
    other = summed(*build(renamed))
    for standing in suite.standings:
        twin = other.standing(standing.method)
        assert twin.gain == pytest.approx(standing.gain)
        assert twin.rank == standing.rank


def test_another_selection_row_is_another_aggregate():
    records, splits = simulated_suite(n=100)
    final, oracle = summed(records, splits), summed(records, splits, select="oracle")
    assert oracle.select == "oracle"
    partial = [suite.standing("dann").apart["partial"].delta.fixed for suite in (final, oracle)]
    assert partial[1].estimate > partial[0].estimate + 0.05


def test_one_task_and_one_seed_are_enough():
    suite = summed(*build(drawn(LEVELS, tasks=PAIRS[:1], seeds=1)))
    dan = suite.standing("dan")
    assert suite.seeds == (1, 1)
    assert dan.delta.resampled is None
    assert dan.across.target_p is None
    assert dan.score.low == dan.score.estimate == dan.score.high
    assert suite.ranking.friedman is None


def test_without_target_only_there_are_no_scores():
    levels = {method: level for method, level in LEVELS.items() if method != "target_only"}
    suite = summed(*build(drawn(levels)))
    assert suite.scored == 0
    assert suite.standing("dan").score is None
    assert suite.standing("dan").improvement is not None


def test_without_source_only_nothing_is_compared():
    suite = summed(*build(drawn({"dan": 0.6, "dann": 0.5})))
    assert suite.adapting == ()
    assert [s.gain for s in suite.standings] == [None, None]
    assert not any(s.among_best for s in suite.standings)
    assert list(suite.ranking.ranks) == ["dan", "dann"]


def test_a_suite_of_the_control_alone_has_nothing_to_average():
    records, splits = simulated_suite(n=60)
    records = [r for r in records if r["task"]["scenario"] == "halves"]
    suite = summed(records, splits)
    assert (suite.tasks, suite.ranking, suite.seeds) == ((), None, (0, 0))
    assert all(
        replace(s, method="") == replace(suite.standings[0], method="") for s in suite.standings
    )


def test_failed_runs_whose_test_set_is_unknown_do_not_stop_the_rest(correct):
    records, splits = build(correct)
    lost = unfinished("jan", "failed", "out of memory", test_sha256="", task="a->A", num_classes=2)
    suite = summed([*records, {**lost, "split": None}], splits)
    assert suite.standing("jan").accuracy is None
    assert suite.standing("jan").failed == 1
