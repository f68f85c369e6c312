"""Which validator to trust: the table."""

from typing import Any

from da.benchmark.validator_outcomes import DEFAULT, ORACLE, RANDOM
from da.benchmark.validator_problems import CHEAP, FULL, MEANING, PRIOR, Problem
from da.benchmark.validator_quality import ValidatorQuality
from da.benchmark.validator_rows import QualityRow
from da.benchmark.wording import count, percent, probability, threshold

_NAMES = {
    "source_accuracy": "source accuracy",
    "source_nll": "source likelihood",
    "atc": "ATC",
    "entropy": "entropy",
    "information_maximization": "IM",
    PRIOR: "IM for a prior",
    "nuclear_norm": "BNM",
    "class_confusion": "MCC",
    "softmax_correlation": "SoftmaxCorr",
    "matrix_norm": "MaNo",
    "neighborhood_density": "SND",
    "effective_rank": "RankMe",
    "class_ami": "ClassAMI",
    "class_silhouette": "silhouette",
    "iwcv": "IWCV",
    "self_normalized_iwcv": "SN-IWCV",
    "dev": "DEV",
    "devn": "DEVN",
    "transfer_score": "Transfer Score",
    "consistency": "consistency",
    "mixval": "MixVal",
    "ensv": "EnsV",
    "gde": "GDE",
    CHEAP: "IM by prior (the row validator)",
    FULL: "mean rank (the row full)",
    RANDOM: "a random candidate",
    ORACLE: "oracle (leak)",
}

#: Columns of the table, each with what it means.
COLUMNS = (
    ("validator", "what selects, behind the guard; in italics what it is compared with"),
    (
        "regret",
        "what the best candidate has more than the selected one, mean over tasks; below 0 where "
        "the guard takes source-only and that is better than all candidates",
    ),
    ("95 %", "interval of the regret: target domains are drawn anew"),
    ("of random", "regret as a share of that of a random candidate"),
    ("90th", "90th percentile of the regret over selections"),
    ("worst", "largest regret"),
    ("harm", "probability to select what is worse than source-only by what matters"),
    ("worst tenth", "probability to select one of the worst tenth of the candidates"),
    ("ρ", "rank correlation of score and accuracy (Spearman)"),
    ("ρ top", "the same with most weight at the top of either ranking"),
    ("unguarded", "regret without the guard"),
    ("p", "signed-rank test over tasks against the best, adjusted by Holm"),
)


def validator_name(validator: str, problem: Problem) -> str:
    """Return how a validator is printed; the default is what the problem has for one."""
    if validator == DEFAULT:
        return MEANING[problem][1].removeprefix("the ")
    return _NAMES.get(validator, validator.replace("_", " "))


def lines(quality: ValidatorQuality, problem: Problem) -> list[tuple[QualityRow, list[str]]]:
    """Return the rows of a problem's table, best first, as texts for :data:`COLUMNS`."""
    return [(row, _texts(quality, row)) for row in quality.of(problem)]


def markdown(quality: ValidatorQuality) -> str:
    """Return a table for each problem in Markdown, with what its columns mean."""
    parts = []
    for problem in quality.problems:
        first = quality.of(problem)[0]
        title = f"Selecting {MEANING[problem][0]}: {size(first)}"
        rows = [[name for name, _ in COLUMNS], ["---", *["---:"] * (len(COLUMNS) - 1)]]
        for row, texts in lines(quality, problem):
            name = f"*{texts[0]}*" if row.reference else texts[0]
            rows.append([f"**{name}**" if row.among_best else name, *texts[1:]])
        parts.append(f"{title}.\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows))
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in COLUMNS[1:])
    parts.append(
        f"Accuracy in points. {meanings[0].upper()}{meanings[1:]}. Harm matters from "
        f"{threshold(quality.materiality)} on. Bold: not separated from the best.\n"
    )
    return "\n".join(parts)


def _texts(quality: ValidatorQuality, row: QualityRow) -> list[str]:
    open_ = quality.row(row.problem, row.validator)
    return [
        validator_name(row.validator, row.problem),
        hundredths(row.regret.estimate),
        f"{hundredths(row.regret.low)} to {hundredths(row.regret.high)}",
        "–" if row.normalized is None else f"{row.normalized:.2f}".replace("-", "−"),
        hundredths(row.regret90),
        hundredths(row.worst),
        f"{percent(row.harmful)} %",
        f"{percent(row.worst_tenth)} %",
        _correlation(row.spearman),
        _correlation(row.weighted_spearman),
        "–" if row.reference or open_ is None else hundredths(open_.regret.estimate),
        probability(row.p),
    ]


def hundredths(value: float) -> str:
    """Return a difference of shares in points with two decimals."""
    return f"{100 * value:.2f}".replace("-", "−")


def _correlation(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def size(row: QualityRow) -> str:
    """Return how many selections a row is the mean of."""
    return f"{count(row.pools, 'selection')} on {count(row.tasks, 'task')}"


def tables(quality: ValidatorQuality) -> list[dict[str, Any]]:
    """Return title and lines of the table of each problem, as the page's template has them."""
    return [
        {
            "title": f"{MEANING[problem][0]}: {size(quality.of(problem)[0])}",
            "lines": lines(quality, problem),
        }
        for problem in quality.problems
    ]
