"""Whose turn it is: one computation at a time among those of one process that nobody's hand waits for."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from explorer.core.runner import Report

# Seconds after which a computation goes its way though another has the turn: one reader's endless computation must
# not keep another's waiting.
PATIENCE = 5.0
LOOK_EVERY = 0.05


class Turn:
    """A turn to refine and to check.

    Forty readers who move a slider ask for forty refinements at once. All of them together, each in its thread,
    come last all at the same time, and slow every picture that a hand waits for; one after the other they do not.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._held = threading.Lock()

    @contextlib.contextmanager
    def taken(self, report: Report) -> Iterator[None]:
        """Wait for the turn, but not for ever; `report` ends the wait of a job that is no longer wanted.

        Raises    Cancelled  from `report`
        """
        deadline = time.monotonic() + self._patience
        while not (mine := self._held.acquire(timeout=LOOK_EVERY)) and time.monotonic() < deadline:
            report(0.0, "")
        try:
            yield
        finally:
            if mine:
                self._held.release()
