"""What a browser shows when the line to the server breaks, and when nobody touches the page."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest

from explorer.dashboard import server
from explorer.dashboard.doors import Doors
from explorer.dashboard.limits import Limits

pytestmark = pytest.mark.ui


def settled(page: Any) -> None:
    page.locator(".badge:not(.waiting)").first.wait_for(timeout=60_000)
    page.locator("canvas").first.wait_for(timeout=60_000)


def started(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "explorer.cli", "serve", "ridge/path", "--no-show", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server.wait_until_up(port, 120)
    return process


def test_a_server_started_again_finds_its_open_pages_as_they_were(chromium):
    port = server.free_port("localhost", None)
    first = started(port)
    page = chromium.new_page()
    try:
        page.goto(f"http://localhost:{port}/ridge/path?data=synthetic&n=77")
        settled(page)
        page.wait_for_function("location.search.includes('digest=')")
        query = page.evaluate("location.search")
        page.evaluate("window.before = true")
        first.send_signal(signal.SIGKILL)
        first.wait()
        page.locator(".lost-line").wait_for(timeout=20_000)
        assert "comes back with its setting" in page.locator(".lost-line").inner_text()
        first = started(port)
        page.wait_for_function("window.before === undefined", timeout=60_000)
        settled(page)
        page.wait_for_function("query => location.search == query", arg=query)
        assert "n=77" in query
    finally:
        page.close()
        first.kill()
        first.wait()


def test_an_untouched_page_rests_and_goes_on_where_it_was(chromium):
    port = server.free_port("localhost", None)
    doors = Doors(Limits(idle_seconds=1.0))
    running = server.serve(["ridge/path"], port=port, show=False, threaded=True, doors=doors)
    page = chromium.new_page()
    try:
        server.wait_until_up(port)
        page.goto(f"http://localhost:{port}/ridge/path?n=77")
        page.get_by_text("This page rests").wait_for(timeout=60_000)
        page.wait_for_function("() => document.querySelectorAll('canvas').length == 0")
        for _ in range(400):
            if doors.open_pages == 0:
                break
            page.wait_for_timeout(100)
        assert doors.open_pages == 0
        assert page.get_by_text("connection to the server was lost").count() == 0
        page.get_by_text("Go on where you were").click()
        page.locator("canvas").first.wait_for(timeout=60_000)
        assert "n=77" in page.url
    finally:
        page.close()
        running.stop()
