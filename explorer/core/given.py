"""A setting as a command line gives it: ``--set INPUT=VALUE`` and ``--preset NAME``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.core.model import Model


def add_options(parser: argparse.ArgumentParser) -> None:
    """The two options, the same for every command."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="INPUT=VALUE",
        help="an input that is not at its default",
    )
    parser.add_argument("--preset", metavar="NAME", help="start from this preset of the scene")


def pairs(given: Sequence[str], option: str, what: str) -> dict[str, str]:
    """input -> text of what was given after an option.

    Raises    InputError  when one has no value, or is named twice
    """
    from explorer.core.values import InputError

    found: dict[str, str] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign:
            raise InputError(f"{option} takes input={what}; {name[:40]!r} has none.")
        if name in found:
            raise InputError(f"{option} names {name[:40]!r} twice; leave one of the two out.")
        found[name] = value
    return found


def inputs_set(model_class: type[Model], given: Sequence[str]) -> dict[str, Any]:
    """input -> value of what was given after ``--set``.

    Unlike a link's, a table or a file may be named by its path: it is the caller's own. A name that no input has
    is left to whoever opens the scene.

    Raises    InputError  when a pair or a value is wrong
    """
    from explorer.core import inputs, values

    known = model_class.inputs()
    found: dict[str, Any] = {}
    for name, text in pairs(given, "--set", "value").items():
        parameter = known.get(name)
        path = isinstance(parameter, inputs.Data | inputs.File)
        found[name] = text if parameter is None or path else values.from_text(name, parameter, text)
    return found
