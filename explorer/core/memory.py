"""Keeps the tables and files that this process has seen lately, so that a link can name one without carrying it.

A spool, where there is one, keeps them for other processes and for later.

Whoever knows a reference can recall what it names. Only who has that can guess its reference, because it holds
16 digits of the content's digest.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import Protocol

from explorer.core.table_error import DataError, quoted

MAX_REMEMBERED = 256 * 2**20


def reference(name: str, digest: str, unnamed: str) -> str:
    """``name@digest``, safe in an address: the name in plain letters, 16 digits of the digest."""
    word = re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[:40].strip("-.")
    return f"{word or unnamed}@{digest[:16]}"


class Kept(Protocol):
    """What can be kept: a table or a file."""

    @property
    def nbytes(self) -> int: ...

    def reference(self) -> str: ...


class Spool(Protocol):
    """A place outside this process, see `explorer.core.spool`."""

    def keep(self, reference: str, kept: Kept) -> None: ...

    def find(self, reference: str) -> Kept | None: ...


class Memory:
    """Tables and files by reference, the least recently used dropped first. Safe to use from several threads.

    Parameters
        max_bytes : int         of all that is held together; what is larger than this is not kept at all
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._spool: Spool | None = None

    def spool(self, spool: Spool | None) -> None:
        """Keep what is given there too, and look there for what is not held here."""
        self._spool = spool

    def remember(self, kept: Kept) -> str:
        """Keeps it and returns its reference."""
        reference = kept.reference()  # hashes the content: outside the lock
        with self._lock:
            known = reference in self._held
            self._forget(reference)
            self._held[reference] = kept
            self._bytes += kept.nbytes
            while self._bytes > self._max_bytes:
                self._forget(next(iter(self._held)))
        if not known and self._spool is not None:
            self._spool.keep(reference, kept)
        return reference

    def recall(self, reference: str) -> Kept:
        """What a reference names; DataError when it is not held, or no longer."""
        with self._lock:
            if reference in self._held:
                self._held.move_to_end(reference)
                return self._held[reference]
        found = self._spool.find(reference) if self._spool is not None else None
        if found is None:
            raise DataError(f"{quoted(reference, 60)} is not held here any more: open its file again.")
        self.remember(found)
        return found

    def _forget(self, reference: str) -> None:
        if reference in self._held:
            self._bytes -= self._held.pop(reference).nbytes


_MEMORY = Memory(MAX_REMEMBERED)
remember = _MEMORY.remember
recall = _MEMORY.recall
spool = _MEMORY.spool
