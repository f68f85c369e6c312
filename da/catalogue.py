"""``da data``: list, get, check and look at data sets."""

import argparse
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from da.arguments import Parser
from da.benchmark.grid import compose

if TYPE_CHECKING:
    from da.data import TransferTask

ROOT = "folder of all data sets; default: $DA_DATA_ROOT, else data"


def data(args: Sequence[str]) -> int:
    """List, get, check and look at data sets."""
    parser = Parser("da data", description=data.__doc__)
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)

    known = commands.add_parser("list", help="name the data sets; with names, all about these")
    known.add_argument("names", nargs="*", metavar="name")
    known.add_argument("--root", type=Path, help=ROOT)
    known.set_defaults(run=_list)

    get = commands.add_parser("get", help="download what is missing, and check it")
    get.add_argument("names", nargs="+", metavar="name")
    get.add_argument("--root", type=Path, help=ROOT)
    get.add_argument("--parts", nargs="+", default=(), help="default: what is needed")
    get.set_defaults(run=_get)

    check = commands.add_parser("check", help="say what is complete, missing or corrupt")
    check.add_argument("names", nargs="*", metavar="name")
    check.add_argument("--root", type=Path, help=ROOT)
    check.add_argument("--deep", action="store_true", help="decode every image")
    check.set_defaults(run=_check)

    sheet = commands.add_parser("show", help="write a picture of each domain of a data set")
    sheet.add_argument("name", help="a file in experiments/data, such as digits, or a YAML file")
    sheet.add_argument("--root", type=Path, help=ROOT)
    sheet.add_argument("--output", type=Path, help="PNG file to write; default: NAME.png")
    sheet.set_defaults(run=_show)

    options = parser.parse_args(args)
    return int(options.run(options))


def _list(options: argparse.Namespace) -> int:
    from rich.markup import escape
    from rich.table import Table

    from da.acquisition.display import output
    from da.acquisition.manifest import load, names
    from da.acquisition.root import data_root, find

    root, console = data_root(options.root), output()
    for name in options.names:
        _describe(name, console)
    if not options.names:
        table = Table("name", "here", "comes by", "what", box=None, padding=(0, 2, 0, 0))
        for manifest in map(load, names()):
            here = "yes" if find(manifest, root) else "no"
            way = "download" if manifest.downloads else "hand"
            table.add_row(manifest.name, here, way, escape(manifest.title))
        console.print(table)
        console.print(f"data root: {root}", highlight=False, markup=False, soft_wrap=True)
    return 0


def _describe(name: str, console: Any) -> None:
    """Print what the manifest says."""
    from da.acquisition.display import print_block
    from da.acquisition.manifest import load

    manifest = load(name)
    cited = manifest.citation
    rows = [
        ("paper", f"{cited['authors']}. {cited['title']}. {cited['venue']}, {cited['year']}."),
        ("", str(cited["url"])),
        ("licence", manifest.licence),
        ("folders", ", ".join(manifest.folders)),
    ]
    for part in manifest.parts:
        rows.append(("part", part.name + (" (not needed)" if part.optional else "")))
        rows += [("", file.path) for file in part.files]
        rows += [("", f"{tree.paths[0]}/ ({tree.total:,} images)") for tree in part.trees]
    if manifest.manual:
        rows.append(("by hand", " ".join(manifest.manual.split())))
    print_block(name, manifest.title, rows, console)


def _get(options: argparse.Namespace) -> int:
    from da.acquisition.display import output, print_report, transfers
    from da.acquisition.doctor import check
    from da.acquisition.get import get
    from da.acquisition.manifest import load

    for name in options.names:
        load(name)  # a wrong name is told before anything is downloaded
    console, whole = output(), True
    for name in options.names:
        with transfers() as progress:
            by_hand = get(name, options.root, parts=options.parts, report=progress)
        report = check(name, options.root)
        print_report(report, console)
        for sentence in by_hand:
            console.print(f"by hand: {sentence}", markup=False, highlight=False, soft_wrap=True)
        whole &= report.status == "complete" and not by_hand
    return 0 if whole else 1


def _check(options: argparse.Namespace) -> int:
    from da.acquisition.display import output, print_report, reads
    from da.acquisition.doctor import check, work
    from da.acquisition.manifest import load, names

    chosen = options.names or names()
    for name in chosen:
        load(name)
    console, failed = output(), False
    for name in chosen:
        with reads(name, work(name, options.root)) as advance:
            report = check(name, options.root, deep=options.deep, advance=advance)
        print_report(report, console)
        absent = report.status == "absent"
        failed |= bool(options.names) if absent else report.status != "complete"
    return 1 if failed else 0


def _show(options: argparse.Namespace) -> int:
    own = options.name.endswith(".yaml")
    output = options.output or Path(f"{Path(options.name).stem}.png")
    if output.suffix.lower() != ".png":
        raise ValueError(f"a contact sheet is a PNG file; got --output {output}; end it in .png")
    data = compose(options.name if own else f"data/{options.name}")["data"]
    if options.root:
        data["init_args"]["root"] = str(options.root)
    show(transfer_task(data), output)
    return 0


def show(task: "TransferTask", path: Path) -> None:
    """Print the size of each domain; write the contact sheet of images, and print its path."""
    from da.data import Stored
    from da.data.sheet import contact_sheet, present, size

    domains, absent = present(task)
    width = max(map(len, task.domains))
    for name, domain in domains.items():
        print(f"{name:<{width}}  {size(domain)}")
    for name, sentence in absent.items():
        print(f"{name:<{width}}  {sentence}")
    inputs = [domain.train.inputs for domain in domains.values()]
    if any(not isinstance(x, Stored) and x.ndim == 2 for x in inputs):
        print(f"features: {task.in_channels:,} columns, {task.num_classes} classes")
    else:
        contact_sheet(task, path)
        print(f"contact sheet: {path}")


def transfer_task(data: dict[str, Any]) -> "TransferTask":
    """Build the transfer task that the ``data`` part of a configuration describes.

    Args:
        data: ``class_path`` and ``init_args``.

    Raises:
        ValueError: If a class, an option or a domain does not exist.
    """
    from jsonargparse import ArgumentError, ArgumentParser

    from da.data import TransferTask
    from da.mistakes import explain
    from da.parsing import own_defaults

    parser = ArgumentParser(exit_on_error=False)
    parser.add_subclass_arguments(TransferTask, "data")
    try:
        with own_defaults():
            # the parser turns what lies in lists into objects of its own
            config = parser.parse_object({"data": deepcopy(data)})
        task: TransferTask = parser.instantiate_classes(config).data
    except (ArgumentError, ValueError) as error:
        raise ValueError(explain(str(error))) from error
    return task
