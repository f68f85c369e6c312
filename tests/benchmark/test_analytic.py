"""Two Gaussians, from the declaration to the verdicts: the right answer is known in closed form."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from small import run_all_here

from da.benchmark.analysis import analyse
from da.benchmark.commands import load_suite
from da.benchmark.outcomes import outcomes
from da.benchmark.selection import select
from da.transfer import Verdict

MU = 1.5
SIZE = (
    10_000  # test samples; of as many others the source trains on 80 %, the target adapts to 75 %
)
SHIFT_AND_PRIOR = {
    "source->target": (0.0, 0.5),
    "source->target:shift": (1.0, 0.5),
    "source->target:prior": (0.0, 0.9),
    "source->target:shift_and_prior": (1.0, 0.9),
}
#: Risks of source-only and of mean alignment, and their difference in points.
PUBLISHED = {
    "source->target": (0.0668, 0.0668, 0.0),
    "source->target:shift": (0.1574, 0.0668, 9.06),
    "source->target:prior": (0.0668, 0.3442, -27.74),
    "source->target:shift_and_prior": (0.0364, 0.3442, -30.78),
}
TASKS = tuple(SHIFT_AND_PRIOR)


def risk(threshold, task):
    """Target error of predicting class 1 above a threshold."""
    delta, p = SHIFT_AND_PRIOR[task]
    below = norm.cdf(threshold - MU - delta)
    return p * below + (1 - p) * norm.sf(threshold + MU - delta)


def best_threshold(method, task):
    delta, p = SHIFT_AND_PRIOR[task]
    mean = delta + (2 * p - 1) * MU
    bayes = delta + math.log((1 - p) / p) / (2 * MU)
    return {"source_only": 0.0, "adabn": mean, "target_only": bayes}[method]


def threshold_variance(method, task):
    """Variance of the threshold that is learned from finite samples.

    A logistic regression on n samples with slope w = 2 mu has a threshold of variance
    1 / (n w^2 E[q (1 - q)]), q being the probability of class 1. To this adds the variance of the
    mean that is subtracted: of the target's samples, or of the running mean of batches of 250, of
    which each is forgotten at a rate of 0.1, which leaves 0.1 / 1.9 of a batch mean's variance.
    """
    p = SHIFT_AND_PRIOR[task][1]
    prior = p if method == "target_only" else 0.5
    slope = 2 * MU

    def information(x):
        density = prior * norm.pdf(x - MU) + (1 - prior) * norm.pdf(x + MU)
        q = 1 / (1 + math.exp(-slope * x - math.log(prior / (1 - prior))))
        return density * q * (1 - q)

    learned = 1 / (0.8 * SIZE * slope**2 * quad(information, -12, 12)[0])
    spread = 1 + 4 * prior * (1 - prior) * MU**2
    if method == "adabn":
        return learned + (1 + 4 * p * (1 - p) * MU**2) / (0.75 * SIZE)
    return learned + spread / 250 * 0.1 / 1.9


def standard_error(method, task):
    """Of a measured risk: binomial from the test samples, and the threshold's by its slope."""
    threshold = best_threshold(method, task)
    error = risk(threshold, task)
    slope = (risk(threshold + 1e-4, task) - risk(threshold - 1e-4, task)) / 2e-4
    return math.sqrt(error * (1 - error) / SIZE + slope**2 * threshold_variance(method, task))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return run_all_here(tmp_path_factory.mktemp("gaussians"), load_suite("gaussians").runs())


@pytest.fixture(scope="module")
def analysis(exported):
    return analyse(*exported)


@pytest.mark.parametrize("task", TASKS)
def test_the_closed_form_has_the_known_values(task):
    source_only, aligned, points = PUBLISHED[task]
    before, after = (risk(best_threshold(m, task), task) for m in ("source_only", "adabn"))
    assert (before, after) == pytest.approx((source_only, aligned), abs=5e-5)
    assert 100 * (before - after) == pytest.approx(points, abs=0.005)


def test_the_tolerance_separates_what_the_fixture_tells_apart():
    for task in TASKS[1:]:
        gap = abs(PUBLISHED[task][2]) / 100
        assert gap > 2.5 * 4 * max(standard_error(m, task) for m in ("source_only", "adabn"))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("method", ["source_only", "adabn", "target_only"])
