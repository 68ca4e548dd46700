"""A headless Chromium: it draws what is taken home as a picture or a film, and drives the pages for measurements."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any

from explorer.core.values import InputError

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Of the last such switch alone is taken notice: what Playwright leaves out, and the browser's own pages.
    "--disable-features=DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,"
    "OptimizationHints,PaintHolding,PreloadTopChromeWebUI,ThirdPartyStoragePartitioning,Translate",
]


def chromium() -> str | None:
    """Path of the system's Chromium: ``EXPLORER_CHROMIUM``, or the first that is installed."""
    return os.environ.get("EXPLORER_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """A Playwright browser on the system's Chromium.

    Raises    InputError  when Playwright or Chromium is missing; the sentence says what to install
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise InputError(
            "this needs Playwright; install it with: pip install 'ridgeline-explorer[film]'"
        ) from None
    path = chromium()
    if path is None:
        raise InputError("this needs Chromium; install it (Debian: apt-get install chromium).")
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield launched
        finally:
            launched.close()
