"""How numbers, tasks and verdicts are printed, everywhere alike."""

import math
import re

from da.benchmark.axes import AXES, parse_level
from da.transfer import Interval, PercentileInterval, Verdict

#: Signs of the verdicts where there is no room for a word.
SIGNS = {
    Verdict.NEG_MATERIAL: "▼▼",
    Verdict.NEG: "▼",
    Verdict.POS: "▲",
    Verdict.SAFE: "≈",
    Verdict.INCONCLUSIVE: "?",
}

#: Words of method names that are acronyms.
_ACRONYMS = (
    "adda afn atdoc ba3us bnm can cdan cmd coral daan daln dan dann ddc dsan dsbn dsn fbnm gfk "
    "gvb iwan jan jcpot jda jdot jumbot kliep kmm mcc mcd mdd mic ot pada pca sa shot svm swd tca "
    "vada wdgrl"
)

#: Other methods that papers do not write in words of lower case.
_WRITTEN = {
    "adabn": "AdaBN",
    "cdan_bsp": "CDAN+BSP",
    "cdan_e": "CDAN+E",
    "cdan_sdat": "CDAN+SDAT",
    "coral_im": "CORAL+IM",
    "dann_bsp": "DANN+BSP",
    "dann_constant": "DANN, constant weight",
    "dann_constant_weak": "DANN, constant weight ×0.1",
    "dann_e": "DANN+E",
    "dann_logits": "DANN, on logits",
    "dann_mcc": "DANN+MCC",
    "deep_coral": "Deep CORAL",
    "deep_jdot": "DeepJDOT",
    "dirt_t": "DIRT-T",
    "domain_confusion": "Domain confusion",
    "dsn_mmd": "DSN+MMD",
    "fixmatch": "FixMatch",
    "homm": "HoMM",
    "information_maximization": "Information maximization",
    "log_coral": "Log-CORAL",
    "mean_coral": "CORAL with means",
    "min_ent": "MinEnt",
    "pseudo_label": "Pseudo-label",
    "self_ensembling": "Self-ensembling",
    "shallow_linear_svm": "SVM",
    "shallow_nearest_neighbor": "1-NN",
    "shallow_ot_lp_l1": "OT Lp-L1",
    "shallow_ot_lp_l1_smooth": "OT Lp-L1, smooth",
    "shallow_ot_sinkhorn": "OT Sinkhorn",
    "shallow_subspace_alignment": "SA",
    "shot_im": "SHOT-IM",
    "sinkhorn": "Sinkhorn divergence",
    "source_only_plain": "source only, no batch norm",
    "symnets": "SymNets",
    "transnorm": "TransNorm",
}

#: Endings of methods that a published setting has in another training or with other data as well.
_ENDINGS = {
    "_batches": "published batches",
    "_bilinear": "USPS enlarged bilinearly",
    "_long": "longer training",
    "_short": "shorter training",
    "_resized": "digits of two sizes",
    "_uncropped": "images as they are",
    "_unnormalized": "no batch norm in the discriminator",
}


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


def with_bounds(interval: Interval | PercentileInterval | None) -> str:
    """Return a difference in points with the bounds of its interval, or a dash."""
    if interval is None or math.isnan(interval.estimate):
        return "–"
    low, high = (points(bound).replace("inf", "∞") for bound in (interval.low, interval.high))
    return f"{points(interval.estimate)} [{low}, {high}]"


def ratio(interval: PercentileInterval | None) -> str:
    """Return a ratio with the bounds of its interval, or a dash where it has no value."""
    if interval is None or math.isnan(interval.estimate):
        return "–"
    values = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (f"{x:.2f}".replace("-", "−").replace("inf", "∞") for x in values)
    return f"{estimate} [{low}, {high}]"


def task_name(task: str) -> str:
    """Return a task with an arrow from source to target, then the scenario or level of an axis."""
    pair, _, scenario = task.replace("->", "→").partition(":")
    level = parse_level(scenario)
    if level and AXES[level.axis].clean(level.number):
        return pair
    if level:
        what = f"{level.axis.replace('_', ' ')} {AXES[level.axis].levels[level.number]}"
        return f"{pair}, {what}" + (f", draw {level.draw}" if level.draw else "")
    return f"{pair}, {scenario.replace('_', ' ')}" if scenario else pair


def method_name(method: str) -> str:
    """Return a method as papers write it, without underscores, so that its name may wrap.

    What is not in the lists above is written in words, of which those known as acronyms are in
    capitals; that a baseline is ``shallow_`` is said by the table that it stands in.
    """
    method, at, factor = method.partition("@")
    for ending, said in _ENDINGS.items():
        if method.endswith(ending):
            return f"{method_name(method.removesuffix(ending))}, {said}"
    few = re.fullmatch(r"target_only_(\d+)", method)
    if few:
        return f"target only, {count(int(few[1]), 'label')} per class"
    words = method.removeprefix("shallow_").split("_")
    plain = " ".join(word.upper() if word in _ACRONYMS.split() else word for word in words)
    return _WRITTEN.get(method, plain) + (f" ×{factor}" if at else "")


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
