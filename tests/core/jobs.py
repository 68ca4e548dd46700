"""Jobs for the tests of the runner: they note what became of them, and wait at a gate if asked."""

from __future__ import annotations

import threading
from typing import Any

from explorer.core.runner import Job, Runner

LONG = 20.0  # a test that waits this long has failed


class Log:
    """What became of every job, in order."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.events: list[tuple[str, Any, Any]] = []
        self.threads: set[int] = set()

    def note(self, event: str, who: Any, what: Any = None) -> None:
        with self.lock:
            self.events.append((event, who, what))
            self.threads.add(threading.get_ident())

    def job(self, who: Any, work: Any = lambda report: None) -> Job:
        return Job(
            work,
            done=lambda value: self.note("done", who, value),
            failed=lambda error: self.note("failed", who, error),
            dropped=lambda: self.note("dropped", who),
        )

    def of(self, event: str) -> list[Any]:
        with self.lock:
            return [who for kind, who, _ in self.events if kind == event]


class Gate:
    """Work that says when it has started and waits to be let go; it reports on the way out if asked."""

    def __init__(self, value: Any = None, reports: bool = True) -> None:
        self.started, self.go = threading.Event(), threading.Event()
        self.value, self.reports = value, reports

    def __call__(self, report: Any) -> Any:
        self.started.set()
        assert self.go.wait(LONG)
        if self.reports:
            report(0.5, "half")
        return self.value


def hold(runner: Runner, log: Log, who: Any = "first", **options: Any) -> Gate:
    """A job that runs until its gate opens."""
    gate = Gate(**options)
    runner.submit(log.job(who, gate))
    assert gate.started.wait(LONG)
    return gate
