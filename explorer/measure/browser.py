"""Pages served for a headless Chromium: measurements and thumbnails."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from explorer.dashboard.chromium import browser, chromium

__all__ = ["browser", "chromium", "serving"]


@contextlib.contextmanager
def serving(pages: dict[str, Any], **options: Any) -> Iterator[int]:
    """Serve pages from a thread of this process, with further options of ``panel.serve``; gives the port."""
    import panel as pn

    from explorer.dashboard.server import free_port, wait_until_up

    port = free_port("localhost", None)
    thread = pn.serve(pages, port=port, show=False, threaded=True, verbose=False, **options)
    try:
        wait_until_up(port)
        yield port
    finally:
        thread.stop()
