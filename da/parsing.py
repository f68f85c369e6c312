"""What a configuration leaves unsaid has the default of the class that it names."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pydoc import locate
from typing import Any

from jsonargparse import ArgumentParser, Namespace, _typehints


@contextmanager
def own_defaults() -> Iterator[None]:
    """Parse so that a class which takes another's place starts from its own defaults.

    By itself jsonargparse hands on every argument that both classes have, and knows the defaults
    of the class before as little from what was said as the class after: ``torch.optim.AdamW`` in
    place of the default ``Adam`` would decay no weights, as ``Adam`` does not
    (https://github.com/mauvilsa/jsonargparse/issues/460, open). What was said is still handed on,
    unless it is what the class before would have had anyway.
    """
    hand_on = _typehints.discard_init_args_on_class_path_change

    def hand_on_what_was_said(parser_or_action: Any, before: Any, after: Any) -> None:
        if (
            isinstance(before, Namespace)
            and isinstance(before.get("init_args"), Namespace)
            and before.class_path != after["class_path"]
        ):
            _forget(before.init_args, _defaults(before.class_path))
        hand_on(parser_or_action, before, after)

    _typehints.discard_init_args_on_class_path_change = hand_on_what_was_said
    try:
        yield
    finally:
        _typehints.discard_init_args_on_class_path_change = hand_on


def _forget(arguments: Namespace, defaults: Namespace) -> None:
    for name, value in list(arguments.items(branches=True, nested=False)):
        if name in defaults and value == defaults[name]:
            arguments.pop(name)


@cache
def _defaults(class_path: str) -> Namespace:
    parser = ArgumentParser(exit_on_error=False)
    named: Any = locate(class_path)
    add = parser.add_class_arguments if inspect.isclass(named) else parser.add_function_arguments
    add(named, fail_untyped=False)
    return parser.get_defaults()
