"""Reads a table of numbers from text separated by commas, semicolons, tabs or bars.

Encoding. UTF-8 with or without a byte order mark, or UTF-16 with one. Bytes that are not UTF-8 are read as
Windows-1252 (Latin-1 and the signs that spreadsheets add to it). Numbers are the same in all of these, so at
worst an accent in a column name is shown wrong.

Layout. The first line that is not blank names the columns. Lines that are blank, or hold only separators, are
skipped. Messages count rows as a spreadsheet does: the first line is row 1, and blank lines count.

Decimal commas are understood where the separator is not a comma and no point occurs below the header. Where
each comma could as well group thousands (``1,234``), the file is refused, not guessed. A column of nothing
but ``true`` and ``false`` becomes 1 and 0. A whole number that a double cannot hold exactly is refused: it is
most likely an identifier.

Python's `float` over each row leaves one description of what a number is, reads to the nearest double, and
needs no library to be loaded: a table of 500 rows is read before pandas or Arrow have been imported. At the
limit it is slower than they are (20,000 x 300 cells of six digits, 52 MiB: 1.1 s, and 0.3 s with either).
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from explorer.core.table_cells import CellReader
from explorer.core.table_error import (
    MAX_COLUMNS,
    MAX_ROWS,
    DataError,
    check_names,
    check_size,
    quoted,
)

SEPARATORS = ",;\t|"
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
_NO_CONTROLS = bytes(set(range(256)) - set(range(32)) - {127} | set(b"\t\n\r"))
_LONGEST_LINE = 2**20  # 2,000 characters for each of 500 cells
_SAMPLE = 30
_FOREIGN = {
    b"PK\x03\x04": "a spreadsheet or a zip archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet of an old kind",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a compressed file",
    b"PAR1": "a Parquet file under another name",
}


class Layout(NamedTuple):
    """How a text is laid out: lines, separator, first row, and the lines where header and body begin."""

    lines: list[str]
    separator: str
    header: list[str]
    start: int
    body: int


def read_text(data: bytes, subject: str) -> tuple[tuple[str, ...], np.ndarray]:
    """The column names and the numbers of a text table.

    Parameters
        data    : bytes         the whole file
        subject : str           how messages call it, such as ``The file 'x.csv'``

    Returns
        names, values           m str, array (n, m)

    Raises                      DataError   when the text is no table of numbers; see the head of this module
    Cost: O(bytes), about 50 MiB/s.
    Holds: doubles written with `repr` come back bit for bit.
    """
    layout = find_layout(split_lines(decode(data, subject), subject), subject)
    width = len(layout.header)
    check_size(subject, 2, width)
    names = [name.strip() for name in layout.header]
    if any(names) and all(not name or _NUMBER.fullmatch(name) for name in names):
        raise DataError(f"{subject} begins with a row of numbers: put a row with the column names above it.")
    columns = check_names(subject, names)
    rows = sum(1 for line in layout.lines[layout.body :] if line and not line.isspace())
    check_size(subject, rows, width)
    reader = CellReader(subject, columns, rows, has_decimal_comma(layout, subject))
    for row, cells in records(layout, subject):
        reader.add(row, cells)
    return columns, reader.finish()


def decode(data: bytes, subject: str) -> str:
    """The text of a file with plain line ends; DataError when the file is not text or is empty."""
    for start, what in _FOREIGN.items():
        if data.startswith(start):
            raise DataError(f"{subject} is {what}, not a text table: save the table as CSV.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", errors="replace").encode()
    if data.translate(None, _NO_CONTROLS):
        raise DataError(f"{subject} holds binary data, not a text table: save the table as CSV.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if not text or text.isspace():
        raise DataError(f"{subject} is empty: it needs a row of column names and rows of numbers below it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def split_lines(text: str, subject: str) -> list[str]:
    """The lines of a text without the empty ones at its end; DataError for far too many, or too long ones."""
    count = text.count("\n")
    if count > 4 * MAX_ROWS:  # before a list is made of them
        raise DataError(
            f"{subject} has {count:,} lines, and at most {MAX_ROWS:,} rows can be used: take a sample."
        )
    lines = text.split("\n")
    while lines and not lines[-1].strip(SEPARATORS + " "):
        lines.pop()
    if not lines:
        raise DataError(f"{subject} holds only separators: it needs column names and rows of numbers.")
    longest = max(range(len(lines)), key=lambda index: len(lines[index]))
    if len(lines[longest]) > _LONGEST_LINE:
        raise DataError(
            f"{subject} has {len(lines[longest]):,} characters in line {longest + 1:,}: "
            f"use at most {MAX_COLUMNS} columns and one line for each row."
        )
    return lines


def find_layout(lines: list[str], subject: str) -> Layout:
    """The separator that explains the first lines best, and what the first row says with it."""
    start = next(index for index, line in enumerate(lines) if line.strip())
    separator = max(SEPARATORS, key=lambda one: _fit(lines[start : start + _SAMPLE], one))
    reader = _csv_reader(lines[start:], separator)
    try:
        header = next(reader)
    except csv.Error as problem:
        raise _quoting(subject, start + 1, problem) from problem
    layout = Layout(lines, separator, header, start, start + reader.line_num)
    if len(header) < 2:
        raise _one_column(layout, subject)
    return layout


def has_decimal_comma(layout: Layout, subject: str) -> bool:
    """Whether commas stand for decimal points; DataError where they may as well group thousands."""
    body = layout.lines[layout.body :]
    if layout.separator == "," or any("." in line for line in body):
        return False
    grouped = ""
    for line in body:
        for cell in line.split(layout.separator) if "," in line else ():
            number = cell.strip(' \t"')
            if _THOUSANDS.fullmatch(number):
                grouped = grouped or number
            elif _DECIMAL_COMMA.fullmatch(number):
                return True
    if grouped:
        raise DataError(
            f"{subject} has numbers such as {quoted(grouped, 24)}, where the comma may be a decimal comma or "
            "may group thousands: write decimal points and no thousands separators."
        )
    return False


def records(layout: Layout, subject: str) -> Iterator[tuple[int, list[str]]]:
    """Row number, as in a spreadsheet, and cells of each row below the header; DataError at a ragged one."""
    reader = _csv_reader(layout.lines[layout.body :], layout.separator)
    width = len(layout.header)
    row = layout.start + 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            raise _quoting(subject, layout.body + reader.line_num, problem) from problem
        if cells is None:
            return
        row += 1
        if not any(map(str.strip, cells)):
            continue
        if len(cells) != width:
            raise DataError(
                f"{subject} has {len(cells):,} cells in line {layout.body + reader.line_num:,} "
                f"but {width} column names: give each line one cell for each name."
            )
        yield row, cells


def _fit(lines: list[str], separator: str) -> tuple[float, int]:
    """How well a separator explains lines: share of rows as wide as the header, of numbers, then columns."""
    found: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # told of when the whole text is read
        found.extend(cells for cells in _csv_reader(lines, separator) if any(map(str.strip, cells)))
    header, rows = (found or [[]])[0], found[1:]
    if len(header) < 2:
        return -1.0, len(header)
    cells = [cell.strip() for row in rows if len(row) == len(header) for cell in row]
    wide = sum(len(row) == len(header) for row in rows) / max(len(rows), 1)
    numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in cells) / max(len(cells), 1)
    return wide + numbers, len(header)


def _csv_reader(lines: Iterable[str], separator: str):
    """A strict reader; it needs the line ends to tell a line break inside quotes from the end of a row."""
    return csv.reader(
        (line + "\n" for line in lines), delimiter=separator, strict=True, skipinitialspace=True
    )


def _quoting(subject: str, line: int, problem: csv.Error) -> DataError:
    if "field larger" in str(problem):
        return DataError(
            f"{subject} has a very long cell at line {line:,}: close each quotation mark that is opened."
        )
    return DataError(
        f"{subject} has a quotation mark out of place at line {line:,}: quote whole cells or none."
    )


def _one_column(layout: Layout, subject: str) -> DataError:
    name = quoted("".join(layout.header))
    cell = "".join(layout.lines[layout.body : layout.body + 1]).strip()
    if not cell or _NUMBER.fullmatch(cell):
        return DataError(f"{subject} has only one column, {name}, but at least 2 are needed.")
    return DataError(
        f"{subject} has everything in one column, {name}: "
        "separate the columns with commas, semicolons, tabs or bars."
    )
