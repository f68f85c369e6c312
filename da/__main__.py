"""The command line: one command a line, each loaded only when it is called."""

import difflib
import importlib
import os
import sys

COMMANDS = {
    "fit": ("da.cli:run", "train a method on one transfer task"),
    "validate": ("da.cli:run", "score a checkpoint without target labels"),
    "test": ("da.cli:run", "measure a checkpoint on the labelled target test set"),
    "predict": ("da.cli:run", "write predictions for the unlabelled target to a CSV file"),
    "bench": ("da.benchmark.commands:bench", "run methods x tasks x seeds and report"),
    "report": ("da.benchmark.commands:report", "write tables and the page of finished runs"),
    "reproduce": (
        "da.benchmark.reproduce:reproduce",
        "run published settings beside the published numbers",
    ),
    "gate": (
        "da.gating:gate",
        "decide between the adapted model and source-only, without target labels",
    ),
    "validators": (
        "da.benchmark.validator_command:validators",
        "say which score without target labels selects best",
    ),
    "features": ("da.extraction:features", "run a frozen backbone once and keep its features"),
    "methods": ("da.overview.command:methods", "list methods: paper, assumptions, harm, cost"),
    "selfcheck": ("da.selfcheck.command:selfcheck", "check what a release has to hold"),
    "data": ("da.catalogue:data", "list, get, check and look at data sets"),
}


def usage() -> str:
    """Return the help of the whole program."""
    lines = [f"  {name:<11}{text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(
        [
            "usage: da COMMAND [options]",
            "",
            "Unsupervised domain adaptation: did adapting help, and how sure are we?",
            "",
            *lines,
            "",
            "da COMMAND --help tells the options of a command.",
        ]
    )


def main(args: list[str] | None = None) -> int:
    """Run one command.

    Args:
        args: Command and options; those of the process by default.

    Returns:
        The exit code: 0, 2 for a mistake of the caller, 130 after Ctrl-C.
    """
    args = sys.argv[1:] if args is None else args
    if not args or args[0] in ("-h", "--help"):
        print(usage())
        return 0
    command, rest = args[0], args[1:]
    if command not in COMMANDS:
        close = difflib.get_close_matches(command, COMMANDS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(COMMANDS)}"
        return fail(f"there is no command {command!r}; {hint}")
    module, function = COMMANDS[command][0].split(":")
    # A run must never wait for a login; online only where it is asked for.
    os.environ.setdefault("WANDB_MODE", "offline")
    try:
        run = getattr(importlib.import_module(module), function)
        return int(run([command, *rest] if module == "da.cli" else rest) or 0)
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:  # --help, or Lightning after Ctrl-C
        return 130 if isinstance(end.__context__, KeyboardInterrupt) else int(end.code or 0)
    except (ValueError, OSError, FloatingPointError) as error:
        if os.environ.get("DA_TRACEBACK"):
            raise
        return fail(str(error))


def fail(sentence: str) -> int:
    """Print what is wrong as one line and return the exit code of a mistake."""
    print(f"da: error: {' '.join(sentence.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
