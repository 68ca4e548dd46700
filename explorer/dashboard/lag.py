"""How late a process comes to its work: the measure by which it gives each page less when there are many."""

from __future__ import annotations

import asyncio
import weakref

EVERY = 0.1  # seconds between two looks
SHARE = 0.2  # of a look in the mean
NOTICED = 0.05  # a shorter lag is that of one page's own pictures
PAUSES_A_LAG, LONGEST_PAUSE = 10, 2.0
LATE = 0.1


class Lag:
    """The mean time, in seconds, by which an event loop ran late what it was to run at a time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._watched: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look at this loop from now on; the process has one that serves."""
        if loop not in self._watched:
            self._watched.add(loop)
            self._look(loop, loop.time())

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self.note(loop.time() - due)
        due = loop.time() + EVERY
        loop.call_at(due, lambda: self._look(loop, due))

    def note(self, late: float) -> None:
        """One look more."""
        self.seconds += SHARE * (late - self.seconds)

    @property
    def late(self) -> bool:
        """Whether there is no time but for pictures that hands wait for."""
        return self.seconds > LATE

    @property
    def pause(self) -> float:
        """Seconds between two pictures of one page, so that all pages get theirs."""
        return min(PAUSES_A_LAG * max(self.seconds - NOTICED, 0.0), LONGEST_PAUSE)


LAG = Lag()
