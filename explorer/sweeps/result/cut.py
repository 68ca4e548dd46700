"""The part of a grid that is drawn: two axes, one to average over, and every other one held at a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from explorer.grid.result import Result
from explorer.sweeps.result.source import NONE

MOST_ACROSS, MOST_ALONG = 200, 100  # values drawn of the two axes; of more, some evenly
DIGITS, LETTERS = 4, 16  # of a value in words, unless it takes more to tell it from another


@dataclass(frozen=True, eq=False)
class Cut:
    """Two axes of a sweep and what stands behind each pair of their values.

    Parameters
        result  : Result
        measure : str
        x, y    : str                  axes drawn across and along; y may be none
        over    : str                  axis averaged over; may be none
        fixed   : name -> value        where the other axes are held
        values  : array (nx, ny, n)    the measure; NaN where a cell failed or gave no finite number
        reasons : array (nx, ny, n)    why a cell failed; empty where it did not
        rows    : array (nx, ny, n)    the row of the file
        levels  : tuples of the axes' values that are drawn: x, y, over
    """

    result: Result
    measure: str
    x: str
    y: str
    over: str
    fixed: dict[str, Any]
    values: np.ndarray
    reasons: np.ndarray
    rows: np.ndarray
    levels: tuple[tuple, tuple, tuple]

    @property
    def mean(self) -> np.ndarray:
        """Array (nx, ny): over the finite values; NaN where there are none."""
        count = self.count
        return np.divide(
            np.nansum(self.values, axis=2), count, out=np.full(count.shape, np.nan), where=count > 0
        )

    @property
    def count(self) -> np.ndarray:
        """Array (nx, ny): how many finite values there are."""
        return np.isfinite(self.values).sum(axis=2)

    @property
    def error(self) -> np.ndarray:
        """Array (nx, ny): standard error of the mean, s/√n; NaN for fewer than two values."""
        return standard_error(self.values)

    @property
    def failed(self) -> np.ndarray:
        """Array (nx, ny): how many cells failed."""
        return (self.reasons != "").sum(axis=2)

    @property
    def not_finite(self) -> np.ndarray:
        """Array (nx, ny): how many cells did not fail and gave no finite number, as a run that diverges does."""
        return ((self.reasons == "") & ~np.isfinite(self.values)).sum(axis=2)

    @cached_property
    def _words(self) -> dict[str, dict[Any, str]]:
        listed = {name: self.result.axis(name)["values"] for name in self.result.axes}
        return {name: dict(zip(levels, words(levels), strict=True)) for name, levels in listed.items()}

    def word(self, axis: str, value: Any) -> str:
        """A value of an axis, told apart from its others; empty for no axis."""
        return "" if axis == NONE else self._words[axis][value]

    def named(self, axis: str, value: Any) -> str:
        """``width = 64``, with the axis' unit."""
        unit = self.result.axis(axis)["unit"]
        return f"{axis} = {self.word(axis, value)}{' ' + unit if unit else ''}"


def standard_error(values: np.ndarray) -> np.ndarray:
    """Array (...) from (..., n): s/√n of the finite values among n; NaN for fewer than two."""
    count = np.isfinite(values).sum(axis=-1)
    none = np.full(count.shape, np.nan)
    mean = np.divide(np.nansum(values, axis=-1), count, out=none.copy(), where=count > 0)
    off = values - mean[..., None]
    _, exponent = np.frexp(np.nanmax(np.abs(off), axis=-1, initial=0.0))
    squares = np.nansum(np.ldexp(off, -exponent[..., None]) ** 2, axis=-1)  # no power of two changes a digit
    return np.ldexp(np.sqrt(np.divide(squares, count * (count - 1.0), out=none, where=count > 1)), exponent)


def words(levels: Sequence) -> tuple[str, ...]:
    """The values of an axis, short, but with as many digits or letters as tell them apart."""
    for more in range(18 - DIGITS):  # 17 digits tell any two floats apart
        found = tuple(_word(level, DIGITS + more, LETTERS * (1 + more)) for level in levels)
        if len(set(found)) == len(levels):
            return found
    return tuple(map(str, levels))


