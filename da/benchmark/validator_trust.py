"""Which validator to trust, over several data sets: one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from da.benchmark.selection import Record
from da.benchmark.validator_outcomes import DEFAULT, ORACLE, RANDOM
from da.benchmark.validator_problems import MEANING, Problem
from da.benchmark.validator_quality import ValidatorQuality, validator_quality
from da.benchmark.validator_report import hundredths, validator_name
from da.benchmark.validator_rows import QualityRow
from da.benchmark.wording import count, percent, threshold

#: How the references are printed where all problems share a table.
_REFERENCES = {DEFAULT: "*none*", RANDOM: "*a random candidate*"}


@dataclass(frozen=True)
class Trust:
    """What validators cost over all data sets, and how they rank on each.

    Attributes:
        quality: Each validator on each problem, over the tasks of all data sets.
        ranks: Mean rank of each guarded validator, and of each reference but the oracle, by its
            regret on each problem of each data set; 1 is the best.
    """

    quality: ValidatorQuality
    ranks: Mapping[str, float]

    @property
    def order(self) -> list[str]:
        """Validators and references by their mean rank, best first."""
        return sorted(self.ranks, key=lambda name: (self.ranks[name], name))

    def row(self, problem: Problem, validator: str) -> QualityRow | None:
        """Return a validator behind the guard, or a reference, on a problem."""
        guarded = validator not in _REFERENCES
        return self.quality.row(problem, validator, guarded=guarded)

    def separates(self, problem: Problem) -> bool:
        """Return whether the tests separate anything from the best of a problem."""
        rows = (self.row(problem, name) for name in self.ranks)
        return not all(row.among_best for row in rows if row is not None)


def trust(records: Sequence[Record], *, materiality: float = 0.01) -> Trust:
    """Compare validators over the data sets of all records.

    Args:
        records: Records of all checkpoints, of one suite or several.
        materiality: Accuracy difference that matters, declared before running.

    Raises:
        ValueError: If there is nothing to select from.
    """
    quality = validator_quality(records, materiality=materiality)
    if not quality.rows:
        raise ValueError(
            "there is nothing to select from: no run has source-only beside it and checkpoints or "
            "weights to choose among; give results of da bench validators"
        )
    found: dict[str, list[float]] = {}
    for dataset in quality.datasets:
        own = [record for record in records if record["task"]["dataset"] == dataset]
        for validator, rank in _ranks(validator_quality(own, materiality=materiality)):
            found.setdefault(validator, []).append(rank)
    most = max(map(len, found.values()))
    everywhere = {name: float(np.mean(r)) for name, r in found.items() if len(r) == most}
    return Trust(quality, everywhere)


def _ranks(quality: ValidatorQuality) -> list[tuple[str, float]]:
    """Return the rank of every row on every problem; equal regrets share their mean rank."""
    ranked = []
    for problem in quality.problems:
        rows = [row for row in quality.of(problem) if row.validator != ORACLE]
        regrets = np.round([row.regret.estimate for row in rows], 9)
        ranked += [(r.validator, float(k)) for r, k in zip(rows, rankdata(regrets), strict=True)]
    return ranked


def table(found: Trust) -> list[list[str]]:
    """Return the header and one row for each validator, best first, as texts."""
    problems = found.quality.problems
    header = ["validator", *(MEANING[p][0].removeprefix("the ") for p in problems), "harm", "rank"]
    rows = []
    for name in found.order:
        row = [_REFERENCES.get(name, validator_name(name, problems[0]))]
        own = [found.row(problem, name) for problem in problems]
        row += [_regret(r, bold=found.separates(p)) for p, r in zip(problems, own, strict=True)]
        row.append(" / ".join("–" if r is None else percent(r.harmful) for r in own))
        rows.append([*row, f"{found.ranks[name]:.1f}"])
    return [header, *rows]


def _regret(row: QualityRow | None, *, bold: bool) -> str:
    if row is None:
        return "–"
    low, high = hundredths(row.regret.low), hundredths(row.regret.high)
    text = hundredths(row.regret.estimate)
    return f"{f'**{text}**' if bold and row.among_best else text} [{low}, {high}]"


def legend(found: Trust) -> str:
    """Return what the columns mean."""
    quality = found.quality
    defaults = ", ".join(MEANING[problem][1] for problem in quality.problems)
    tasks = max(row.tasks for row in quality.rows)
    return (
        "Points of target test accuracy that the best candidate has more than the one selected "
        f"behind the guard: mean over {count(tasks, 'task')} with "
        f"{count(quality.targets, 'target domain')} of {count(len(quality.datasets), 'data set')}, "
        "and the 95 % interval for other targets. None: what is taken without a validator "
        f"({defaults}). Harm: probability, in percent, to select what is more than "
        f"{threshold(quality.materiality)} worse than source-only, for each of the problems. Rank: "
        f"by regret, mean over problems and data sets, 1 the best. {_bold(found)}"
    )


def _bold(found: Trust) -> str:
    test = "a signed-rank test over the tasks, adjusted by Holm,"
    if any(map(found.separates, found.quality.problems)):
        return f"Bold, in columns where {test} separates any: not separated from the best."
    return f"In no column {test} separates any row from the best: the tasks are too few."


def markdown(found: Trust) -> str:
    """Return the table in Markdown, with what it means below."""
    header, *rows = table(found)
    marks = ["---", *["---:"] * (len(header) - 1)]
    lines = "".join(f"| {' | '.join(row)} |\n" for row in (header, marks, *rows))
    return f"{lines}\n{legend(found)}\n"
