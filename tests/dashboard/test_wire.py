"""What is said on the lines between a page and its browsers arrives, and those that have gone stop nothing."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from types import SimpleNamespace

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.protocol import Protocol
from panel.io import document as panel_document

from explorer.dashboard.wire import PROTOCOL, lose_no_message, prepare


def document(*sockets):
    connections = [SimpleNamespace(_socket=socket) for socket in sockets]
    session = SimpleNamespace(_subscribed_connections=connections)
    return SimpleNamespace(session_context=SimpleNamespace(session=session))


def test_a_line_that_has_gone_stops_nothing_and_the_others_are_told():
    told = []
    gone = SimpleNamespace(ws_connection=None, set_nodelay=lambda value: 1 / 0)
    open_ = SimpleNamespace(ws_connection=object(), set_nodelay=told.append)
    prepare(document(gone, open_))
    assert told == [True]


def test_a_page_without_a_session_has_no_lines():
    prepare(SimpleNamespace(session_context=None))


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


def arrays(*sizes):
    rng = np.random.default_rng(0)
    return {f"c{size}": rng.normal(size=size) for size in sizes}


def test_small_columns_stand_in_the_text_and_large_ones_apart():
    """What a browser reads: gzip in base64 where no buffer is named, as Bokeh itself writes documents."""
    document = Document()
    source = ColumnDataSource(arrays(1, 40, 5000))
    document.add_root(source)
    heard = []
    document.on_change(heard.append)
    source.data = wanted = arrays(2, 41, 5001)
    message = PROTOCOL.create("PATCH-DOC", heard)
    assert [len(buffer.to_bytes()) for buffer in message.buffers] == [5001 * 8]
    text = json.loads(message.content_json)

    def told(packed):
        if isinstance(packed, str):
            return gzip.decompress(base64.b64decode(packed))
        return next(buffer.to_bytes() for buffer in message.buffers if buffer.id == packed["id"])

    entries = dict(text["events"][0]["new" if "new" in text["events"][0] else "data"]["entries"])
    for name, column in wanted.items():
        assert np.array_equal(np.frombuffer(told(entries[name]["array"]["data"])), column)
    assert json.loads(message.header_json)["num_buffers"] == 1


def test_a_patch_reads_as_bokehs_own_does():
    document = Document()
    source = ColumnDataSource(arrays(3))
    document.add_root(source)
    heard = []
    document.on_change(heard.append)
    source.data = arrays(3, 4)
    message = PROTOCOL.create("PATCH-DOC", heard)
    read = Protocol().assemble(message.header_json, message.metadata_json, message.content_json)
    assert read.msgtype == "PATCH-DOC"
    assert read.complete
