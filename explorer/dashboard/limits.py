"""What one server gives to each reader: how many pages, how long a computation, how large a file, how long a rest."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from explorer.core.table_error import MAX_BYTES


@dataclass(frozen=True)
class Limits:
    """The limits of a server; without arguments there are none but the size of a file.

    Parameters
        sessions     : open pages, over all workers
        seconds      : of one computation
        upload_bytes : of one file, at most 64 MiB
        idle_seconds : without a touch of the reader's, after which a page rests and its session ends
    """

    sessions: float = math.inf
    seconds: float = math.inf
    upload_bytes: int = MAX_BYTES
    idle_seconds: float = math.inf


UNLIMITED = Limits()
_present: ContextVar[Limits] = ContextVar("limits", default=UNLIMITED)


def present() -> Limits:
    """The limits under which the page that is being built will stand."""
    return _present.get()


@contextlib.contextmanager
def under(limits: Limits) -> Iterator[None]:
    """Build pages under these limits."""
    before = _present.set(limits)
    try:
        yield
    finally:
        _present.reset(before)
