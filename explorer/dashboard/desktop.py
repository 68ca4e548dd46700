"""The pages in a window of their own: a server on this machine alone, and a window that ends it."""

from __future__ import annotations

import importlib.util
import signal
from typing import Any

from explorer.core import registry
from explorer.core.values import InputError
from explorer.dashboard import server

MISSING = (
    "a window of its own needs pywebview and a web view; "
    "install them with: pip install 'ridgeline-explorer[desktop]'"
)
SIZE = {"width": 1440, "height": 940, "min_size": (420, 480)}


def run(name: str | None = None) -> int:
    """Open the gallery, or a scene, in a window; returns once the window is closed, or at Ctrl-C.

    Raises    InputError  for an unknown scene, or when there is nothing to show a window with
    """
    path = registry.find(name).name if name else ""
    title = registry.find(name).title if name else "Ridgeline"
    webview = _webview()
    port = server.free_port("localhost", None)
    serving = server.serve(port=port, show=False, threaded=True)
    try:
        server.wait_until_up(port)
        webview.settings["ALLOW_DOWNLOADS"] = True  # asks where to; links to other places open in the browser
        window = webview.create_window(title, f"http://localhost:{port}/{path}", text_select=True, **SIZE)
        window.events.loaded += lambda: window.set_title(window.evaluate_js("document.title") or title)
        signal.signal(signal.SIGTERM, lambda *_: window.destroy())  # Ctrl-C is heard by the window itself
        _start(webview)
    finally:
        serving.stop()
    return 0


def _webview() -> Any:
    try:
        import webview
    except ImportError:
        raise InputError(MISSING) from None
    return webview


def _start(webview: Any) -> None:
    try:
        webview.start(gui="qt" if importlib.util.find_spec("qtpy") else None)
    except webview.errors.WebViewException as error:
        raise InputError(f"{MISSING} (it said: {' '.join(str(error).split())})") from None
