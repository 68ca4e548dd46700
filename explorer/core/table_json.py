"""Carries a table inside JSON, exact to the last bit, and takes it out again without trusting it."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.core.table_error import MAX_COLUMNS, MAX_ROWS, DataError, check_size, listed

FORMAT = "ridgeline table 1"
_SUBJECT = "The stored table"
_KEYS = {"format": str, "name": str, "columns": list, "shape": list, "values": str, "source": str}


def pack(name: str, columns: tuple[str, ...], values: np.ndarray, source: str) -> dict[str, Any]:
    """A dict of JSON's own types; values as base64 of zlib-packed little-endian doubles, row by row."""
    return {
        "format": FORMAT,
        "name": name,
        "columns": list(columns),
        "shape": list(values.shape),
        "values": base64.b64encode(zlib.compress(values.astype("<f8").tobytes())).decode("ascii"),
        "source": source,
    }


def unpack(packed: Mapping[str, Any]) -> tuple[str, tuple[str, ...], np.ndarray, str]:
    """Name, column names, numbers (n, m) and source of a packed table.

    Raises                      DataError   when anything in it is not as `pack` writes it; no more bytes are
                                            unpacked than its shape asks for, and shapes are limited
    """
    if not isinstance(packed, Mapping):
        raise DataError(f"{_SUBJECT} is {type(packed).__name__}, not an object: give what to_json wrote.")
    wrong = [key for key, kind in _KEYS.items() if not isinstance(packed.get(key), kind)]
    wrong += [str(key) for key in packed if key not in _KEYS]
    if wrong:
        raise DataError(
            f"{_SUBJECT} has missing or wrong entries ({listed(wrong)}): give what to_json wrote."
        )
    if packed["format"] != FORMAT:
        raise DataError(f"{_SUBJECT} is of another format: give one that begins with '{FORMAT}'.")
    rows, columns = _shape(packed["shape"])
    if len(packed["columns"]) != columns:
        raise DataError(
            f"{_SUBJECT} names {len(packed['columns']):,} columns but holds {columns:,}: they must agree."
        )
    data = _inflate(packed["values"], rows * columns * 8)
    values = np.frombuffer(data, "<f8").reshape(rows, columns)
    return packed["name"], tuple(packed["columns"]), values, packed["source"]


def _shape(shape: list[Any]) -> tuple[int, int]:
    if len(shape) != 2 or any(type(size) is not int for size in shape):
        raise DataError(f"{_SUBJECT} has a wrong shape: give two whole numbers, rows and columns.")
    rows, columns = (min(max(size, 0), 10 * MAX_ROWS * MAX_COLUMNS) for size in shape)
    check_size(_SUBJECT, rows, columns)
    return rows, columns


def _inflate(text: str, size: int) -> bytes:
    """The `size` bytes in a text; anything longer is neither decoded nor unpacked beyond one byte more."""
    if len(text) > 1.5 * size + 1024:  # more than base64 of numbers that cannot be compressed
        raise DataError(f"{_SUBJECT} holds more numbers than its shape says: give what to_json wrote.")
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(base64.b64decode(text, validate=True), max_length=size + 1)
    except (binascii.Error, ValueError, zlib.error) as problem:
        raise DataError(f"{_SUBJECT} holds damaged numbers: give what to_json wrote.") from problem
    if len(data) != size or not stream.eof or stream.unused_data:
        raise DataError(
            f"{_SUBJECT} does not hold as many numbers as its shape says: give what to_json wrote."
        )
    return data
