"""An axis of a grid: the values of one input, written as text or given as a sequence.

    8,16,32             a list
    8,16,…,512          continued by ratio if that ends at the last value, else by difference (… or ...)
    0:100               whole steps from 0 up to 99, as Python's range
    0:1:0.25            0, 0.25, 0.5, 0.75: the end is left out; computed without round-off
    1e-3:1e3:log7       seven values evenly by ratio, both ends included
    0:1:lin11           eleven values evenly spaced, both ends included
    *                   every value of a choice, a switch or the bundled tables

Numbers, ranges and lists may be mixed: ``0,1,10:20``. Choices are listed by their names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import Any

from explorer.core import inputs, values
from explorer.core.values import InputError, short

MOST = 100_000  # values of an axis
GAPS = ("…", "...")
NUMBERS = inputs.Real | inputs.Whole


@dataclass(frozen=True)
class Axis:
    """An input and the values it takes, in order, each once.

    Parameters
        name   : str
        values : tuple   in the input's own type, within its bounds
    """

    name: str
    values: tuple


def axis_of(name: str, parameter: Any, given: Any) -> Axis:
    """The axis that a text, a sequence or a single value describes.

    Raises    InputError  one sentence, when it cannot be read, leaves the input's bounds or names a value twice
    """
    if isinstance(given, str):
        read: Iterable[Any] = _read(name, parameter, given)
    elif isinstance(given, Iterable):
        read = (value.item() if hasattr(value, "item") else value for value in given)
    else:
        read = (given,)
    found: dict[Any, Any] = {}
    for value in read:
        checked = _checked(name, parameter, value)
        if checked in found:
            raise InputError(f"{name} takes {short(checked)} twice; each value stands once on an axis.")
        found[checked] = checked
        if len(found) > MOST:
            raise InputError(f"{name} takes more than {MOST:,} values; give fewer.")
    if not found:
        raise InputError(f"{name} takes no value; give one or more, such as {name}=1,2,3.")
    return Axis(name, tuple(found.values()))


def _checked(name: str, parameter: Any, value: Any) -> Any:
    if isinstance(parameter, inputs.Data | inputs.File) and not isinstance(value, str):
        raise InputError(f"{name} is swept over what is bundled, by name; give a file of your own as fixed.")
    if isinstance(parameter, inputs.File) and value:
        raise InputError(f"{name} is a file; give it as fixed, and sweep over another input.")
    if isinstance(parameter, inputs.Data) and value not in parameter.bundled:
        known = ", ".join(parameter.bundled)
        raise InputError(f"{name} is swept over what is bundled, {known}; {short(value)} is not.")
    return values.check(name, parameter, value)


def _read(name: str, parameter: Any, text: str) -> Iterator[Any]:
    if isinstance(parameter, NUMBERS):
        whole = isinstance(parameter, inputs.Whole)
        yield from (_plain(number, whole) for number in _numbers(name, text, whole))
    elif text.strip() == "*":
        yield from _every(name, parameter)
    else:
        named = isinstance(parameter, inputs.Data | inputs.File)  # a reference would recall someone's file
        for part in text.split(","):
            yield part.strip() if named else values.from_text(name, parameter, part.strip())


def _every(name: str, parameter: Any) -> Sequence[Any]:
    if isinstance(parameter, inputs.Choice):
        return parameter.objects
    if isinstance(parameter, inputs.Switch):
        return (False, True)
    if isinstance(parameter, inputs.Data):
        return tuple(parameter.bundled)
    raise InputError(f"{name} has no list of values that * could stand for; name them.")


# Numbers ------------------------------------------------------------------------------------------------


def _plain(number: Fraction | float, whole: bool) -> int | float:
    """The nearest double; an int where the input is one and the number is whole."""
    return int(number) if whole and number == int(number) else float(number)


def _numbers(name: str, text: str, whole: bool) -> list[Fraction | float]:
    parts = [part.strip() for part in text.split(",")]
    if any(part in GAPS for part in parts):
        return _continued(name, parts, text)
    found: list[Fraction | float] = []
    for part in parts:
        found += _range(name, part, whole) if ":" in part else [_number(name, part)]
    return found


def _number(name: str, text: str) -> Fraction:
    try:
        exact = Decimal(text)
    except InvalidOperation:
        raise InputError(f"{name} takes numbers; {short(text)} is not one.") from None
    if not exact.is_finite() or not -320 < exact.adjusted() < 308 or len(text) > 60:
        raise InputError(f"{name} takes finite numbers of plain size; {short(text)} is not one.")
    return Fraction(exact)


def _range(name: str, text: str, whole: bool) -> list[Fraction | float]:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) not in (2, 3):
        raise InputError(f"{name} takes ranges start:end or start:end:step; {short(text)} is none.")
    low, high = _number(name, parts[0]), _number(name, parts[1])
    if len(parts) == 3 and parts[2][:3] in ("log", "lin"):
        return _spaced(name, low, high, parts[2], whole)
    step = _number(name, parts[2]) if len(parts) == 3 else Fraction(1)
    if step == 0:
        raise InputError(f"{name} goes by steps that are not zero; {short(text)} stands still.")
    count = max(0, math.ceil((high - low) / step))
    if count == 0:
        raise InputError(
            f"{name} takes no value in {short(text)}; the end is left out, as in Python's range."
        )
    _check_count(name, count)
    return [low + step * place for place in range(count)]


def _spaced(name: str, low: Fraction, high: Fraction, words: str, whole: bool) -> list[Fraction | float]:
    """``log7`` or ``lin7``: so many values from end to end; rounded for an input that is whole."""
    if not words[3:].isdecimal() or len(words) > 12 or int(words[3:]) < 2:
        raise InputError(f"{name} takes start:end:log7 for seven values; {short(words)} is no such number.")
    count = int(words[3:])
    _check_count(name, count)
    shares = [Fraction(place, count - 1) for place in range(count)]
    if words.startswith("lin"):
        found: list[Any] = [low + (high - low) * share for share in shares]
    elif low <= 0 or high <= 0:
        raise InputError(f"{name} goes by ratio between positive ends only; use lin{count}.")
    else:
        start, end = math.log10(low), math.log10(high)  # base ten: its powers come out whole
        found = [low, *(10.0 ** (start + (end - start) * float(share)) for share in shares[1:-1]), high]
    return list(dict.fromkeys(Fraction(round(value)) for value in found)) if whole else found


def _check_count(name: str, count: int) -> None:
    if count > MOST:
        raise InputError(f"{name} would take {count:,} values; at most {MOST:,} are possible.")


def _continued(name: str, parts: list[str], text: str) -> list[Fraction | float]:
    """``8,16,…,512``: by ratio where the first values keep one and it ends at the last; else by difference."""
    place = next(place for place, part in enumerate(parts) if part in GAPS)
    if place < 2 or place != len(parts) - 2:
        raise InputError(
            f"{name}: … stands between two or more first values and the last one, as in 8,16,…,512."
        )
    head, last = [_number(name, part) for part in parts[:place]], _number(name, parts[-1])
    found = _by_ratio(head, last) or _by_difference(name, head, last)
    if not found:
        raise InputError(
            f"{name}: {short(text)} goes to {parts[-1]} neither by a ratio nor by a difference; list the values."
        )
    return list(found)


def _by_ratio(head: list[Fraction], last: Fraction) -> list[Fraction]:
    ratio = head[1] / head[0] if head[0] else Fraction(0)
    if ratio <= 0 or ratio == 1 or any(b != a * ratio for a, b in pairwise(head)):
        return []
    found = list(head)
    while abs(found[-1]) != abs(last) and (abs(found[-1]) < abs(last)) == (ratio > 1) and len(found) < 2000:
        found.append(found[-1] * ratio)
    return found if found[-1] == last else []


def _by_difference(name: str, head: list[Fraction], last: Fraction) -> list[Fraction]:
    step = head[1] - head[0]
    if step == 0 or any(b - a != step for a, b in pairwise(head)):
        return []
    count = (last - head[0]) / step
    if count.denominator != 1 or count + 1 < len(head):
        return []
    _check_count(name, int(count) + 1)
    return [head[0] + step * place for place in range(int(count) + 1)]
