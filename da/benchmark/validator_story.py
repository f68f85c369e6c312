"""Which validator to trust, in plain sentences."""

import math

from da.benchmark.validator_outcomes import DEFAULT, RANDOM
from da.benchmark.validator_problems import MEANING, Problem
from da.benchmark.validator_quality import ValidatorQuality
from da.benchmark.validator_report import hundredths, size, validator_name
from da.benchmark.validator_rows import QualityRow
from da.benchmark.wording import count, percent, probability


def story(quality: ValidatorQuality) -> list[str]:
    """Tell which validator to trust for what, and by how much; sentences in order."""
    if not quality.rows:
        return ["There is nothing to select from yet: no run with source-only beside it."]
    sentences = [text for problem in quality.problems for text in _of_problem(quality, problem)]
    sentences += _held_out(quality)
    if quality.targets < 6:
        sentences.append(
            f"These are {count(quality.targets, 'target domain')} of "
            f"{count(len(quality.datasets), 'data set')}: the intervals are rough."
        )
    return sentences


def _of_problem(quality: ValidatorQuality, problem: Problem) -> list[str]:
    rows = [row for row in quality.of(problem) if not row.reference]
    default, random = (quality.row(problem, name) for name in (DEFAULT, RANDOM))
    if not rows or default is None or random is None:
        return []
    best, worst = rows[0], rows[-1]
    found = [
        f"To select {MEANING[problem][0]} ({size(best)}), "
        f"{validator_name(best.validator, problem)} does best"
        f"{_equals(best, rows)} of {count(len(rows), 'validator')} behind the guard: it costs "
        f"{hundredths(best.regret.estimate)} points against the best candidate"
        f"{_interval(best)}, where {MEANING[problem][1]} costs "
        f"{hundredths(default.regret.estimate)} and a random candidate "
        f"{hundredths(random.regret.estimate)}{_verdict(best, default)}."
    ]
    found += _rivals(best, rows[1:])
    if worst.regret.estimate > default.regret.estimate and worst is not best:
        found.append(
            f"Least to be trusted is {validator_name(worst.validator, problem)}: "
            f"{hundredths(worst.regret.estimate)} points on average, "
            f"{hundredths(worst.worst)} at worst, and harm in {percent(worst.harmful)} % of the "
            f"selections."
        )
    found += _guard(quality, problem, rows)
    return found


def _equals(best: QualityRow, rows: list[QualityRow]) -> str:
    """Tell how many others have the same regret."""
    same = sum(_equal(row, best) for row in rows) - 1
    return f", like {count(same, 'other')}," if same else ""


def _equal(first: QualityRow, second: QualityRow) -> bool:
    return math.isclose(first.regret.estimate, second.regret.estimate, abs_tol=1e-9)


def _rivals(best: QualityRow, others: list[QualityRow]) -> list[str]:
    """Tell from how many other validators the best is not separated."""
    close = [row for row in others if row.among_best]
    if not best.best or not close:
        return []
    tasks = count(best.tasks, "task")
    smallest = 2 / 2**best.tasks * (len(others) + 2)  # the default and a draw are tested too
    if smallest > 0.05:
        return [f"{tasks[0].upper()}{tasks[1:]} are too few to separate it from any other."]
    who = "any other" if len(close) == len(others) else f"{len(close)} of {len(others)} others"
    return [f"Over {tasks} no test separates it from {who}."]


def _guard(quality: ValidatorQuality, problem: Problem, rows: list[QualityRow]) -> list[str]:
    """Tell what the guard changes for the validator that it changes most."""
    pairs = [(row, quality.row(problem, row.validator)) for row in rows]
    saved = [
        (other.regret.estimate - row.regret.estimate, row, other) for row, other in pairs if other
    ]
    if not saved:
        return []
    most, row, other = max(saved, key=lambda entry: abs(entry[0]))
    if hundredths(most) in ("0.00", "−0.00"):
        return ["The guard changes nothing here."]
    return [
        f"The guard matters most for {validator_name(row.validator, problem)}: "
        f"{hundredths(other.regret.estimate)} points without it, "
        f"{hundredths(row.regret.estimate)} with it."
    ]


def _verdict(best: QualityRow, default: QualityRow) -> str:
    """Tell whether the best validator is worth more than no validator."""
    if _equal(default, best):
        return ", so that none is needed"
    if not best.best:
        return ", which no validator beats"
    if default.p is None:
        return ""
    sure = "a difference that holds" if default.p <= 0.05 else "a difference that does not hold"
    return f", {sure} over the tasks (p = {probability(default.p)})"


def _held_out(quality: ValidatorQuality) -> list[str]:
    """Tell how far the best validator's regret is flattered by being the best of several."""
    if not quality.held_out:
        return []
    costs = "; ".join(
        f"for {MEANING[held.problem][0]} {hundredths(held.regret)} points instead of "
        f"{hundredths(held.in_sample)}"
        for held in quality.held_out
    )
    return [
        "A validator that is picked for its regret on these very results is flattered by it. "
        f"Picked by all but one {quality.held_out[0].left_out} and used on that one, it costs "
        f"{costs}."
    ]


def _interval(row: QualityRow) -> str:
    return f" (95 % interval {hundredths(row.regret.low)} to {hundredths(row.regret.high)})"
