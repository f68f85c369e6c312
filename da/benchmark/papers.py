"""Published settings: which cells a paper reports, with every constant as it was stated there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from da.benchmark.grid import Benchmark, Setting, merge, unknown
from da.benchmark.paper_files import ablated, location, papers, read
from da.benchmark.selection import ROWS, Row

#: Ending of the name of a suite that is a setting made smaller.
REDUCED = "_reduced"
#: Start of the names of suites that are runs of a setting, which other suites do not have.
SUITE = "published_"

#: What stands between a method and the number of one of its settings.
VARIANT = "#"


@dataclass(frozen=True)
class Reference:
    """Where the number that a cell is compared with stands.

    Attributes:
        benchmark: Name of the table among the published results.
        implementation: Who ran it.
        task: The task as it is named there.
        method: The method as it is named there.
        protocol: Which samples take part, if the table has several protocols.
        selection: How its authors chose, if the table has several ways.
        metric: What is measured.
    """

    benchmark: str
    implementation: str
    task: str
    method: str
    protocol: str | None = None
    selection: str | None = None
    metric: str = "accuracy"


@dataclass(frozen=True)
class Paper:
    """A published setting and what it is compared with.

    Attributes:
        name: Name of its file in ``experiments/papers``.
        title: What it is, for a heading.
        citation: Authors, title, venue and year.
        url: Where it can be read.
        benchmark: The cells with all their settings.
        variants: The settings of a method from which reverse validation chooses one for each task
            and seed: names of cells by the name of the method that they are of.
        references: The published number of each method and task that has one; none in a smaller
            version that says ``comparable: false``, as it only proves that the steps work.
        selection: The selection row by which its authors chose checkpoints.
        needs: What it cannot run without, in a sentence; None where the data are enough.
        notes: What a reader must know to compare the numbers.
        reduced: Why and by what the cells are made smaller; None for the setting as published.
        published: Name of the table of published results that it is compared with.
        has_reduced: Whether the file describes a smaller version.
    """

    name: str
    title: str
    citation: str
    url: str
    benchmark: Benchmark
    variants: Mapping[str, str]
    references: Mapping[tuple[str, str], Reference]
    selection: Row
    needs: str | None
    notes: tuple[str, ...]
    reduced: str | None
    published: str
    has_reduced: bool

    @property
    def metric(self) -> str:
        """What is measured, which is one thing in a setting."""
        return next((at.metric for at in self.references.values()), "accuracy")


def about(benchmark: str) -> list[str]:
    """Return the published settings that are compared with a table of published results."""
    return [name for name in papers() if read(name)["published"]["benchmark"] == benchmark]


def load_paper(name: str, *, reduced: bool = False) -> Paper:
    """Read a published setting.

    Args:
        name: Name of a file in ``experiments/papers``.
        reduced: Whether to make it as small as the file says under ``reduced``.

    Raises:
        ValueError: If there is no such file, it lacks something or says what is not known, or it
            has no smaller version.
    """
    content = read(name)
    smaller: dict[str, Any] = content.get("reduced", {})
    if reduced and not smaller:
        raise ValueError(f"{name} has no smaller version; leave out --reduced")
    content, small = ablated(content, smaller if reduced else {})
    selection = content["selection"]
    if selection not in ROWS:
        raise ValueError(
            f"{location(name)} chooses checkpoints by {selection!r}; "
            f"choose one of {', '.join(ROWS)}"
        )
    methods, (tasks, scenarios) = content["methods"], _drawn(content, small)
    cells = _cells(content, small)
    variants = {cell: cell.partition(VARIANT)[0] for cell in cells if VARIANT in cell}
    benchmark = Benchmark(
        name=SUITE + name + REDUCED * reduced,
        data=content["data"],
        methods=tuple(cells),
        tasks=tuple(tasks),
        seeds=tuple(small.get("seeds", content.get("seeds", (0,)))),
        scenarios=scenarios,
        models=cells,
        settings=tuple(_settings(tasks, list(cells), methods, small)),
        reverse_validation=bool(variants),
        checkpoints=small.get("checkpoints", content.get("checkpoints", 5)),
    )
    if "methods" in small or "tasks" in small:
        kept = {*small.get("methods", methods), *small.get("ablations", ())}
        chosen = [cell for cell in cells if variants.get(cell, cell) in kept]
        benchmark = benchmark.select(chosen, small.get("tasks"))
    return Paper(
        name=name,
        title=content["title"],
        citation=content["citation"],
        url=content["url"],
        benchmark=benchmark,
        variants=variants,
        references=dict(_references(content, tasks)) if small.get("comparable", True) else {},
        selection=selection,
        needs=content.get("needs"),
        notes=tuple(content.get("notes", ())),
        reduced=small["because"] if reduced else None,
        published=content["published"]["benchmark"],
        has_reduced=bool(smaller),
    )


def paper_of(suite: str) -> Paper | None:
    """Return the published setting that a suite is the run of, or None."""
    if not suite.startswith(SUITE):
        return None
    name = suite.removeprefix(SUITE).removesuffix(REDUCED)
    return load_paper(name, reduced=suite.endswith(REDUCED))


def _drawn(
    content: Mapping[str, Any], small: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the tasks, one for each draw of the samples if there are draws, and what draws set."""
    draws = content.get("draws")
    if not draws:
        return content["tasks"], {}
    count = small.get("draws", draws["count"])
    protocol = draws["protocol"]
    scenarios = {
        f"draw{i}": {"protocol": merge(protocol, {"init_args": {"draw": i}})} for i in range(count)
    }
    tasks = {f"{task}:{i}": entry for task, entry in content["tasks"].items() for i in scenarios}
    return tasks, scenarios


