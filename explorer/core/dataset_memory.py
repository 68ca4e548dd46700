"""Keeps the tables that this process has seen lately, so that a link can name one without carrying it.

Whoever knows a reference can recall its table. Only who has the table can guess its reference, because that
holds 16 digits of the table's digest.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from explorer.core.table_error import DataError, quoted

if TYPE_CHECKING:
    from explorer.core.dataset import Dataset

MAX_REMEMBERED = 256 * 2**20


class DatasetMemory:
    """Tables by reference, the least recently used dropped first. Safe to use from several threads.

    Parameters
        max_bytes : int         of all numbers held together; a table larger than this is not kept at all
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._tables: OrderedDict[str, Dataset] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def remember(self, table: Dataset) -> str:
        """Keeps a table and returns its reference."""
        reference = table.reference()  # hashes the content: outside the lock
        with self._lock:
            self._forget(reference)
            self._tables[reference] = table
            self._bytes += table.values.nbytes
            while self._bytes > self._max_bytes:
                self._forget(next(iter(self._tables)))
        return reference

    def recall(self, reference: str) -> Dataset:
        """The table of a reference; DataError when it is not held, or no longer."""
        with self._lock:
            if reference not in self._tables:
                raise DataError(
                    f"The table {quoted(reference, 60)} is not held here any more: open its file again."
                )
            self._tables.move_to_end(reference)
            return self._tables[reference]

    def _forget(self, reference: str) -> None:
        if reference in self._tables:
            self._bytes -= self._tables.pop(reference).values.nbytes


_MEMORY = DatasetMemory(MAX_REMEMBERED)
remember = _MEMORY.remember
recall = _MEMORY.recall