def _word(level: Any, digits: int = DIGITS, letters: int = LETTERS) -> str:
    text = f"{level:.{digits}g}" if isinstance(level, float) else str(level)
    return text if len(text) <= letters else text[: letters - 1] + "…"


def cut(result: Result, measure: str, x: str, y: str, over: str, hold: str) -> Cut:
    """The cut that a page's inputs describe. An axis drawn twice counts once: across before along before averaged.

    Raises    ValueError  one sentence, when `hold` names no other axis or none of its values
    """
    y = NONE if y == x else y
    over = NONE if over in (x, y) else over
    free = [name for name in (x, y, over) if name != NONE]
    fixed = _held(result, [name for name in result.axes if name not in free], hold)
    places = {name: result.axis(name)["values"].index(value) for name, value in fixed.items()}
    at = tuple(places.get(name, slice(None)) for name in result.axes)
    left = [name for name in result.axes if name in free]
    order = [left.index(name) for name in free]
    shape = [len(result.axis(name)["values"]) if name != NONE else 1 for name in (x, y, over)]
    drawn = [_some(number, most) for number, most in zip(shape, (MOST_ACROSS, MOST_ALONG, None), strict=True)]
    rows = np.arange(len(result.columns[measure])).reshape(result.shape)[at].transpose(order).reshape(shape)
    rows = rows[np.ix_(*drawn)]
    values = result.columns[measure][rows]
    levels = tuple(
        tuple(result.axis(name)["values"][place] for place in some) if name != NONE else ("",)
        for name, some in zip((x, y, over), drawn, strict=True)
    )
    found = np.where(np.isfinite(values), values, np.nan)
    return Cut(result, measure, x, y, over, fixed, found, result.columns["reason"][rows], rows, levels)  # type: ignore[arg-type]


def _some(number: int, most: int | None) -> np.ndarray:
    """Places of all values, or of as many as can be drawn, both ends among them."""
    if most is None or number <= most:
        return np.arange(number)
    return np.linspace(0, number - 1, most).astype(int)


def _held(result: Result, others: list[str], hold: str) -> dict[str, Any]:
    """Other axes -> the values that `hold` names, ``noise=0.5, depth=2``; the first value where it names none."""
    wanted: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in hold.split(","))):
        name, sign, text = (piece.strip() for piece in part.partition("="))
        if not sign:
            raise ValueError(f"An axis is held as in noise=0.5; {part[:40]!r} names no value.")
        if name not in others:
            names = ", ".join(others) or "none is left"
            raise ValueError(
                f"{name[:40]!r} is no axis that could be held; those neither drawn nor averaged: {names}."
            )
        wanted[name] = text
    fixed = {}
    for name in others:
        levels = result.axis(name)["values"]
        fixed[name] = _level(name, levels, wanted[name]) if name in wanted else levels[0]
    return fixed


def _level(name: str, levels: list, text: str) -> Any:
    """The value that a text writes in full, or else the only one that it writes in short."""
    told = dict(zip(levels, words(levels), strict=True))
    for level in levels:
        if text == str(level) or (isinstance(level, float) and _same(text, level)):
            return level
    found = [level for level in levels if text == told[level]] or [
        level for level in levels if text == _word(level)
    ]
    if len(found) == 1:
        return found[0]
    known = _listed([told[level] for level in found or levels])
    if found:
        raise ValueError(f"{name} takes several values that are written {text}: {known}; give one in full.")
    raise ValueError(f"{name} takes the values {known}; {text[:40]!r} is none of them.")


def _listed(some: list[str]) -> str:
    return ", ".join(some[:8]) + (", …" if len(some) > 8 else "")


def _same(text: str, level: float) -> bool:
    try:
        return float(text) == level
    except ValueError:
        return False
