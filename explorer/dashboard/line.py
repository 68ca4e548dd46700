"""The line between a page and its server: the page says when it is lost, and rests when nobody touches it."""

from __future__ import annotations

import math
import time
import weakref
from pathlib import Path
from typing import Any

import panel as pn
import param
from panel.custom import JSComponent

from explorer.dashboard import wire

CHECKS_A_REST = 4  # how often within its idle time a page is asked whether it was touched
GRACE_MS = 5000  # from the page's last word to the end of its session


class Line(JSComponent):
    """Stands on every page; ends the session of one that nobody has touched for long.

    Parameters
        idle_seconds : without a touch; infinity for a page that never rests
    """

    health = param.String("./health", doc="Where the server answers, as seen from the page.")
    idle_ms = param.Number(1e12, doc="How long the page stays without a touch.")
    resting = param.Boolean(False, doc="True once the page's session is about to end.")

    _esm = Path(__file__).parent / "line.js"

    def __init__(self, idle_seconds: float = math.inf, **params: Any) -> None:
        super().__init__(**params, width=0, height=0, margin=0)
        self._touched = time.monotonic()
        document = pn.state.curdoc
        if document is None or document.session_context is None:
            return
        wire.lose_no_message()
        self.health = f"{pn.state.rel_path or '.'}/health"
        rests = math.isfinite(idle_seconds)
        if rests:
            self.idle_ms = 1000 * idle_seconds
        ours = weakref.ref(self)  # the document's callbacks must not keep the page

        def opened() -> None:
            wire.prepare(document)
            line = ours()
            if line is not None and rests:
                line._watch(document)

        pn.state.onload(opened)

    def _watch(self, document: Any) -> None:
        """Count the idle time, from the moment at which the page stands in the browser."""
        self._touched = time.monotonic()
        ours = weakref.ref(self)

        def look() -> None:
            line = ours()
            if line is not None and not line.resting and line.seconds_idle * 1000 >= line.idle_ms:
                line.resting = True
                document.add_timeout_callback(lambda: wire.hang_up(document), GRACE_MS)

        document.add_periodic_callback(look, max(100, int(self.idle_ms / CHECKS_A_REST)))

    @property
    def seconds_idle(self) -> float:
        return time.monotonic() - self._touched

    def _handle_msg(self, data: Any) -> None:
        self._touched = time.monotonic()
