"""Session: one open page. It decides what is computed where, and keeps the newest picture on the screen."""

from __future__ import annotations

import contextlib
import logging
import math
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.model import Model
from explorer.core.receipt import Receipt
from explorer.core.runner import Job, Report, Runner, silent
from explorer.core.turn import Turn
from explorer.dashboard.lag import LAG

# A page stands still for a computation no longer than this; a slower one comes when it is done, and so do the next.
SLOW = 0.1
# How long the hand must rest before refinements and checks start.
REST_MS = 150
# A process that lags refines nothing, but no reader waits longer than so many rests.
MOST_RESTS = 60
PROGRESS_EVERY = 0.1
# Refinements come no faster than a page can paint them.
PICTURE_EVERY = 0.15
# Work shorter than this shows no progress bar: one that flashes up and goes only makes the page jump.
BUSY_MS = 400
# Of all pages of this process: a picture that a hand waits for comes before what makes another one finer.
REFINING = Turn()
OLD = " The picture still shows the setting before."
# What looks like a place in a file system, quoted or not.
PATH = re.compile(
    r"""(['"])(?:file:|[A-Za-z]:)?[\\/](?:(?!\1).)*[\\/](?:(?!\1).)*\1"""
    r"""|(?<![\w:/])(?:file:/{0,2}|[A-Za-z]:)?[\\/](?:[\w.\-+@ ]+[\\/])+[\w.\-+@]*"""
)


@dataclass(frozen=True)
class Finished:
    """What the worker hands over: the last refinement, its checks, and a receipt of its numbers."""

    frame: Frame
    checks: list[Check]
    receipt: Receipt


