"""Pages served for a headless Chromium: measurements and thumbnails."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Any

from explorer.dashboard.chromium import browser, chromium

__all__ = ["browser", "chromium", "serving", "wait_until_up"]


@contextlib.contextmanager
def serving(pages: dict[str, Any]) -> Iterator[int]:
    """Serve pages from a thread of this process; gives the port."""
    import panel as pn

    from explorer.dashboard.server import free_port

    port = free_port("localhost", None)
    thread = pn.serve(pages, port=port, show=False, threaded=True, verbose=False)
    try:
        wait_until_up(port)
        yield port
    finally:
        thread.stop()


def wait_until_up(port: int, seconds: float = 60.0) -> None:
    """Wait until something answers on a port of this machine."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("localhost", port), timeout=1.0).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
