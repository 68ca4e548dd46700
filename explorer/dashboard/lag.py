"""How late a process comes to its work: the measure by which it gives each page less when there are many."""

from __future__ import annotations

import asyncio
import contextvars
import time
import weakref
from typing import Any

EVERY = 0.1  # seconds between two looks
SHARE = 0.2  # of a look in the mean
LATE = 0.03  # a lag that is noticed
ACTIVE = 2.0  # seconds since its last picture for which a page counts
PAUSE, LONGEST_PAUSE = 1.5, 2.0  # seconds for each second of lag and each other page; and in all


class Lag:
    """The mean time, in seconds, by which an event loop ran late what it was to run at a time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._drawn: weakref.WeakKeyDictionary[Any, float] = weakref.WeakKeyDictionary()
        self._watched: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look at this loop from now on; the process has one that serves."""
        if loop not in self._watched:
            self._watched.add(loop)
            self._look(loop, loop.time())

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self.note(loop.time() - due)
        due = loop.time() + EVERY
        # In a context of its own: that of the page which asked first would keep that page.
        loop.call_at(due, self._look, loop, due, context=contextvars.Context())

    def note(self, late: float) -> None:
        """One look more."""
        self.seconds += SHARE * (late - self.seconds)

    def drawn(self, page: Any) -> None:
        """A page has been given a picture that a hand waited for."""
        self._drawn[page] = time.monotonic()

    @property
    def late(self) -> bool:
        """Whether there is no time but for pictures that hands wait for."""
        return self._late > 0 and self._others > 0

    @property
    def pause(self) -> float:
        """Seconds between two pictures of one page, so that all pages get theirs; none for a page alone."""
        return min(PAUSE * self._late * self._others, LONGEST_PAUSE)

    @property
    def _late(self) -> float:
        return max(self.seconds - LATE, 0.0)

    @property
    def _others(self) -> int:
        since = time.monotonic() - ACTIVE
        return max(sum(drawn > since for drawn in self._drawn.values()) - 1, 0)


LAG = Lag()
