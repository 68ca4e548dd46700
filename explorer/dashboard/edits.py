"""Edits: what a hand in the browser has changed of a table, told from what the browser merely says again.

A drawing tool that lets go says every table that it may change, one after the other. By the time the second is
heard the first may have led to a new picture, and an untouched table looks like one that was moved back. So
each sending of a table carries its number, which comes back with it.
"""

from __future__ import annotations

import numpy as np

VERSION = "explorer:version"
KEPT = 16
Columns = dict[str, np.ndarray]


class Edits:
    """The last few versions of one table, as the browser holds them."""

    def __init__(self) -> None:
        self._held: dict[int, Columns] = {}
        self._newest = 0

    def sent(self, columns: Columns) -> Columns:
        """The columns with the number of this sending."""
        self._newest += 1
        self._held[self._newest] = columns
        self._held.pop(self._newest - KEPT, None)
        rows = len(next(iter(columns.values()), ()))
        return {**columns, VERSION: np.full(rows, float(self._newest))}

    def base(self, columns: Columns) -> tuple[int, Columns]:
        """Take the number out of columns from the browser: it, and what the browser held under it before."""
        told = columns.pop(VERSION, np.zeros(0))
        numbers = told[np.isfinite(told)] if told.dtype.kind == "f" else told[:0]
        version = int(numbers[0]) if len(numbers) and int(numbers[0]) in self._held else self._newest
        return version, self._held[version]

    def heard(self, version: int, columns: Columns) -> bool:
        """Note what the browser holds now under that number; says whether this is the newest one."""
        self._held[version] = columns
        return version == self._newest
