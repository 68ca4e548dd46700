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


def sent(size):
    """A table of so many rows on a document, set to other numbers, the patch that says so, and a twin document."""
    rng = np.random.default_rng(0)
    document, twin = Document(), Document()
    source = ColumnDataSource({"a": np.zeros(size), "b": np.zeros(size)})
    document.add_root(source)
    twin.replace_with_json(document.to_json())
    heard = []
    document.on_change(heard.append)
    source.data = wanted = {"a": rng.normal(size=size), "b": rng.integers(-9, 9, size).astype("int32")}
    return PROTOCOL.create("PATCH-DOC", heard), wanted, twin


@pytest.mark.parametrize("size", [1, 40, 5000])
def test_a_patch_makes_of_another_document_what_was_sent(size):
    message, wanted, twin = sent(size)
    read = Protocol().assemble(message.header_json, message.metadata_json, message.content_json)
    for buffer in message.buffers:
        read.assemble_buffer({"id": buffer.id}, buffer.to_bytes())
    assert read.complete
    wanted = dict(wanted)
    read.apply_to_document(twin)
    for name, column in twin.roots[0].data.items():
        assert column.dtype == wanted[name].dtype
        assert np.array_equal(column, wanted.pop(name))
    assert not wanted


@pytest.mark.parametrize(("size", "apart"), [(1, 0), (2048, 0), (2049, 1), (5000, 2)])
def test_columns_of_more_than_sixteen_kilobytes_stand_apart(size, apart):
    message, _, _ = sent(size)
    assert len(message.buffers) == apart
    assert json.loads(message.header_json)["num_buffers"] == apart


def test_what_stands_in_the_text_is_what_a_browser_unpacks():
    """Gzip in base64 where no buffer is named, as Bokeh itself writes documents."""
    message, wanted, _ = sent(40)
    (event,) = json.loads(message.content_json)["events"]
    packed = {name: column["array"]["data"] for name, column in event["data"]["entries"]}
    for name, column in wanted.items():
        text = gzip.decompress(base64.b64decode(packed.pop(name)))
        assert np.array_equal(np.frombuffer(text, column.dtype), column)
    assert not packed
