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
from panel.io import document as panel_document

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
        lose_no_message()
        self.health = f"{pn.state.rel_path or '.'}/health"
        pn.state.onload(lambda: send_at_once(document))
        if math.isfinite(idle_seconds):
            self.idle_ms = 1000 * idle_seconds
            self._watch(document)

    def _watch(self, document: Any) -> None:
        ours = weakref.ref(self)  # the document's callbacks must not keep the page

        def look() -> None:
            line = ours()
            if line is not None and not line.resting and line.seconds_idle * 1000 >= line.idle_ms:
                line.resting = True
                document.add_timeout_callback(lambda: hang_up(document), GRACE_MS)

        document.add_periodic_callback(look, max(100, int(self.idle_ms / CHECKS_A_REST)))

    @property
    def seconds_idle(self) -> float:
        return time.monotonic() - self._touched

    def _handle_msg(self, data: Any) -> None:
        self._touched = time.monotonic()


def lose_no_message() -> None:
    """Let Panel (1.9) send what is added while it writes.

    Messages that cannot go at once wait in a list; the task that has written the list marks it as empty when the
    socket has taken them. One that was added in between was forgotten until the next change, which may never come.
    """
    write = panel_document._dispatch_msgs
    if getattr(write, "loses_none", False):
        return

    async def write_all(document: Any) -> None:
        await write(document)
        if document in panel_document._WRITE_MSGS and document not in panel_document._WRITE_BLOCK:
            panel_document._WRITE_BLOCK[document] = True
            panel_document._dispatch_write_task(document, write_all, document)

    write_all.loses_none = True  # type: ignore[attr-defined]
    panel_document._dispatch_msgs = write_all


def send_at_once(document: Any) -> None:
    """Let no part of a message wait for the browser's word that it has the part before.

    A picture is several small messages, and the two ends' politeness costs 40 ms (Nagle's rule and delayed
    acknowledgements).
    """
    for connection in _connections(document):
        if (
            connection._socket.ws_connection is not None
        ):  # it may have gone already; the page starts all the same
            connection._socket.set_nodelay(True)


def hang_up(document: Any) -> None:
    """Close the connections of a page; its session ends as any that nobody listens to."""
    for connection in _connections(document):
        connection._socket.close()


def _connections(document: Any) -> list[Any]:
    session = getattr(document.session_context, "session", None)
    return list(getattr(session, "_subscribed_connections", ()))
