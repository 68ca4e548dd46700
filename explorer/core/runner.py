"""The newest-wins runner: one worker thread, the latest request, progress and cancel."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Report = Callable[[float, str], None]


class Cancelled(Exception):
    """Raised inside a job, from its own call of ``report``, when the job is no longer wanted."""


def silent(share: float, text: str = "") -> None:
    """A report that nobody reads."""


@dataclass
class Job:
    """One piece of long work.

    Parameters
        work     : called with a report; its value goes to `done`. It calls ``report(share, text)`` often:
                   that is where it learns that it was cancelled.
        done     : called with the value
        failed   : called with the exception
        progress : called with (share done, text)
        dropped  : called when the job was cancelled or overtaken

    All of them are called from the worker thread.
    """

    work: Callable[[Report], Any]
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    progress: Report = silent
    dropped: Callable[[], None] = lambda: None
    _cancel: threading.Event = field(default_factory=threading.Event, repr=False)

    def cancel(self) -> None:
        """Ask the job to stop at its next report; its value is thrown away even if it finishes."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()

    def _report(self, share: float, text: str = "") -> None:
        if self.cancelled:
            raise Cancelled
        self.progress(share, text)

    def run(self) -> None:
        """Do the work and hand its outcome to exactly one of done, failed, dropped."""
        try:
            self._report(0.0)
            value = self.work(self._report)
        except Cancelled:
            self.dropped()
        except BaseException as error:  # work that raises SystemExit must not end the worker either
            if self.cancelled:
                self.dropped()
            else:
                self.failed(error)
        else:
            if self.cancelled:
                self.dropped()
            else:
                self.done(value)


class Runner:
    """Runs the newest job; a job that waits is replaced, a job that runs is cancelled.

    One daemon thread, started at the first job. At most one job runs and one waits, so a storm of a hundred
    requests costs at most two computations.
    """

    def __init__(self, name: str = "explorer-runner") -> None:
        self._name = name
        self._wake = threading.Condition()
        self._waiting: Job | None = None
        self._running: Job | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def submit(self, job: Job) -> None:
        """Make this the job to run next, and cancel the one that runs."""
        with self._wake:
            if self._closed:
                overtaken: Job | None = job
            else:
                overtaken, self._waiting = self._waiting, job
                if self._running is not None:
                    self._running.cancel()
                if self._thread is None:
                    self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
                    self._thread.start()
                self._wake.notify_all()
        if overtaken is not None:
            overtaken.cancel()
            overtaken.dropped()

    def cancel(self) -> None:
        """Drop the waiting job and cancel the running one."""
        with self._wake:
            waiting, self._waiting = self._waiting, None
            if self._running is not None:
                self._running.cancel()
        if waiting is not None:
            waiting.cancel()
            waiting.dropped()

    @property
    def busy(self) -> bool:
        with self._wake:
            return self._running is not None or self._waiting is not None

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Block until nothing runs and nothing waits; False when the time ran out."""
        with self._wake:
            return self._wake.wait_for(
                lambda: self._running is None and self._waiting is None, timeout=timeout
            )

    def close(self) -> None:
        """Cancel everything and end the thread after the running job's next report."""
        with self._wake:
            self._closed = True  # first, so that nobody can submit between the two
            self._wake.notify_all()
        self.cancel()

    def _loop(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting is not None or self._closed)
                if self._closed:
                    return
                job, self._waiting = self._waiting, None
                self._running = job
            try:
                assert job is not None
                job.run()
            except Exception:  # a listener failed; the worker must live on for the next job
                logging.getLogger(__name__).exception("a listener of a finished job failed")
            finally:
                with self._wake:
                    self._running = None
                    self._wake.notify_all()
