"""Turns columns that are already in memory (arrays, data frames, mappings) into numbers."""

from __future__ import annotations

import decimal
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.core.table_error import (
    EXACT,
    LARGEST,
    DataError,
    Place,
    check_names,
    check_size,
    counted,
    fault,
    quoted,
)

_NOT_NUMBERS = {
    "M": "dates",
    "m": "durations",
    "c": "complex numbers",
    "V": "records",
    "S": "bytes",
}


def from_mapping(columns: Mapping[Any, Any], subject: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Column names and numbers of a mapping from names to columns of equal length."""
    names = check_names(subject, columns)
    check_size(subject, 2, len(names))
    arrays = [_column(column, name, subject) for name, column in zip(names, columns.values(), strict=True)]
    lengths = {name: len(array) for name, array in zip(names, arrays, strict=True)}
    short, long = min(names, key=lengths.__getitem__), max(names, key=lengths.__getitem__)
    if lengths[short] != lengths[long]:
        raise DataError(
            f"{subject} has {lengths[short]:,} rows in column {quoted(short)} but {lengths[long]:,} "
            f"in column {quoted(long)}: give all columns the same length."
        )
    check_size(subject, lengths[long], len(names))
    return names, stacked(names, arrays, subject)


def from_frame(frame: Any, subject: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Column names and numbers of a data frame of pandas or one that looks alike; its index is left out."""
    labels = list(frame.columns)
    names = check_names(subject, map(str, labels))
    check_size(subject, len(frame), len(names))
    return names, stacked(names, [_column(frame[label], str(label), subject) for label in labels], subject)


def matrix_names(matrix: np.ndarray, subject: str) -> tuple[str, ...]:
    """x1 to xm, for an array (n, m) that comes without names."""
    if matrix.ndim != 2:
        raise DataError(f"{subject} has {matrix.ndim} axes: give an array with 2, rows and columns.")
    return tuple(f"x{place}" for place in range(1, matrix.shape[1] + 1))


def matrix_numbers(matrix: np.ndarray, names: tuple[str, ...], subject: str) -> np.ndarray:
    """The numbers of an array (n, m) with m names; DataError for wrong sizes and what is no number."""
    array = matrix if isinstance(matrix, np.ma.MaskedArray) else np.asarray(matrix)
    if array.ndim != 2:
        raise DataError(f"{subject} has {array.ndim} axes: give an array with 2, rows and columns.")
    check_size(subject, *array.shape)
    if len(names) != array.shape[1]:
        raise DataError(
            f"{subject} has {counted(len(names), 'name')} for {array.shape[1]} columns: they must agree."
        )
    if array.dtype == float and not isinstance(array, np.ma.MaskedArray):
        return array
    return stacked(names, list(array.T), subject)


def stacked(names: tuple[str, ...], arrays: list[Any], subject: str) -> np.ndarray:
    """Array (n, m) of the numbers of m columns of equal length."""
    values = np.empty((len(arrays[0]), len(arrays)))
    for place, (name, array) in enumerate(zip(names, arrays, strict=True)):
        values[:, place] = real_numbers(array, name, subject)
    return values


def real_numbers(cells: np.ndarray, name: str, subject: str) -> np.ndarray:
    """The numbers of one column as doubles, NaN where one is missing; DataError where they are none.

    Parameters
        cells   : array (n,)    booleans, whole numbers, floats, or Python objects
        name    : str           of the column, for messages
        subject : str           how messages call the table
    """
    if isinstance(cells, np.ma.MaskedArray):  # an array of its own would bring back what the mask hides
        hidden = np.ma.getmaskarray(cells)
        cells = cells.data.astype(object)
        cells[hidden] = None
    if cells.dtype.kind in _NOT_NUMBERS:
        what = _NOT_NUMBERS[cells.dtype.kind]
        raise DataError(
            f"{subject} has {what} in column {quoted(name)}: give real numbers, or leave the column out."
        )
    if cells.dtype.kind in "OUT":
        return np.array([_real_number(cell, name, row, subject) for row, cell in enumerate(cells, start=1)])
    with np.errstate(invalid="ignore", over="ignore"):  # what overflows is infinite, and told of as such
        values = cells.astype(float)
    if cells.dtype.kind in "iu":
        for row in np.flatnonzero(np.abs(values) >= EXACT):
            _real_number(int(cells[row]), name, int(row) + 1, subject)
    return values


def check_numbers(values: np.ndarray, names: tuple[str, ...], subject: str) -> None:
    """Raises DataError where a table (n, m) holds NaN, infinite or too large numbers."""
    if np.isfinite(values).all() and np.abs(values).max() <= LARGEST:
        return
    faults = {"missing": np.isnan(values), "infinite": np.isinf(values), "large": np.abs(values) > LARGEST}
    for kind, where in faults.items():
        if where.any():
            row, column = np.argwhere(where)[0]
            place = Place(int(where.sum()), names[column], _row(row + 1), f"{values[row, column]:g}")
            raise fault(subject, kind, place)


def _column(column: Any, name: str, subject: str) -> np.ndarray:
    if isinstance(column, list | tuple):  # left to itself, numpy makes [1.5, "a"] text and rounds [-1, 2**63]
        array = np.fromiter(column, object, len(column))
    else:
        array = column if isinstance(column, np.ma.MaskedArray) else np.asarray(column)
    if array.ndim != 1:
        raise DataError(
            f"{subject} has {array.ndim} axes in column {quoted(name)}: give each column as plain numbers."
        )
    return array


def _real_number(cell: Any, name: str, row: int, subject: str) -> float:
    """One Python object as a double; the types that pandas has for missing values are known by name."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return np.nan
    if isinstance(cell, str):
        raise fault(subject, "text", Place(1, name, _row(row), cell))
    if not isinstance(cell, numbers.Real | decimal.Decimal | np.bool_):
        raise DataError(
            f"{subject} has a value of type {quoted(type(cell).__name__)} in column {quoted(name)}, "
            f"{_row(row)}: each cell must be a number."
        )
    try:
        number = float(cell)
    except OverflowError:  # reported as any other number that is too large
        return np.inf
    if isinstance(cell, numbers.Integral) and abs(number) <= LARGEST and int(cell) != int(number):
        raise fault(subject, "inexact", Place(1, name, _row(row), str(int(cell))))
    return number


def _row(row: int) -> str:
    return f"row {row:,} of the numbers"
