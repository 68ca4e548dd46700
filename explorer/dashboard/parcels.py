"""Files that wait to be fetched over HTTP: what is large does not travel through the page's document."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any
from urllib.parse import quote

import panel.io.server  # noqa: F401  it sets Bokeh's routes, to which one is added here
from bokeh.server.urls import per_app_patterns
from tornado.web import HTTPError, RequestHandler

# A file that nobody fetched is thrown away; a browser asks within a second.
KEPT_SECONDS = 120.0
MAX_BYTES = 256 * 2**20
ROUTE = "/take/"


class Parcels:
    """Files by a name that cannot be guessed; each is handed out once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, str, bytes]] = {}

    def add(self, name: str, content: bytes) -> str:
        """Keep a file for a while; gives its token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._held[token] = time.monotonic() + KEPT_SECONDS, name, content
            while sum(len(held[2]) for held in self._held.values()) > MAX_BYTES and len(self._held) > 1:
                del self._held[next(iter(self._held))]  # the oldest
        timer = threading.Timer(KEPT_SECONDS, self.take, [token])
        timer.daemon = True
        timer.start()
        return token

    def take(self, token: str) -> tuple[str, bytes] | None:
        """(name, content), once."""
        with self._lock:
            until, *parcel = self._held.pop(token, (0.0, "", b""))
        return (parcel[0], parcel[1]) if until > time.monotonic() else None


parcels = Parcels()


class _Handler(RequestHandler):
    """Answers at the page's own address, so that a proxy's prefix stands before it by itself."""

    def initialize(self, **_of_the_application: Any) -> None:
        pass

    def get(self, token: str) -> None:
        parcel = parcels.take(token)
        if parcel is None:
            raise HTTPError(404, "this file was fetched already, or has waited too long")
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(parcel[0])}")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(parcel[1])


per_app_patterns.append((rf"{ROUTE}([\w-]+)", _Handler))
