"""What is said on the lines between a page and its browsers arrives, and those that have gone stop nothing."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from bokeh.document import Document
from panel.io import document as panel_document

from explorer.dashboard.line import lose_no_message, send_at_once


def document(*sockets):
    connections = [SimpleNamespace(_socket=socket) for socket in sockets]
    session = SimpleNamespace(_subscribed_connections=connections)
    return SimpleNamespace(session_context=SimpleNamespace(session=session))


def test_a_line_that_has_gone_stops_nothing_and_the_others_are_told():
    told = []
    gone = SimpleNamespace(ws_connection=None, set_nodelay=lambda value: 1 / 0)
    open_ = SimpleNamespace(ws_connection=object(), set_nodelay=told.append)
    send_at_once(document(gone, open_))
    assert told == [True]


def test_a_page_without_a_session_has_no_lines():
    send_at_once(SimpleNamespace(session_context=None))


class Socket:
    """Takes a message when its future is done."""

    def __init__(self):
        self.heard = []
        self.taken = []

    def write(self, _connection, msg):
        self.heard.append(msg)
        self.taken.append(asyncio.get_running_loop().create_future())
        return [self.taken[-1]]


class Connection:
    def __init__(self, socket):
        self._socket = socket
        self.protocol = SimpleNamespace(create=lambda _kind, events: events[0])


@pytest.fixture
def socket(monkeypatch):
    held = Socket()
    monkeypatch.setitem(panel_document.extra_socket_handlers, Socket, held.write)
    return held


def test_a_message_that_is_added_while_another_is_taken_is_sent_too(socket, run_async):
    """Two changes in a row on a slow line: the first has just been taken when the second is added."""
    lose_no_message()
    lose_no_message()  # once is enough
    connection = Connection(socket)

    async def talk():
        document = Document()
        panel_document.schedule_write_events(document, [connection], ["first"])
        await asyncio.sleep(0)
        socket.taken[0].set_result(None)
        panel_document.schedule_write_events(document, [connection], ["second"])
        for _ in range(10):
            await asyncio.sleep(0)
        socket.taken[1].set_result(None)
        for _ in range(10):
            await asyncio.sleep(0)
        return panel_document._WRITE_MSGS.get(document), panel_document._WRITE_BLOCK.get(document)

    assert run_async(talk()) == (None, None)
    assert socket.heard == ["first", "second"]
