"""The error of a table that cannot be used, the words its sentences share, and the sizes a table may have.

Every message is one sentence that says what was wrong and what would be right. It is fit to be shown to
anyone: file names stand without their folders, and names and cells of the table are shortened and freed of
invisible characters. It is plain text, not HTML: a page that shows it escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_BYTES = 64 * 2**20
MAX_ROWS = 20_000
MAX_COLUMNS = 500
MAX_NAME = 200  # characters in a column name
LARGEST = 1e150  # the sum of squares of MAX_ROWS numbers of this size is still finite
EXACT = 2.0**53  # below this size every whole number is a double


class DataError(ValueError):
    """A table that cannot be used, told in one sentence: what was wrong and what would be right."""


class Place(NamedTuple):
    """A faulty cell: how many there are of its kind, and the first one."""

    number: int
    column: str
    row: str
    cell: str = ""


def tidy(text: str) -> str:
    """Text on one line: each run of white space, control and invisible characters becomes one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shortened(text: str, limit: int) -> str:
    """Tidy text of at most `limit` characters, with an ellipsis where it was cut."""
    line = tidy(text[: 8 * limit])
    return line[: limit - 1].rstrip() + "…" if len(line) > limit or len(text) > 8 * limit else line


def quoted(text: object, limit: int = 40) -> str:
    """A name or a cell in quotes, tidy and short."""
    return f"'{shortened(str(text), limit)}'"


def listed(names: Sequence[str], few: int = 4) -> str:
    """The first few names in quotes, and how many more there are."""
    words = [quoted(name, 24) for name in names[:few]]
    if len(names) > few:
        words.append(f"{len(names) - few:,} more")
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def counted(count: int, thing: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def base_name(path: str) -> str:
    """The last part of a path of any system, so that no folder of a server is ever shown."""
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def fault(subject: str, kind: str, place: Place) -> DataError:
    """The error for cells that are no usable numbers: text, missing, infinite, large or inexact."""
    where = f"in column {quoted(place.column)}, {place.row}"
    cell = quoted(place.cell, 30)
    if kind == "text":
        others = f" (and in {counted(place.number - 1, 'other column')})" if place.number > 1 else ""
        return DataError(
            f"{subject} has text such as {cell} {where}{others}: "
            "each cell must be a plain number, so recode such columns or leave them out."
        )
    if kind in ("missing", "infinite"):
        return DataError(
            f"{subject} has {counted(place.number, kind + ' value')}, the first {where}: "
            "fill in numbers or leave such rows out."
        )
    if kind == "large":
        return DataError(
            f"{subject} has {cell} {where}: numbers may be as large as 1e150, so rescale the column."
        )
    return DataError(
        f"{subject} has the whole number {cell} {where}, which double precision cannot hold exactly: "
        "leave identifiers out, or rescale the column."
    )


def no_such_column(subject: str, name: object, names: Sequence[str]) -> DataError:
    """The error for a column that is asked for and not there."""
    return DataError(f"{subject} has no column {quoted(name)}: choose one of {listed(names)}.")


def check_size(subject: str, rows: int, columns: int) -> None:
    """Raises DataError when a table is larger than a scene can follow, or too small to say anything."""
    if columns > MAX_COLUMNS:
        raise DataError(
            f"{subject} has {columns:,} columns, and at most {MAX_COLUMNS} can be used: keep fewer."
        )
    if rows > MAX_ROWS:
        raise DataError(f"{subject} has {rows:,} rows, and at most {MAX_ROWS:,} can be used: take a sample.")
    if columns < 2:
        raise DataError(f"{subject} has {counted(columns, 'column')}, but at least 2 are needed.")
    if rows < 2:
        raise DataError(f"{subject} has {counted(rows, 'row')} of numbers, but at least 2 are needed.")


def check_names(subject: str, names: Iterable[object]) -> tuple[str, ...]:
    """Tidy column names; DataError when one is empty, is too long or stands twice."""
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if not isinstance(name, str):
            raise DataError(
                f"{subject} has a column name that is not text (column {place}): use text for names."
            )
        word = tidy(name)
        if not word:
            raise DataError(f"{subject} has no name for column {place:,}: give every column a name.")
        if len(word) > MAX_NAME:
            raise DataError(
                f"{subject} has a name of {len(word):,} characters for column {place:,}: "
                f"use at most {MAX_NAME}."
            )
        if word in places:
            raise DataError(
                f"{subject} names both column {places[word]:,} and column {place:,} {quoted(word)}: "
                "give each column its own name."
            )
        places[word] = place
    return tuple(places)
