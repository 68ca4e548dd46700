"""A measure: one number of a frame, written ``TABLE.COLUMN`` or ``TABLE.COLUMN:HOW``.

TABLE is a table, a series (its page at the chosen value of its cursor) or a field (one row a position, the first
line first, with columns ``x``, ``y`` and ``values``);
``facts.NAME`` is a number among the facts, and ``checks.failed``, ``checks.held``, ``checks.silent`` count
verdicts, while ``checks.NAME`` is how far that check is off, |measured − expected|. HOW says which number of
several rows is meant:

    min max mean median sum std     over the rows, NaN left out; std divides by n − 1
    first last 7 -2                 the row of that place, the first one being 0
    argmin argmax                   the place of the least or largest row
    argmin:OTHER argmax:OTHER       the row where another column of the table is least or largest

It may be left out where there is one row. A measure of no rows, or of NaN alone, is NaN.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.core.frame import Frame
from explorer.core.model import Model
from explorer.core.values import InputError, short

OVER_ROWS: dict[str, Callable[[np.ndarray], Any]] = {
    "min": np.min,
    "max": np.max,
    "mean": np.mean,
    "median": np.median,
    "sum": np.sum,
    "std": lambda rows: np.std(rows, ddof=1) if len(rows) > 1 else np.nan,
}
PLACES: dict[str, Callable[[np.ndarray], Any]] = {"argmin": np.nanargmin, "argmax": np.nanargmax}
COUNTS = {"failed": "fails", "held": "holds", "silent": "n/a"}
WAYS = ", ".join((*OVER_ROWS, "first", "last", *PLACES, "argmin:OTHER"))


class MeasureError(InputError):
    """A measure that the frame at hand does not have: one sentence that says what it has."""


@dataclass(frozen=True)
class Measure:
    """``table.column:how:other``; `how` and `other` may be empty."""

    text: str
    table: str
    column: str
    how: str = ""
    other: str = ""

    def __call__(self, model: Model) -> float:
        """The number, of the model's present frame.

        Raises    MeasureError  when the frame has no such table, column or row, or it holds no numbers
        """
        if self.table == "checks":
            return self._of_checks(model)
        frame = model.opened(model.frame)
        if self.table == "facts":
            return self._number(_entry(frame.facts, self.column, "facts", self.text))
        columns = _columns(frame, self.table, self.text)
        rows = self._rows(columns, self.column)
        return self._reduced(columns, rows)

    def _rows(self, columns: dict[str, np.ndarray], name: str) -> np.ndarray:
        rows = _entry(columns, name, f"table {self.table}", self.text)
        if rows.dtype.kind not in "biuf":
            held = "complex numbers" if rows.dtype.kind == "c" else "text"
            raise MeasureError(f"{self.text}: {name} holds {held}, and a measure is a number.")
        return np.asarray(rows, float).ravel()

    def _reduced(self, columns: dict[str, np.ndarray], rows: np.ndarray) -> float:
        if self.how in OVER_ROWS:
            known = rows[~np.isnan(rows)]
            return float(OVER_ROWS[self.how](known)) if len(known) else float("nan")
        if self.how in PLACES:
            key = self._rows(columns, self.other) if self.other else rows
            if len(key) != len(rows):
                raise MeasureError(
                    f"{self.text}: {self.column} has {len(rows)} rows and {self.other} {len(key)}; they do not "
                    "stand beside each other."
                )
            if np.isnan(key).all():
                return float("nan")
            place = int(PLACES[self.how](key))
            return float(rows[place]) if self.other else float(place)
        return self._at(rows)

    def _at(self, rows: np.ndarray) -> float:
        """The row of a place, or the only one."""
        if not self.how and len(rows) > 1:
            raise MeasureError(
                f"{self.text} has {len(rows)} rows here; say which number is meant, as in {self.text}:min ({WAYS})."
            )
        place = {"": 0, "first": 0, "last": -1}.get(self.how)
        place = int(self.how) if place is None else place
        if not len(rows):
            return float("nan")
        if not -len(rows) <= place < len(rows):
            raise MeasureError(f"{self.text} asks for row {place} of {len(rows)}; the first one is 0.")
        return float(rows[place])

    def _of_checks(self, model: Model) -> float:
        checks = model.checks()
        if self.column in COUNTS:
            return float(sum(check.verdict == COUNTS[self.column] for check in checks))
        found = {check.name: check for check in checks}
        check = _entry(found, self.column, f"checks ({', '.join(COUNTS)})", self.text)
        return abs(check.measured - check.expected) if check.applies else float("nan")

    def _number(self, held: Any) -> float:
        if not isinstance(held, int | float | np.number | np.bool_):
            raise MeasureError(f"{self.text} is {short(held)}, and a measure is a number.")
        return float(held)


def _columns(frame: Frame, name: str, text: str) -> dict[str, Any]:
    if name in frame.series:
        return dict(frame.page(name))
    if name in frame.fields:
        grid = frame.field(name)
        x, y = np.meshgrid(grid.x, grid.y)
        return {"values": grid.values, "x": x, "y": y}
    if name in frame.tables:
        return dict(frame.tables[name])
    known = (*frame.tables, *frame.series, *frame.fields, "facts", "checks")
    raise MeasureError(_missing(text, "the frame", f"table {name!r}", name, known))


def _entry(held: Any, name: str, where: str, text: str) -> Any:
    if name not in held:
        raise MeasureError(_missing(text, where, f"{name!r}", name, held))
    return held[name]


def _missing(text: str, where: str, what: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    has = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(names) or 'nothing'}."
    return f"{text}: {where} has no {what}; {has}"


def measure_of(text: str) -> Measure:
    """The measure that a text describes.

    Raises    InputError  one sentence, when it is none
    """
    table, dot, rest = text.strip().partition(".")
    column, _, way = rest.partition(":")
    how, _, other = way.partition(":")
    if not (table and dot and column):
        raise InputError(f"a measure is TABLE.COLUMN or TABLE.COLUMN:HOW; {short(text)} is not.")
    known = how in ("", "first", "last") or how in OVER_ROWS or how in PLACES
    if not known and not re.fullmatch(r"-?\d{1,9}", how):
        raise InputError(
            f"{short(text)}: {how!r} is no way to take one number; there are {WAYS}, or a row's place."
        )
    if other and how not in PLACES:
        raise InputError(f"{short(text)}: only argmin and argmax go by another column.")
    if how and table in ("facts", "checks"):
        raise InputError(f"{short(text)}: {table} are single numbers; leave :{way} out.")
    return Measure(text.strip(), table, column, how, other)


def measures_of(texts: str | Sequence[str]) -> tuple[Measure, ...]:
    """One or more measures, each once."""
    found = [measure_of(text) for text in ([texts] if isinstance(texts, str) else texts)]
    twice = {measure.text for measure in found if found.count(measure) > 1}
    if twice or not found:
        raise InputError(f"{min(twice)} is measured twice." if twice else "there is nothing to measure.")
    return tuple(found)
