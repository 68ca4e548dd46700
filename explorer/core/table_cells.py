"""Turns the cells of a text table into numbers, and remembers what is wrong with those that are none.

A number is digits with an optional decimal point, sign and exponent; it is read to the nearest double.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from explorer.core.table_error import EXACT, LARGEST, Place, fault

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "missing", "?", "-", "."})
_INFINITE = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})
_ENOUGH = 10_000  # cells of text after which there is no need to read on
_TRUTH = {"true": 1.0, "false": 0.0}


def read_cell(cell: str) -> tuple[str, float]:
    """What a cell is - number, truth, missing, infinite, large, inexact or text - and its number."""
    cell = cell.strip()
    if _NUMBER.fullmatch(cell):
        number = float(cell)
        if abs(number) > LARGEST:
            return "large", number
        if abs(number) >= EXACT and _WHOLE.fullmatch(cell) and int(cell.lstrip("+-0")) != abs(number):
            return "inexact", number
        return "number", number
    word = cell.lower()
    if word in _TRUTH:
        return "truth", _TRUTH[word]
    return ("missing" if word in _MISSING else "infinite" if word in _INFINITE else "text"), 0.0


def read_row(cells: Sequence[str]) -> list[float] | None:
    """The numbers of a row, or None where its cells must be looked at one by one."""
    joined = "".join(cells)
    if "n" in joined or "N" in joined or "_" in joined or not joined.isascii():
        return None  # what `float` reads beyond plain numbers: nan, inf, 1_000 and foreign digits
    try:
        numbers = list(map(float, cells))
    except ValueError:
        return None
    return numbers if min(numbers) > -EXACT and max(numbers) < EXACT else None


class CellReader:
    """Fills an array row by row. Faults are counted, so that one message can tell of all of a kind.

    Parameters
        subject       : str         how messages call the table
        names         : m str       column names, for messages
        rows          : int         the most rows that can come
        decimal_comma : bool        whether commas stand for decimal points
    """

    def __init__(self, subject: str, names: Sequence[str], rows: int, decimal_comma: bool) -> None:
        self._subject = subject
        self._names = names
        self._values = np.empty((rows, len(names)))
        self._count = 0
        self._decimal_comma = decimal_comma
        self._counts: Counter[str] = Counter()  # of each kind of fault
        self._odd: Counter[int] = Counter()  # cells that are no plain numbers, of each column
        self._first: dict[tuple[str, int], Place] = {}  # text and truths of each column, others of the table

    def add(self, row: int, cells: Sequence[str]) -> None:
        """Reads the cells of one row; `row` is its number in messages. DataError once there is much text."""
        plain = [cell.replace(",", ".") for cell in cells] if self._decimal_comma else cells
        numbers = read_row(plain)
        if numbers is None:
            read = [read_cell(cell) for cell in plain]
            numbers = [number for _, number in read]
            for column, (kind, _) in enumerate(read):
                if kind != "number":
                    self._note(kind, column, row, cells[column])
        self._values[self._count] = numbers
        self._count += 1
        if self._counts["text"] > _ENOUGH:
            self.finish()

    def finish(self) -> np.ndarray:
        """The numbers, array (n, m); DataError for the gravest kind of fault that was met."""
        texts = {
            column: place
            for (kind, column), place in self._first.items()
            if kind == "text" or (kind == "truth" and self._odd[column] < self._count)  # true among numbers
        }
        if texts:
            raise fault(self._subject, "text", texts[min(texts)]._replace(number=len(texts)))
        for kind in ("missing", "infinite", "large", "inexact"):
            if (kind, -1) in self._first:
                raise fault(self._subject, kind, self._first[kind, -1]._replace(number=self._counts[kind]))
        return self._values[: self._count]

    def _note(self, kind: str, column: int, row: int, cell: str) -> None:
        self._counts[kind] += 1
        self._odd[column] += 1
        key = (kind, column if kind in ("text", "truth") else -1)
        if key not in self._first:
            self._first[key] = Place(1, self._names[column], f"row {row:,}", cell.strip())