def _cells(content: Mapping[str, Any], small: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the settings of each method; of one with a grid, those of every point of it.

    A grid is a list of axes, an axis a list of points, a point what it sets: values by the path of
    keys to them.
    """
    found = {}
    for method, entry in content["methods"].items():
        config = merge(content.get("config", {}), _config(entry))
        grid = small.get("grids", {}).get(method) or (entry or {}).get("grid")
        if not grid:
            found[method] = config
            continue
        for i, points in enumerate(product(*grid)):
            own = config
            for path, value in (item for point in points for item in point.items()):
                own = merge(own, _nested(path, value))
            found[f"{method}{VARIANT}{i}"] = own
    return found


def _nested(path: str, value: Any) -> dict[str, Any]:
    """Return ``value`` below the keys that stand in the path, separated by dots."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


def _settings(
    tasks: Mapping[str, Any],
    cells: Sequence[str],
    methods: Mapping[str, Any],
    small: Mapping[str, Any],
) -> list[Setting]:
    """Return what tasks set, then single cells, then the smaller version, which wins.

    Of the smaller version, too, what is for all cells comes before what is for a method, and that
    before what is for a method on a task.
    """
    found = [Setting(_config(entry), task=task) for task, entry in tasks.items()]
    found += _on_tasks(methods, tasks, cells)
    if "config" in small:
        found.append(Setting(small["config"]))
    if "checkpoints" in small:
        found.append(Setting({"checkpoints": small["checkpoints"]}))
    exceptions = small.get("exceptions", {})
    for method, entry in exceptions.items():
        if method not in methods:
            raise ValueError(unknown("method to make smaller", method, methods))
        config = {key: value for key, value in entry.items() if key != "tasks"}
        own = [cell for cell in cells if cell.partition(VARIANT)[0] == method]
        found += [Setting(config, method=cell) for cell in own]
    found += _on_tasks(exceptions, tasks, cells)
    found += _on_tasks(small.get("ablations", {}), tasks, cells)
    return [setting for setting in found if setting.config]


def _on_tasks(
    methods: Mapping[str, Any], tasks: Mapping[str, Any], cells: Sequence[str]
) -> list[Setting]:
    """Return what methods set on single tasks, and so on every draw of those."""
    found = []
    for method, entry in methods.items():
        for task, config in ((entry or {}).get("tasks") or {}).items():
            drawn = [name for name in tasks if name.partition(":")[0] == task]
            if not drawn:
                raise ValueError(unknown(f"task to set something of {method} on", task, tasks))
            own = [cell for cell in cells if cell.partition(VARIANT)[0] == method]
            found += [Setting(config, task=t, method=cell) for t in drawn for cell in own]
    return found


def _references(
    content: Mapping[str, Any], tasks: Mapping[str, Any]
) -> list[tuple[tuple[str, str], Reference]]:
    """Return the published number of each method and task that has one."""
    found = []
    for method, entry in content["methods"].items():
        own = (entry or {}).get("published")
        own = own if isinstance(own, dict) else {"method": own}
        for task, place in tasks.items():
            where = content["published"] | own
            if where["method"] is not None:
                name = (place or {}).get("published", task.partition(":")[0])
                found.append(((method, task), Reference(**where, task=name)))
    return found


def _config(entry: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict((entry or {}).get("config") or {})
