"""A page's thread by hand: what a session schedules lies on a desk until the test runs it."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.inputs import Cursor, Real, Whole
from explorer.core.model import Model
from explorer.core.runner import Report
from explorer.dashboard.session import REFINING, Session

LONG = 20.0  # a test that waits this long has failed
AFTERWARDS = " The picture still shows the setting before."


class Gated(Model):
    """Computes at once, unless its effort is positive: then it waits at a gate, as long work would."""

    level = Real(1.0, bounds=(0.0, 1000.0), label="level")
    effort = Whole(0, bounds=(0, 1000), label="effort", cost="long")
    place = Cursor(0.0, bounds=(0.0, 1.0), label="place")

    def __init__(self, **inputs: Any) -> None:
        super().__init__(**inputs)
        self.gates: Gates = Gates()

    def copy(self) -> Gated:
        twin = super().copy()
        twin.gates = self.gates
        return twin

    def compute(self, report: Report) -> Frame:
        self.gates.computed.append((self.level, self.effort, threading.get_ident()))
        if self.effort:
            self.gates.started.set()
            assert self.gates.go.wait(LONG)
            report(0.5, "half way")
        if self.level == 13:
            raise self.gates.error
        return Frame(tables={"t": {"level": [self.level + self.effort]}}, cursors={"place": [0.0, 1.0]})

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        report(0.9, "refining")
        self.gates.refining.set()
        while not self.gates.refined.wait(0.01):
            report(0.9, "refining")
        yield frame.with_(tables={"more": {"n": [1.0]}})

    def verify(self, frame: Frame) -> list[Check]:
        self.gates.turns.append(REFINING._held.locked())
        return [Check("refined", float("more" in frame.tables), 1.0, 0.0, "here")]


class Gates:
    def __init__(self) -> None:
        self.started, self.go = threading.Event(), threading.Event()
        self.refining, self.refined = threading.Event(), threading.Event()
        self.refined.set()  # nothing stands at this gate, unless a test shuts it
        self.turns: list[bool] = []  # whether somebody had the turn at each check
        self.computed: list[tuple[float, int, int]] = []
        self.error: Exception = RuntimeError("the wave broke")


class Desk:
    """A page's thread: what the session schedules lies here until the test runs it."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.model = Gated()
        self.gates = self.model.gates
        self.waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.timers: list[list[Callable[[], None]]] = []
        self.shown: list[Frame] = []
        self.checks: list[Any] = []
        self.busy: list[bool] = []
        self.messages: list[str] = []
        self.progress: list[str] = []
        self.session = Session(self.model, self.shown.append, self.schedule, seconds)
        self.session.on_checks = self.checks.append
        self.session.on_busy = self.busy.append
        self.session.on_message = self.messages.append
        self.session.on_progress = lambda share, text: self.progress.append(text)

    def schedule(self, action: Callable[[], None], wait: int) -> Callable[[], None]:
        if wait == 0:
            self.waiting.put(action)
            return lambda: None
        self.timers.append(timer := [action])
        return timer.clear

    def turn(self) -> None:
        """Run what lies on the desk, and nothing that is put there meanwhile."""
        for _ in range(self.waiting.qsize()):
            self.waiting.get()()

    def rest(self) -> None:
        """The hand rests: timers that were not taken back run out."""
        timers, self.timers = self.timers, []
        for timer in timers:
            for action in tuple(timer):
                action()

    def settle(self) -> None:
        """Until the worker is idle and the desk is clear."""
        self.rest()
        assert self.session.runner.wait_idle(LONG)
        assert self.session._hand.wait_idle(LONG)
        self.turn()
        assert self.waiting.empty()

    def begin_long(self, effort: int = 1, **inputs: float) -> None:
        """A long change that stands at the gate."""
        self.gates.started.clear()
        self.session.change({"effort": effort, **inputs})
        assert self.gates.started.wait(LONG)

    def levels(self) -> list[float]:
        return [frame.tables["t"]["level"][0] for frame in self.shown]
