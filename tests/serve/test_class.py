"""A class before a server of two workers: nothing is lost, and the server stands what befalls it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient

from explorer.dashboard import server
from explorer.dashboard.doors import Doors
from explorer.dashboard.limits import Limits
from explorer.measure import classroom
from explorer.measure.seat import PATIENCE, Seat

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")


def until(holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return found


def children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = (map(int, line.split()) for line in listed.splitlines())
    return [pid for pid, above in pairs if above == parent]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with classroom.server(2) as address:
        yield address


def test_a_small_class_loses_nothing(host, run_async):
    hour = run_async(classroom.class_hour(host, seats=5, seconds=5.0))
    assert (hour["lost_final_values"], hour["wrong_final_numbers"], hour["errors"]) == (0, 0, [])
    assert 0 < hour["pictures"] <= hour["moves"] == 50


def test_pages_that_come_and_go_leave_nothing(host, run_async):
    crowd = run_async(classroom.come_and_go(host, 10))
    assert (crowd["sessions_left"], crowd["errors"]) == (0, [])


def test_a_page_that_is_only_asked_for_is_no_page(host, run_async):
    """Workers answer with one frame for all; what counts is the page that a websocket opens."""

    async def ask() -> list[int]:
        await classroom._empty(host)
        before = (await classroom.health(host))["sessions"]
        for _ in range(4):
            await AsyncHTTPClient().fetch(f"http://{host}/ridge/path?n=77", request_timeout=PATIENCE)
        asked = (await classroom.health(host))["sessions"]
        seat = await Seat(host, "ridge/path", "data=synthetic&n=77").open()
        assert await seat.rests("n", 77)
        opened = (await classroom.health(host))["sessions"]
        await seat.close()
        return [before, asked, opened]

    assert run_async(ask()) == [0, 0, 1]


def test_what_cannot_be_taken_is_answered_without_a_path_of_this_machine(host, run_async):
    async def send_nonsense() -> list[Any]:
        seat = await Seat(host, "ridge/path").open()
        heard: list[Any] = []
        hear = seat._hear
        seat._hear = lambda message: (heard.append(message), hear(message))
        await seat._patch({"kind": "ModelChanged", "model": {"id": "p0"}, "attr": "value", "new": 1})
        async with seat._changed:
            await asyncio.wait_for(seat._changed.wait_for(lambda: seat.errors), PATIENCE)
        await seat.close()
        return [message.content for message in heard if message.msgtype == "ERROR"]

    (answer,) = run_async(send_nonsense())
    assert not answer["traceback"]
    assert os.sep + "explorer" not in str(answer)
    assert sys.prefix not in str(answer)


def test_a_killed_worker_is_replaced_and_all_end_with_their_parent(run_async):
    port = server.free_port("localhost", None)
    command = [sys.executable, "-m", "explorer.cli", "serve", "ridge/path", "--workers", "2", "--no-show"]
    parent = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        before = until(lambda: (kids := children(parent.pid)) and len(kids) == 2 and kids, 200)
        server.wait_until_up(port)
        os.kill(before[0], signal.SIGKILL)
        after = until(
            lambda: (kids := children(parent.pid)) and len(kids) == 2 and before[0] not in kids and kids
        )
        assert run_async(classroom.health(f"localhost:{port}"))["status"] == "ok"
        left = next(pid for pid in before if pid in after)  # it serves already, and is sent away politely
        os.kill(left, signal.SIGTERM)
        after = until(lambda: (kids := children(parent.pid)) and len(kids) == 2 and left not in kids and kids)
        parent.terminate()
        assert parent.wait(20) == 0
        until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in after), 10)
    finally:
        parent.kill()
        parent.wait()


def test_the_first_reader_of_a_page_is_counted_and_goes_for_good():
    """What all readers' frames are taken from is no reader's page."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.serve.first_reader"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert told.stdout.split() == ["1", "0"], told.stderr


@pytest.fixture
def small() -> Iterator[str]:
    """A server with room for one page."""
    port = server.free_port("localhost", None)
    running = server.serve(
        ["ridge/path"], port=port, show=False, threaded=True, doors=Doors(Limits(sessions=1))
    )
    try:
        server.wait_until_up(port)
        yield f"localhost:{port}"
    finally:
        running.stop()


def test_a_page_too_many_is_told_so(small, run_async):
    async def two() -> list[str]:
        first = await Seat(small, "ridge/path").open()
        second = await Seat(small, "ridge/path").open()
        assert (await classroom.health(small))["sessions"] == 1
        texts = [str(seat._models) for seat in (first, second)]
        await first.close()
        await second.close()
        return texts

    first, second = run_async(two())
    assert "holds no more" not in first
    assert "1 page is open here, and this server holds no more" in second
