"""Values of inputs: checking, JSON and text forms, with one clear sentence for what is wrong."""

from __future__ import annotations

import math
import numbers
from typing import Any

from explorer.core import dataset, inputs, memory
from explorer.core.attachment import Attachment, as_attachment


class InputError(ValueError):
    """One sentence that says which input was wrong, how, and what would be right."""


def short(value: Any) -> str:
    """A value as it is quoted in a sentence."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _called(name: str, parameter: Any) -> str:
    label = parameter.label
    return name if not label or label.lower() == name.replace("_", " ").lower() else f"{name} ({label})"


def check(name: str, parameter: Any, value: Any) -> Any:
    """The value in the parameter's own type.

    Raises    InputError  when it has another type or lies out of bounds
    """
    called = _called(name, parameter)
    if isinstance(parameter, inputs.Switch):
        return _switch(called, value)
    if isinstance(parameter, inputs.Whole):
        return _bounded(called, parameter, _whole(called, value))
    if isinstance(parameter, inputs.Real):
        return _bounded(called, parameter, _real(called, value))
    if isinstance(parameter, inputs.Choice):
        if not any(type(value) is type(known) and value == known for known in parameter.objects):
            allowed = ", ".join(map(str, parameter.objects))
            raise InputError(f"{called} is one of {allowed}; {short(value)} is not.")
        return value
    if isinstance(parameter, inputs.Data):
        if isinstance(value, str) and value in parameter.bundled:
            return value
        return dataset.as_dataset(value)
    if isinstance(parameter, inputs.File):
        return "" if isinstance(value, str) and not value else _file(called, parameter, value)
    if not isinstance(value, str):
        raise InputError(f"{called} is a text; {short(value)} is not.")
    if len(value) > 2000:
        raise InputError(f"{called} has at most 2000 characters; this text has {len(value)}.")
    return value


def _file(called: str, parameter: Any, value: Any) -> Attachment:
    """The file, once its scene has been able to read it."""
    held = as_attachment(value)
    try:
        parameter.read(held.content, held.name)
    except ValueError as error:
        raise InputError(f"{called}: {error}") from None
    return held


def _switch(called: str, value: Any) -> bool:
    if value is True or value is False:
        return value
    if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise InputError(f"{called} is on or off (True or False); {short(value)} is neither.")


def _whole(called: str, value: Any) -> int:
    number = _real(called, value)
    if number != math.floor(number):
        raise InputError(f"{called} is a whole number; {short(value)} is not.")
    return int(value)


def _real(called: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError(f"{called} is a number; {short(value)} is not.")
    try:
        number = float(value)
    except OverflowError:  # a whole number or fraction beyond the doubles
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{called} is a finite number; {short(value)} is not.")
    return number


def _bounded(called: str, parameter: Any, number: Any) -> Any:
    low, high = parameter.bounds or (None, None)
    if (low is None or number >= low) and (high is None or number <= high):
        return number
    if low is None:
        raise InputError(f"{called} is at most {high:g}; {short(number)} is not.")
    if high is None:
        raise InputError(f"{called} is at least {low:g}; {short(number)} is not.")
    raise InputError(f"{called} lies between {low:g} and {high:g}; {short(number)} does not.")


def _plain(parameter: Any, value: Any) -> Any:
    """The value in its input's own type: it may have been assigned as a NumPy scalar, past `check`."""
    for kind, plain in ((inputs.Whole, int), (inputs.Real, float)):
        if isinstance(parameter, kind):
            return plain(value)
    return value


def to_json(parameter: Any, value: Any) -> Any:
    """The value as JSON-able data; `check` takes it back."""
    if isinstance(value, dataset.Dataset | Attachment):
        return value.to_json()
    return _plain(parameter, value)


def to_text(parameter: Any, value: Any) -> str:
    """The value as it stands in a link."""
    if isinstance(value, dataset.Dataset | Attachment):
        return memory.remember(value)
    if isinstance(parameter, inputs.Switch):
        return "1" if value else "0"
    if isinstance(parameter, inputs.Real):
        return repr(float(value))
    return str(value)


def shown(parameter: Any, value: Any) -> str:
    """A value in the reader's words, with its unit."""
    if parameter.info.kind == "switch":
        return "yes" if value else "no"
    if isinstance(value, float):
        value = f"{value:.6g}"
    held = value if isinstance(value, str | int) else getattr(value, "name", value)
    said = str(parameter.info.names.get(held, held))
    return f"{said} {parameter.info.unit}".strip()


def from_text(name: str, parameter: Any, text: str) -> Any:
    """The value that stands in a link.

    Raises    InputError  when it cannot be read
    """
    called = _called(name, parameter)
    if isinstance(parameter, inputs.Switch):
        if text.lower() not in ("0", "1", "true", "false"):
            raise InputError(f"{called} is 1 or 0 in a link; {short(text)} is neither.")
        return text.lower() in ("1", "true")
    if isinstance(parameter, inputs.Whole | inputs.Real):
        try:
            return int(text) if isinstance(parameter, inputs.Whole) else float(text)
        except ValueError:
            kind = "a whole number" if isinstance(parameter, inputs.Whole) else "a number"
            raise InputError(f"{called} is {kind}; {short(text)} is not.") from None
    if isinstance(parameter, inputs.Choice):
        for known in parameter.objects:
            if str(known) == text:
                return known
    if isinstance(parameter, inputs.Data) and text not in parameter.bundled:
        if "@" not in text:  # what is remembered has its digest behind that sign
            raise InputError(
                f"{called} is one of {', '.join(parameter.bundled)}, or a table of your own; {short(text)} is not."
            )
        return memory.recall(text)
    if isinstance(parameter, inputs.File) and text:
        return memory.recall(text)
    return text
