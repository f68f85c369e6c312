"""Figures of single runs: training curves, features, confusion matrices."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Integer
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from sklearn.decomposition import PCA

from da.benchmark.figures import INK, STYLE
from da.benchmark.selection import BASELINE, CEILING, Record
from da.benchmark.wording import method_name


@rc_context(STYLE)
def training_curves(records: Sequence[Record], task: str, palette: Mapping[str, str]) -> Figure:
    """Draw what each method did on one task along its training: mean over seeds.

    The target test accuracy is an oracle: it needs target labels and selects nothing.

    Args:
        records: Records of all checkpoints.
        task: Name of the task.
        palette: Colour of each method.
    """
    records = [r for r in records if r["task"]["name"] == task and r["status"] == "ok"]
    panels: list[tuple[str, Any]] = [
        ("oracle: target test accuracy", lambda r: r["metrics"]["t_test"]["acc"]),
        ("source validation accuracy", lambda r: r["metrics"]["s_val"]["acc"]),
        (
            "information maximization (validator)",
            lambda r: r["validators"].get("information_maximization", {}).get("value"),
        ),
    ]
    keys = sorted({key for r in records for entry in r["loss_log"] for key in entry} - {"step"})
    keys.sort(key=lambda key: ("task" not in key, "loss" not in key, key))
    keys = keys[:6]
    rows = 1 + -(-len(keys) // 3)
    figure = Figure(figsize=(11.4, 2.6 * rows + 0.4), layout="constrained")
    grid = figure.subplots(rows, 3, squeeze=False).ravel()
    for axes, (title, value) in zip(grid, panels, strict=False):
        points_of = [
            (r["method"]["name"], r["seed"], r["train"]["step"], value(r)) for r in records
        ]
        _curves(axes, points_of, palette)
        axes.set_title(title)
    for axes, key in zip(grid[3:], keys, strict=False):
        logged = [
            (r["method"]["name"], r["seed"], entry["step"], entry[key])
            for r in records
            for entry in r["loss_log"]
            if key in entry
        ]
        _curves(axes, logged, palette, marker="")
        axes.set_title(key.removeprefix("train/").replace("_", " ") + " (training)")
    for axes in grid[3 + len(keys) :]:
        axes.set_visible(False)
    for axes in grid:
        axes.set_xlabel("step")
    names = sorted(
        {r["method"]["name"] for r in records}, key=lambda m: (m == CEILING, m != BASELINE, m)
    )
    handles = [Line2D([], [], color=palette[m], label=method_name(m)) for m in names]
    figure.legend(handles=handles, loc="outside upper left", ncols=max(len(handles), 1))
    return figure


def _curves(
    axes: Axes,
    points_of: Sequence[tuple[str, int, int, float | None]],
    palette: Mapping[str, str],
    marker: str = "o",
) -> None:
    """Draw one line per method through its means over seeds, over the band of its seeds."""
    values: dict[str, dict[int, list[float]]] = {}
    for method, _, step, value in sorted(points_of, key=lambda p: p[:3]):
        if value is not None and np.isfinite(value):
            values.setdefault(method, {}).setdefault(step, []).append(value)
    for method, by_step in values.items():
        steps = sorted(by_step)
        means = [float(np.mean(by_step[s])) for s in steps]
        low, high = [min(by_step[s]) for s in steps], [max(by_step[s]) for s in steps]
        axes.fill_between(steps, low, high, color=palette[method], alpha=0.15, linewidth=0)
        axes.plot(steps, means, marker=marker, markersize=3.5, linewidth=1.5, color=palette[method])
    axes.grid(True)
    axes.set_axisbelow(True)


@rc_context(STYLE)
def feature_maps(panels: Mapping[str, Mapping[str, Any]], size: int = 400) -> Figure:
    """Draw the features of each model in two principal components of both domains.

    Args:
        panels: By title, the arrays ``source``, ``source_labels``, ``target``, ``target_labels``.
        size: Largest number of samples drawn from each domain: the first ones.
    """
    figure = Figure(figsize=(11.4, 5.2), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False).ravel()
    for axes, (title, arrays) in zip(grid, panels.items(), strict=True):
        source = np.asarray(arrays["source"], dtype=np.float64)[:size]
        target = np.asarray(arrays["target"], dtype=np.float64)[:size]
        plane = PCA(2, svd_solver="full").fit_transform(np.concatenate([source, target]))
        sides = (
            (plane[: len(source)], arrays["source_labels"][:size], "o", 0.35),
            (plane[len(source) :], arrays["target_labels"][:size], "x", 0.9),
        )
        for place, labels, marker, alpha in sides:
            for c in np.unique(labels):
                chosen = place[np.asarray(labels) == c]
                colour = f"C{int(c) % 10}"
                axes.plot(*chosen.T, marker, color=colour, alpha=alpha, markersize=4, label=None)
        axes.set_title(title)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel("first principal component")
        axes.set_ylabel("second")
    classes = sorted({int(c) for arrays in panels.values() for c in arrays["source_labels"]})
    handles = [
        Line2D([], [], color=INK, marker="o", linestyle="", alpha=0.5, label="source"),
        Line2D([], [], color=INK, marker="x", linestyle="", label="target"),
        *(
            Line2D([], [], color=f"C{c % 10}", marker="s", linestyle="", label=str(c))
            for c in classes[:20]
        ),
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=12, handletextpad=0.1)
    return figure


@rc_context(STYLE)
def confusions(
    baseline: Integer[np.ndarray, "k k"],
    adapted: Integer[np.ndarray, "k k"],
    names: tuple[str, str],
) -> Figure:
    """Draw two confusion matrices by row shares, and their difference around zero.

    Args:
        baseline: Counts of true (rows) and predicted (columns) classes of source-only.
        adapted: The same of the adapted model.
        names: Titles of the two.
    """
    first, second = _shares(baseline), _shares(adapted)
    difference = second - first
    limit = max(float(np.nanmax(np.abs(difference))), 1.0)
    figure = Figure(figsize=(11.4, 3.5), layout="constrained")
    for axes, matrix, title in zip(
        figure.subplots(1, 3), (first, second, difference), (*names, "difference"), strict=True
    ):
        diverging = title == "difference"
        norm = TwoSlopeNorm(0.0, -limit, limit) if diverging else None
        image = axes.pcolormesh(
            np.ma.masked_invalid(matrix),
            cmap="RdBu" if diverging else "viridis",
            norm=norm,
            edgecolors="face",
            linewidth=0.3,
            **({} if diverging else {"vmin": 0.0, "vmax": 100.0}),
        )
        axes.set_title(title)
        axes.set_aspect("equal")
        ticks = np.arange(len(matrix))
        if len(matrix) <= 20:
            axes.set_xticks(ticks + 0.5, ticks.astype(str))
            axes.set_yticks(ticks + 0.5, ticks.astype(str))
        axes.set_ylim(len(matrix), 0)
        axes.tick_params(length=0)
        axes.set_xlabel("predicted class")
        axes.set_ylabel("true class")
        bar = figure.colorbar(image, ax=axes, shrink=0.75)
        bar.set_label("points" if diverging else "% of true class")
        bar.outline.set_visible(False)
    return figure


def _shares(counts: Integer[np.ndarray, "k k"]) -> Float[np.ndarray, "k k"]:
    """Return percent of each row; NaN for classes without samples."""
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, 100 * counts / np.maximum(total, 1), np.nan)
