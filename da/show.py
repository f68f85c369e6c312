"""``da data``: look at data sets."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from da.arguments import Parser
from da.benchmark.grid import compose

if TYPE_CHECKING:
    from da.data import TransferTask


def data(args: Sequence[str]) -> int:
    """Look at data sets."""
    parser = Parser("da data", description=data.__doc__)
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    sheet = commands.add_parser("show", help="write a picture of each domain of a data set")
    sheet.add_argument("name", help="a file in experiments/data, such as digits")
    sheet.add_argument("--output", type=Path, help="PNG file to write; default: NAME.png")
    options = parser.parse_args(args)
    output = options.output or Path(f"{options.name}.png")
    if output.suffix.lower() != ".png":
        raise ValueError(f"a contact sheet is a PNG file; got --output {output}; end it in .png")
    show(transfer_task(compose(f"data/{options.name}")["data"]), output)
    return 0


def show(task: "TransferTask", path: Path) -> None:
    """Write the contact sheet of a data set; print its path and the size of each domain."""
    from da.data.sheet import contact_sheet, size

    contact_sheet(task, path)
    width = max(map(len, task.domains))
    for name in task.domains:
        print(f"{name:<{width}}  {size(task.domain(name))}")
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

    parser = ArgumentParser(exit_on_error=False)
    parser.add_subclass_arguments(TransferTask, "data")
    try:
        task: TransferTask = parser.instantiate_classes(parser.parse_object({"data": data})).data
    except (ArgumentError, ValueError) as error:
        raise ValueError(explain(str(error))) from error
    return task
