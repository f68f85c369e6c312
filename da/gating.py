"""``da gate``: adapted model or source-only, decided without target labels."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from da.arguments import Parser

#: What the results on held-out data sets stand between.
START, END = "<!-- gate -->", "<!-- end: gate -->"

EPILOG = (
    "With --source-only, one folder of da fit: decides for this adapted model. Without, folders of "
    "da bench: decides in each cell and says how that turned out; several of them also calibrate "
    "the thresholds on all data sets but one, and try them on that one."
)


def gate(args: Sequence[str]) -> int:
    """Decide between the adapted model and source-only, without target labels."""
    parser = Parser("da gate", description=gate.__doc__, epilog=EPILOG)
    parser.add_argument(
        "runs", nargs="+", type=Path, help="folder or checkpoint of da fit, or folders of da bench"
    )
    parser.add_argument("--source-only", type=Path, help="folder or checkpoint of its baseline")
    parser.add_argument("--output", type=Path, help="folder to write gate.md and gate.csv into")
    parser.add_argument(
        "--readme", type=Path, help="write the results on held-out data sets into this file"
    )
    parser.add_argument(
        "--tolerated",
        type=float,
        default=0.10,
        help="largest rate of harm that calibration aims at; default: 0.10",
    )
    options = parser.parse_args(args)
    if options.readme and (options.source_only or len(options.runs) < 2):
        raise ValueError("--readme takes what several folders of da bench show on held-out data")
    return _one(options) if options.source_only else _many(options)


def _one(options: argparse.Namespace) -> int:
    """Decide for one adapted model."""
    if len(options.runs) != 1:
        raise ValueError(
            f"with --source-only there is one adapted run; got {len(options.runs)}; decide for "
            f"each alone"
        )
    import torch
    from rich.console import Console

    from da.benchmark.gate_evidence import evidence, matches_marginals
    from da.benchmark.gate_models import load, look
    from da.benchmark.gate_pairs import check_pair, differences, reused
    from da.benchmark.gate_tables import lines_csv, lines_rows, markdown_table, terminal
    from da.benchmark.gate_wording import gate_lines, verdict
    from da.transfer import certificate
    from da.transfer import gate as decide

    adapted, source_only = load(options.runs[0]), load(options.source_only)
    check_pair(adapted, source_only)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    seen, floor = (look(run.model, run.task, device) for run in (adapted, source_only))
    known = evidence(
        seen,
        floor,
        matches_marginals=matches_marginals(adapted.config["model"]),
        items_per_class=len(adapted.task.training_data.target_adapt) / adapted.task.num_classes,
    )
    changes = certificate(seen.predictions, floor.predictions)
    notes = [*reused(adapted.task), *differences(adapted.config, source_only.config)]
    sentence = verdict(decide(known), changes, held_out=not reused(adapted.task))
    lines = gate_lines(known)
    rows = lines_rows(lines)
    title = f"{adapted.name} or source-only, without a target label"
    console = Console()
    console.print(terminal(rows, title))
    for text in (sentence, *notes):
        console.print(text, highlight=False, markup=False, soft_wrap=True)
    if options.output:
        text = "\n\n".join([sentence, *notes, markdown_table(rows)])
        _write(options.output, text, lines_csv(lines))
    return 0


def _many(options: argparse.Namespace) -> int:
    """Decide in each cell of some suites, and say how that turned out."""
    if not 0 < options.tolerated < 1:
        raise ValueError(f"a rate lies between 0 and 1; got --tolerated {options.tolerated}")
    for path in options.runs:
        if path.is_file() or (path / "config.yaml").is_file():
            raise ValueError(
                f"{path} is one training; name its baseline with --source-only to decide for it"
            )
    from rich.console import Console

    from da.benchmark import gate_tables as tables
    from da.benchmark.gate_effects import gate_effects
    from da.benchmark.gate_outcomes import held_out, outcomes_by
    from da.benchmark.gate_records import decide, read_cells

    cells = read_cells(options.runs)
    accepted = decide(cells)
    found = {
        "Adapt or not, with the default thresholds": tables.by_method(
            outcomes_by(lambda cell: cell.method, cells, accepted)
        ),
        "Each gate by itself": tables.by_gate(gate_effects(cells)),
    }
    notes = [tables.LEGEND]
    if len({cell.dataset for cell in cells}) > 1:
        rows = held_out(cells, tolerated=options.tolerated)
        found["On data sets that were held out"] = tables.by_dataset(rows)
        notes.append(tables.calibration_note(rows, options.tolerated))
    console = Console()
    for title, table in found.items():
        console.print(tables.terminal(table, title), "")
    console.print("\n\n".join(notes), highlight=False, markup=False)
    if options.output:
        text = [f"{title}:\n\n{tables.markdown_table(table)}" for title, table in found.items()]
        _write(options.output, "\n".join([*text, *notes, ""]), tables.cells_csv(cells, accepted))
    if options.readme:
        from da.benchmark.publish import replace_between

        tried = held_out(cells, tolerated=options.tolerated)
        shown = tables.markdown(tried, tolerated=options.tolerated)
        replace_between(options.readme, START, END, shown)
    return 0


def _write(folder: Path, text: str, table: str) -> None:
    from da.benchmark.results import write

    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "gate.md", text)
    write(folder / "gate.csv", table)
    print(f"gate: {folder / 'gate.md'}, {folder / 'gate.csv'}")
