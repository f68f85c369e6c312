"""How numbers, tasks and verdicts are printed, everywhere alike."""

from da.transfer import Verdict

#: Signs of the verdicts where there is no room for a word.
SIGNS = {
    Verdict.NEG_MATERIAL: "▼▼",
    Verdict.NEG: "▼",
    Verdict.POS: "▲",
    Verdict.SAFE: "≈",
    Verdict.INCONCLUSIVE: "?",
}

#: Words of method names that are not written in lower case.
_WRITTEN = {"adabn": "AdaBN", "coral": "CORAL", "dan": "DAN", "dann": "DANN", "deep": "Deep"}


def percent(value: float | None) -> str:
    """Return a share as a percentage with one decimal, or a dash."""
    return "–" if value is None else f"{100 * value:.1f}".replace("-", "−")


def points(value: float | None) -> str:
    """Return a difference of shares as signed percentage points, or a dash."""
    if value is None:
        return "–"
    text = f"{100 * value:+.1f}".replace("-", "−")
    return "0.0" if text in ("+0.0", "−0.0") else text


def probability(value: float | None) -> str:
    """Return a p-value with three decimals, or a dash."""
    if value is None:
        return "–"
    return "<.001" if value < 0.001 else f"{value:.3f}".removeprefix("0")


def task_name(task: str) -> str:
    """Return a task with an arrow from source to target, then the scenario."""
    pair, _, scenario = task.replace("->", "→").partition(":")
    return f"{pair}, {scenario.replace('_', ' ')}" if scenario else pair


def method_name(method: str) -> str:
    """Return a method as papers write it, without underscores, so that its name may wrap."""
    return " ".join(_WRITTEN.get(word, word) for word in method.split("_"))


def count(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def threshold(materiality: float) -> str:
    """Return the difference from which harm matters."""
    return f"{100 * materiality:g} point" + "s" * (materiality != 0.01)


def legend(materiality: float) -> str:
    """Return what the signs and the bold face of a table mean."""
    signs = ", ".join(f"{sign} {verdict.value}" for verdict, sign in SIGNS.items())
    return (
        "Target test accuracy in percent, after it the difference from source-only in points "
        f"and the verdict ({signs}; harm matters from {threshold(materiality)} on); ± is half "
        "the 95 % interval. Bold: not separated from the best of the row by a paired test."
    )
