"""The parser of the commands that know their options without importing torch."""

import argparse
import re
from collections.abc import Iterator
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """Answers a mistake with one sentence, and the name that was probably meant.

    Options must be written in full: an abbreviation changes its meaning when an option is added.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})

    def error(self, message: str) -> NoReturn:
        # the commands of the benchmark are made of this class, and come with its package
        from da.benchmark.grid import unknown

        if found := re.match(r"unrecognized arguments: ([^\s=]+)", message):
            message = f"{found[1]!r} is one argument too many"
            if found[1].startswith("-"):
                message = unknown("option", found[1], sorted(set(self._long_options())))
        if found := re.match(r"argument (\S+): invalid choice: '(.*)' \(choose from", message):
            message = unknown(found[1], found[2], self._choices(found[1]))
        raise ValueError(message)

    def _long_options(self) -> Iterator[str]:
        for action in self._actions:
            yield from (o for o in action.option_strings if o.startswith("--"))
            if isinstance(action, argparse._SubParsersAction):
                # what a subcommand does not know is reported by the command above it
                for parser in action.choices.values():
                    yield from parser._long_options()

    def _choices(self, name: str) -> list[str]:
        for action in self._actions:
            if action.choices and name in (action.metavar, *action.option_strings):
                return [str(choice) for choice in action.choices]
        return []
