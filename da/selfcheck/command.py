"""``da selfcheck``: the gates of a release, one line each."""

import time
from collections.abc import Callable, Sequence

from rich.console import Console

from da.arguments import Parser
from da.selfcheck.outcome import Outcome

Check = Callable[[Sequence[str], int], Outcome]

#: Methods of different kinds, for a check of a minute.
FEW = ("adabn", "dann", "cdan_e", "deep_coral", "dan", "mcd", "deep_jdot", "mcc")
STEPS = 10


def selfcheck(args: Sequence[str]) -> int:
    """Check what a release has to hold; the exit code is 1 if anything does not."""
    parser = Parser("da selfcheck", description=selfcheck.__doc__)
    parser.add_argument("--methods", nargs="+", help="files in experiments/methods; default: a few")
    parser.add_argument("--all", action="store_true", help="check every trained method")
    parser.add_argument("--steps", type=int, default=STEPS, help="training steps of a check")
    options = parser.parse_args(args)
    if options.steps < 1:
        raise ValueError(f"a check trains for at least 1 step; got --steps {options.steps}")
    console, failed = Console(), 0
    names = _methods(options.methods, everything=options.all)
    for check in _checks():
        title = (check.__doc__ or "").partition("\n")[0]
        start = time.perf_counter()
        with console.status(title):
            outcome = check(names, options.steps)
        sign = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]–[/]"}[outcome.passed]
        took = f"[dim]{time.perf_counter() - start:.0f} s[/]"
        console.print(f"{sign} {title}\n  {outcome.evidence} {took}", highlight=False)
        failed += outcome.passed is False
    return 1 if failed else 0


def _methods(chosen: Sequence[str] | None, *, everything: bool) -> list[str]:
    from da.benchmark.grid import TRAINS_ON
    from da.benchmark.method_files import settings_of
    from da.benchmark.method_speed import timed

    if chosen and everything:
        raise ValueError("choose some methods with --methods, or all of them with --all")
    names = list(chosen or (timed() if everything else FEW))
    ceilings = {path for path, domain in TRAINS_ON.items() if domain == "target"}
    floor = ("source_only", "target_only")
    return [n for n in names if n not in floor and settings_of(n)["class_path"] not in ceilings]


def _checks() -> Sequence[Check]:
    import torch

    from da.selfcheck import committed, order, trained

    torch.set_num_threads(
        1
    )  # small networks are slower on several, and sums differ by their number
    return (
        trained.weight_zero_is_source_only,
        committed.halves_do_not_differ,
        trained.halves_are_not_apart,
        trained.target_labels_are_unread,
        trained.risks_are_the_known_ones,
        trained.same_seed_same_weights,
        committed.source_only_is_as_published,
        committed.every_method_gains_somewhere,
        committed.errors_are_above_the_floor,
        order.order_does_not_matter,
    )