class Session:
    """Turns changed inputs into frames.

    A change within its cost class is computed at once, in a thread of its own, and the page waits for it; not
    for longer than `SLOW`, because other readers may share the page's thread. Long ones, and whatever proved
    slow, go to the one worker of this session, newest request first. So at most two computations are in flight.
    Refinements and checks follow when the hand rests.

    Parameters
        model    : Model
        show     : called with each new frame, on the page's own thread
        schedule : runs a function on the page's own thread, after so many milliseconds; gives a function
                   that takes it back
        seconds  : after which a computation is given up, and a sentence says so
    """

    def __init__(
        self,
        model: Model,
        show: Callable[[Frame], None],
        schedule: Callable[[Callable[[], None], int], Callable[[], None]],
        seconds: float = math.inf,
    ) -> None:
        self.model = model
        self.runner = Runner()
        self._hand = Runner("explorer-hand")
        self._seconds = seconds
        self.on_checks: Callable[[list[Check] | None], None] = lambda checks: None
        self.on_receipt: Callable[[Receipt], None] = lambda receipt: None
        self.on_progress: Report = silent
        self.on_busy: Callable[[bool], None] = lambda busy: None
        self.on_message: Callable[[str], None] = lambda sentence: None
        self.compute_seconds = 0.0
        self.shown: dict[str, Any] = {}  # the inputs of the frame that stands on the page, cursors aside
        self._paint = show
        self._schedule = schedule
        self._request = 0
        self._drawn = -math.inf  # when the last picture for a hand was begun
        self._painted = 0  # the request whose frame stands on the page; 0 before the first
        self._ahead: tuple[int, Frame] | None = None
        self._busy, self._progress = False, (0.0, "")
        self._spoken = False
        self._rest: Callable[[], None] = lambda: None
        self._unhurried: Callable[[], None] = lambda: None
        self._clock: Callable[[], None] = lambda: None
        self._warm: Callable[[Report], None] | None = None
        # In a notebook the worker paints by itself: what it asks and what it does must be one step.
        self._turn = threading.RLock()
        self.closed = False
        self.changing = False  # while this session itself sets the model's inputs

    def start(self, warm: Callable[[Report], None]) -> None:
        """Compute the first frame in the worker, after compiling what it needs; then refine and check it."""
        if self._ahead is not None:
            self._finish(*self._ahead)
            return
        self._warm = warm
        self._long(self._next())

    def draw_ahead(self) -> None:
        """Compute and paint the first frame at once; `start` will refine and check it."""
        started = time.perf_counter()
        self._ahead = (self._next(), self.model.finished or self.model.draft())
        self.compute_seconds = time.perf_counter() - started
        self._show(*self._ahead)

    def change(self, values: dict[str, Any]) -> bool:
        """Set inputs and bring the picture up to date; False, with a message, when a value is wrong."""
        with self._turn:
            try:
                before = {name: getattr(self.model, name) for name in values if name in self.model.inputs()}
                self.changing = True
                self.model.update(**values)
            except ValueError as error:
                self._say(sentence(error))
                return False
            finally:
                self.changing = False
            changed = [name for name in values if getattr(self.model, name) != before[name]]
            costs = {self.model.inputs()[name].info.cost for name in changed}
            if costs - {"cursor"}:
                self.refresh(long="long" in costs)
            elif not changed and self._painted == self._request:
                self._say("")  # the picture is the one that was asked for
            return True

    def expire(self) -> None:
        """Another hand has changed the model: what is on its way, or waits, belongs to the setting before."""
        with self._turn:
            self._next()
            self.runner.cancel()
            self._hand.cancel()

    def refuse(self, error: ValueError) -> None:
        """Say why a change was not made."""
        self._say(sentence(error))

    def refresh(self, long: bool = False) -> None:
        """Compute the present inputs."""
        with self._turn:
            request = self._next()
            known = self.model.finished is not None  # by another hand: only its checks are left to do
            self._hand.cancel()
            slow = self.compute_seconds > SLOW or self._hand.busy
            if long or known or slow or self._warm is not None:
                self._long(request)
                return
            self.runner.cancel()
            self._idle()
            wait = self._drawn + LAG.pause - time.perf_counter()
            if wait > 0:  # others wait, too; whatever comes until then takes the place of this request
                self._rest = self._schedule(lambda: self._live(request), int(1000 * wait) + 1)
            else:
                self._live(request)

    def _live(self, request: int) -> None:
        """Compute the present inputs at once, if that is not for long; otherwise the picture comes later."""
        if request != self._request:  # the timer had gone off before it was taken back
            return
        self._drawn = time.perf_counter()
        LAG.drawn(self)
        work = self.model.copy()
        drafted: Future[Frame] = Future()
        self._hand.submit(
            Job(
                lambda report: self._draft(request, work, report),
                done=drafted.set_result,
                failed=drafted.set_exception,
                dropped=drafted.cancel,
            )
        )
        with contextlib.suppress(Exception):
            drafted.result(SLOW)
        if drafted.done():
            self._hand.wait_idle(SLOW)  # it is about to be; the next change asks
            self._drafted(request, drafted)
            return
        self.compute_seconds = math.inf
        self._busy_soon(request)
        drafted.add_done_callback(lambda late: self._on_page(request, lambda: self._drafted(request, late)))

    def _drafted(self, request: int, drafted: Future[Frame]) -> None:
        try:
            frame = drafted.result()
            self._show(request, frame)
        except Exception as error:
            self._failed(error)
            return
        self._idle()
        self._rest_then_finish(request, frame)

    def _rest_then_finish(self, request: int, frame: Frame, rests: int = 1) -> None:
        """Refine and check when the hand has rested, and this process has caught up."""

        def rested() -> None:
            if LAG.late and rests < MOST_RESTS and request == self._request:
                self._rest_then_finish(request, frame, rests + 1)
            else:
                self._finish(request, frame)

        self._rest = self._schedule(rested, REST_MS)

    def _draft(self, request: int, work: Model, report: Report) -> Frame:
        """Compute, on a worker."""
        self._time(request)
        started = time.perf_counter()
        frame = work.draft(report)
        self.compute_seconds = time.perf_counter() - started
        return frame

    def _time(self, request: int) -> None:
        """The time after which work is given up counts from here: a picture, or its refinements and checks."""
        if math.isfinite(self._seconds):
            self._on_page(request, lambda: self._start_clock(request))

    def _start_clock(self, request: int) -> None:
        if self.runner.busy or self._hand.busy:
            self._clock()
            self._clock = self._schedule(lambda: self._overtime(request), int(1000 * self._seconds))

    def _overtime(self, request: int) -> None:
        """Give up what has taken too long; work that does not report runs on, and what it finds is thrown away."""
        if request != self._request or not (self.runner.busy or self._hand.busy):
            return
        late = TimeoutError(
            f"this took more than {self._seconds:g} seconds, which is as long as one computation may take here: "
            "ask for something smaller"
        )
        self._failed(late)
        self._next()
        self.runner.cancel()
        self._hand.cancel()

    def cancel(self) -> None:
        """Stop the running work; the picture stays as it is, and the page says what it shows."""
        with self._turn:
            complete = self._painted == self._request
            self._next()
            self.runner.cancel()
            self._hand.cancel()
            self._idle()
            self.on_checks([])
            rest = "its refinements and checks are missing." if complete else OLD.lstrip()
            self._say(f"Cancelled: {rest[0].lower()}{rest[1:]}")

    def close(self) -> None:
        """The page is gone."""
        self.closed = True
        self._next()
        self.runner.close()
        self._hand.close()

    # The worker's side ---------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self._spoken = bool(text)
        self.on_message(text)

    def _next(self) -> int:
        self._rest()
        self._rest = lambda: None
        self._request += 1
        return self._request

    def _show(self, request: int, frame: Frame) -> None:
        """A frame of this request on the page: what was said of another one goes."""
        self._paint(frame)
        if self._painted != request:
            if self._painted or self._spoken:  # the first frame leaves what was wrong with the address
                self._say("")
            self._painted = request
            self.shown = self.model.setting()
            self.on_checks(None)

    def _long(self, request: int) -> None:
        """Everything in the worker: compile if need be, compute, refine, check; or check what is computed."""
        work, known = self.model.copy(), self.model.finished
        warm = self._warm

        def job(report: Report) -> Finished:
            if warm is not None:
                warm(report)
            if known is not None:
                self._on_page(request, lambda: self._show(request, known))
                return self._checked(request, work, known, report)
            frame = self._draft(request, work, report)
            self._on_page(request, lambda: self._show(request, frame))
            return self._refined(request, work, frame, report)

        self._submit(request, job)

    def _finish(self, request: int, frame: Frame) -> None:
        """Refine and check a frame that is already on the screen, unless a newer request has come."""
        if request != self._request:  # the timer had gone off before it was taken back
            return
        work = self.model.copy()
        if frame is self.model.finished:
            self._submit(request, lambda report: self._checked(request, work, frame, report))
        else:
            self._submit(request, lambda report: self._refined(request, work, frame, report))

    def _refined(self, request: int, work: Model, frame: Frame, report: Report) -> Finished:
        last = shown = frame
        with REFINING.taken(report):
            self._time(request)
            told = time.perf_counter()
            for last in work.refined(frame, report):
                if time.perf_counter() - told > PICTURE_EVERY:
                    told, shown = time.perf_counter(), last
                    self._on_page(request, lambda better=last: self._show(request, better))
            if last is not shown:
                self._on_page(request, lambda: self._show(request, last))
            return _finished(work, last)

    def _checked(self, request: int, work: Model, frame: Frame, report: Report) -> Finished:
        with REFINING.taken(report):
            self._time(request)
            return _finished(work, frame)

    def _submit(self, request: int, work: Callable[[Report], Finished]) -> None:
        def done(finished: Finished) -> None:
            self._on_page(request, lambda: self._done(finished))

        told: tuple[float, str] | None = None
        when = -math.inf

        def progress(share: float, text: str) -> None:
            nonlocal told, when
            now = time.perf_counter()
            if (share, text) == told or (told and text == told[1] and now - when < PROGRESS_EVERY):
                return
            told, when = (share, text), now
            self._on_page(request, lambda: self._tell_progress(share, text))

        self._busy_soon(request)
        self.runner.submit(
            Job(
                work,
                done=done,
                failed=lambda error: self._on_page(request, lambda: self._failed(error)),
                progress=progress,
            )
        )

    def _busy_soon(self, request: int) -> None:
        self._unhurried()
        self._unhurried = self._schedule(lambda: self._tell_busy(request), BUSY_MS)

    def _tell_busy(self, request: int) -> None:
        if request == self._request and (self.runner.busy or self._hand.busy):
            self._busy = True
            self.on_progress(*self._progress)
            self.on_busy(True)

    def _tell_progress(self, share: float, text: str) -> None:
        self._progress = share, text
        if self._busy:
            self.on_progress(share, text)

    def _idle(self) -> None:
        self._busy, self._progress = False, (0.0, "")
        self._unhurried()
        self._clock()
        self._unhurried = self._clock = lambda: None
        self.on_busy(False)

    def _on_page(self, request: int, action: Callable[[], None]) -> None:
        """Run on the page's thread, unless a newer request has come in the meantime."""

        def run() -> None:
            with self._turn:
                if request == self._request and not self.closed:
                    try:
                        action()
                    except Exception as error:
                        self._failed(error)

        if not self.closed:
            self._schedule(run, 0)

    def _done(self, finished: Finished) -> None:
        self._warm = None
        self.model.accept(finished.frame)
        self._idle()
        self.on_checks(finished.checks)
        self.on_receipt(finished.receipt)

    def _failed(self, error: BaseException) -> None:
        self._warm = None
        self._idle()
        if not self._painted or self._painted == self._request:
            self.on_checks([])
        stays = OLD if self._painted and self._painted != self._request else ""
        self._say(sentence(error) + stays)
        if not isinstance(error, ValueError | TimeoutError):
            logging.getLogger(__name__).error("a computation failed", exc_info=error)


def _finished(work: Model, frame: Frame) -> Finished:
    return Finished(frame, work.judged(frame), Receipt.of(frame))


def sentence(error: BaseException) -> str:
    """What a reader is told of an error: one line, no path, no traceback."""
    text = getattr(error, "strerror", None) or str(error)
    text = PATH.sub("a file", " ".join(text.split())) or type(error).__name__
    first = text.split(" ")[0]
    if len(first) > 1 and "/" not in first:  # or it is the name of an input or a scene
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
