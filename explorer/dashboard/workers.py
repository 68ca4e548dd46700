"""Several worker processes behind one address: they share its socket, end with their parent, and are replaced when
one is killed.

Tornado forks them, so nothing may have made an event loop or a thread in the parent; what the parent has imported
and compiled, they share.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import panel as pn
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.process import task_id

from explorer.core.values import InputError

MOST = 64
FRAME_SECONDS = 120.0  # for one page, on a machine that may be busy


def check(workers: int) -> None:
    """InputError when this many workers cannot be had."""
    if not 1 <= workers <= MOST:
        raise InputError(f"--workers takes 1 to {MOST}; {workers} is not.")
    if workers > 1 and not hasattr(os, "fork"):
        raise InputError("several workers need a system that can fork, such as Linux; leave --workers out.")


def share_frames() -> None:
    """Answer the requests for a page with one frame, and build the page itself where its websocket arrives.

    That is one building a reader, where there would be up to two. What stands in the frame is the same for all.
    """
    pn.config.reuse_sessions = True
    pn.config.session_key_func = lambda request: request.path


async def make_frames(server: Any) -> None:
    """Ask this very worker for each of its pages once.

    Whoever asks first for a page is given the frame itself: a reader's own page would be kept there, uncounted, for
    as long as the worker lives.
    """
    asked = HTTPServer(server._tornado)
    sockets = bind_sockets(0, "127.0.0.1")
    asked.add_sockets(sockets)
    root = f"http://127.0.0.1:{sockets[0].getsockname()[1]}{server.prefix}"
    try:
        for path in sorted(server._tornado.app_paths):
            await AsyncHTTPClient().fetch(root + path, request_timeout=FRAME_SECONDS)
    finally:
        asked.stop()


def _opening(server: Any) -> Callable[[], Awaitable[None]]:
    """Close this worker's door; gives what opens it once the frames stand. Readers wait, or others answer."""
    http = server._http
    sockets = list(http._sockets.values())
    for let_go in http._handlers.values():
        let_go()

    async def begin() -> None:
        try:
            await make_frames(server)
        finally:
            http.add_sockets(sockets)

    return begin


def run(serve: Callable[[], Any], begin: Callable[[], None]) -> None:
    """Fork the workers and serve until SIGINT or SIGTERM.

    Parameters
        serve : forks, and gives each worker its server, not yet started; the parent stays inside it
        begin : called first in each worker
    """
    held, given = os.pipe()  # open as long as the parent lives: its end is heard whatever ended it
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _leave)
    try:
        server = serve()
    except SystemExit:
        if task_id() is None:
            os.close(given)
            _wait_for_all()
        raise
    os.close(given)
    begin()
    share_frames()
    loop, ended = server.io_loop, False

    def end(*_: Any) -> None:
        nonlocal ended
        ended = True
        loop.stop()

    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the parent ends it in order
    signal.signal(signal.SIGTERM, lambda *_: loop.add_callback_from_signal(loop.stop))
    loop.add_handler(held, end, loop.READ)
    server.start()
    loop.add_callback(_opening(server))
    loop.start()
    sys.stdout.flush()
    # Threads that still compute end with the process; nothing of theirs is to be kept. A worker that somebody sent
    # away, while its parent lives, has failed: another one takes its place.
    os._exit(0 if ended else 1)


def _leave(*_: Any) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    sys.exit(0)


def _wait_for_all() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