def test_each_measured_risk_agrees_with_the_closed_form(analysis, method, task):
    expected, tolerance = risk(best_threshold(method, task), task), 4 * standard_error(method, task)
    cell = analysis.cell(method, task)
    assert cell.n_test == SIZE
    assert len(cell.accuracies) == 3
    for accuracy in cell.accuracies:
        assert 1 - accuracy == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("task", TASKS)
def test_differences_agree_with_the_closed_form(analysis, task):
    both = [standard_error(method, task) for method in ("source_only", "adabn")]
    delta = analysis.cell("adabn", task).delta.estimate
    assert delta == pytest.approx(PUBLISHED[task][2] / 100, abs=4 * math.hypot(*both))


@pytest.mark.parametrize(
    ("task", "allowed"),
    [
        ("source->target", {Verdict.SAFE, Verdict.INCONCLUSIVE}),
        ("source->target:shift", {Verdict.POS}),
        ("source->target:prior", {Verdict.NEG, Verdict.NEG_MATERIAL}),
        ("source->target:shift_and_prior", {Verdict.NEG, Verdict.NEG_MATERIAL}),
    ],
)
def test_verdicts_are_right(analysis, task, allowed):
    assert analysis.cell("adabn", task).verdict in allowed
    assert analysis.cell("source_only", task).verdict is None
    assert analysis.cell("target_only", task).verdict is None


def test_no_harm_exceeds_the_disagreement(analysis):
    for task in TASKS:
        cell = analysis.cell("adabn", task)
        assert abs(cell.delta.estimate) <= cell.disagreement
        assert cell.delta.estimate == pytest.approx(cell.pfr - cell.nfr)


def test_the_label_shift_floor_holds_and_binds_the_aligned_model(exported):
    records, _ = exported
    for record in records:
        floor, metrics = record["metrics"]["floor"], record["metrics"]
        assert floor["ok"]
        errors = 2 - metrics["s_val"]["acc"] - metrics["t_test"]["acc"]
        assert floor["errors"] == pytest.approx(errors)
        assert errors >= floor["floor"] - 1e-9
    # Aligned means: predictions are half and half in the source, and in the target nearly so.
    p = 0.9
    predicted = p * norm.cdf(2 * MU * (1 - p)) + (1 - p) * norm.sf(2 * MU * p)
    expected = (p - 0.5) - (predicted - 0.5)
    floors = [
        r["metrics"]["floor"]["floor"]
        for r in records
        if r["method"]["name"] == "adabn"
        and r["task"]["name"].endswith("prior")
        and r["train"]["step"] == r["train"]["steps"]
    ]
    assert len(floors) == 6
    # 4 standard errors: 2,000 source and 10,000 target predictions, and the threshold
    slope = p * norm.pdf(2 * MU * (1 - p)) + (1 - p) * norm.pdf(2 * MU * p)
    moved = slope**2 * threshold_variance("adabn", "source->target:prior")
    error = math.sqrt(0.25 / 2000 + predicted * (1 - predicted) / SIZE + moved)
    assert floors == pytest.approx([expected] * 6, abs=4 * error)


def test_the_prior_is_estimated_where_only_the_prior_differs(exported):
    records, _ = exported
    for record in records:
        delta, p = SHIFT_AND_PRIOR[record["task"]["name"]]
        if record["method"]["name"] == "source_only" and delta == 0:
            estimate = record["label_shift"]["target_prior"][1]
            # 2,500 predictions, and a confusion matrix of 2,000, whose determinant is .87
            assert estimate == pytest.approx(p, abs=4 * math.sqrt(0.25 / 2500 + 0.25 / 2000) / 0.87)


def test_a_validator_keeps_what_aligning_gains(exported):
    # Source samples are scored with the source's statistics: the guard has nothing to object.
    cell = analyse(*exported, select="validator").cell("adabn", "source->target:shift")
    assert cell.fallbacks == 0
    assert cell.verdict is Verdict.POS


def test_the_records_hold_what_each_model_predicts(exported):
    records, splits = exported
    taken = [s for s in select(records, "final") if s.record["task"]["name"] == TASKS[2]]
    own = outcomes([s for s in taken if s.method == "adabn"], splits)
    assert own.labels.mean() == pytest.approx(0.9)
    predicted = np.mean([p.mean() for p in own.predictions])
    assert predicted == pytest.approx(0.557, abs=0.03)
