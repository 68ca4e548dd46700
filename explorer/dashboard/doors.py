"""The doors of a server: how many pages stand open, and a sentence for those that are too many."""

from __future__ import annotations

import time
from collections.abc import Callable
from multiprocessing.sharedctypes import RawArray
from typing import Any

import panel as pn
from tornado.process import task_id

from explorer.dashboard.limits import UNLIMITED, Limits, under
from explorer.dashboard.shell import shell


class Doors:
    """Counts the pages that stand open in this process and in those forked from it, and turns away those too many.

    Parameters
        limits  : Limits
        workers : int       processes that will share the count
    """

    def __init__(self, limits: Limits = UNLIMITED, workers: int = 1) -> None:
        self.limits = limits
        self._open = RawArray("i", workers)  # shared with the workers; each writes its own place alone
        self._started = time.time()

    @property
    def seconds_up(self) -> float:
        """How long the server has stood, whichever of its workers are younger."""
        return time.time() - self._started

    @property
    def open_pages(self) -> int:
        return sum(self._open)

    def begin(self) -> None:
        """This worker starts; the pages of one that was killed in its place are gone."""
        self._open[task_id() or 0] = 0

    def through(self, build: Callable[[], Any]) -> Any:
        """The page that `build` makes, or one that says that there are too many."""
        counted = self._is_opened()
        if counted and self.open_pages >= self.limits.sessions:
            return _full(int(self.limits.sessions))
        with under(self.limits):
            page = build()
        if counted:
            self._count(1)
            pn.state.on_session_destroyed(lambda _context: self._count(-1))
        return page

    def _is_opened(self) -> bool:
        """Whether a reader will see the page that is being built.

        Of several workers, the one that answers the request for a page is seldom the one that holds it: it answers
        with the frame of a page that is built once for all readers (see `workers.share_frames`).
        """
        context = pn.state.curdoc.session_context if pn.state.curdoc is not None else None
        if context is None:
            return False
        return len(self._open) == 1 or str(context.request.path).endswith("/ws")

    def _count(self, change: int) -> None:
        self._open[task_id() or 0] += change


def _full(sessions: int) -> Any:
    pn.extension(notifications=False)
    pages = "1 page is" if sessions == 1 else f"{sessions} pages are"
    told = (
        f"<p>{pages} open here, and this server holds no more: close one that nobody reads, or "
        '<a href="">try again</a> in a minute.</p>'
    )
    words = pn.pane.HTML(told, margin=24, sizing_mode="stretch_width")
    return shell("Ridgeline", "This server is full.", main=[words])
