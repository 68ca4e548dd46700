"""Addresses that are none of ours: a slash too many is taken off, the rest is told in a page of one sentence."""

from __future__ import annotations

import difflib
import html
import importlib
import logging
from collections.abc import Collection

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform, RequestHandler
from tornado.websocket import WebSocketClosedError

PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ridgeline: no such page</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark }} body {{ font: 17px/1.6 system-ui, sans-serif; margin: 12vh 24px }}
</style></head><body><main>
<p>There is no page {asked} here{hint} <a href="{root}">All scenes</a></p>
</main></body></html>
"""


class Stray(RequestHandler):
    """What stands where nothing else does."""

    def initialize(self, known: Collection[str], root: str = "") -> None:
        self._known, self._root = known, root

    def prepare(self) -> None:
        path = self.request.path
        within = path.removeprefix(self._root) if path.startswith(f"{self._root}/") else path
        asked = within.strip("/")
        # Relative, since a proxy may show this server elsewhere; from outside of its root by the root's name.
        root = "../" * (within.count("/") - 1) or "./"
        if self._root and within is path:
            root = f"{self._root}/"
        near = difflib.get_close_matches(asked, self._known, 1, 0.4)
        hint = f'; did you mean <a href="{root}{near[0]}">{html.escape(near[0])}</a>?' if near else "."
        self.set_status(404)
        self.finish(PAGE.format(asked=html.escape(repr(asked[:60])), hint=hint, root=root))


class OneSlashLess(OutputTransform):
    """Sends a page that was asked for with a slash behind its name to the name itself, inputs and all.

    Bokeh answers there, but the page would look for its socket and its scripts one folder too deep.
    """

    def __init__(self, request: HTTPServerRequest, root: str = "") -> None:
        self._path, self._query = request.path.removeprefix(root), request.query

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        name = self._path.rstrip("/").rpartition("/")[2]
        if status_code != 200 or not name or not self._path.endswith("/"):
            return status_code, headers, chunk
        place = f"../{name}" + (f"?{self._query}" if self._query else "")
        return 302, HTTPHeaders({"Location": place, "Content-Length": "0"}), b""


def keep_tracebacks() -> None:
    """Bokeh answers what it cannot take with a traceback, paths of this machine and all; they stay in the log.

    That a reader has closed a page while it was being told something is no news there.
    """
    # By name: its package holds a class that is called as the module is.
    importlib.import_module("bokeh.protocol.messages.error").format_exception = lambda *_: ()  # type: ignore[attr-defined]
    logging.getLogger("asyncio").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], WebSocketClosedError))
