"""The wire between a page and its browser: how messages are written to it."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from bokeh.core.json_encoder import PayloadEncoder
from bokeh.core.serialization import Buffer
from bokeh.protocol import Protocol
from bokeh.protocol.messages.patch_doc import patch_doc
from panel.io import document as panel_document

# A column no larger than this stands in the text of its message. As a part of its own it costs two more pieces, each
# with its task, its system call, and its event in the browser: a picture of thirty columns was 67 pieces.
SMALL_BUFFER = 16_384


class _Encoder(PayloadEncoder):
    def __init__(self, apart: set[str]) -> None:
        super().__init__(separators=(",", ":"))
        self._apart = apart

    def default(self, held: Any) -> Any:
        if isinstance(held, Buffer) and held.id not in self._apart:
            return base64.b64encode(_as_gzip(held.to_bytes())).decode("ascii")
        return super().default(held)


def _as_gzip(content: bytes) -> bytes:
    """What the browser unpacks, though nothing is packed: digits hardly are, and the hand waits."""
    return zlib.compress(content, level=0, wbits=31)


class CompactPatch(patch_doc):
    """A patch of a document in three pieces and two for each large column."""

    @classmethod
    def create(cls, events: Any, **metadata: Any) -> CompactPatch:
        message = super().create(events, **metadata)
        large = [buffer for buffer in message._buffers if memoryview(buffer.data).nbytes > SMALL_BUFFER]
        message._content_json = _Encoder({buffer.id for buffer in large}).encode(message.content)
        message._buffers, message._header["num_buffers"] = large, len(large)
        return message  # type: ignore[return-value]


class CompactProtocol(Protocol):
    """Bokeh's protocol with compact patches."""

    def __init__(self) -> None:
        super().__init__()
        self._messages = {**self._messages, "PATCH-DOC": CompactPatch}


PROTOCOL = CompactProtocol()


def lose_no_message() -> None:
    """Let Panel (1.9) send what is added while it writes.

    Messages that cannot go at once wait in a list; the task that has written the list marks it as empty when the
    socket has taken them. One that was added in between was forgotten until the next change, which may never come.
    """
    write = panel_document._dispatch_msgs
    if getattr(write, "loses_none", False):
        return

    async def write_all(document: Any) -> None:
        await write(document)
        if document in panel_document._WRITE_MSGS and document not in panel_document._WRITE_BLOCK:
            panel_document._WRITE_BLOCK[document] = True
            panel_document._dispatch_write_task(document, write_all, document)

    write_all.loses_none = True  # type: ignore[attr-defined]
    panel_document._dispatch_msgs = write_all


def prepare(document: Any) -> None:
    """Make the lines of a page that has just been opened fast.

    Messages are compact, and no part of one waits for the browser's word that it has the part before: a picture is
    several pieces, and the two ends' politeness costs 40 ms (Nagle's rule and delayed acknowledgements).
    """
    for connection in _connections(document):
        connection._protocol = PROTOCOL
        if connection._socket.ws_connection is not None:  # or it has gone; the page starts all the same
            connection._socket.set_nodelay(True)


def hang_up(document: Any) -> None:
    """Close the connections of a page; its session ends as any that nobody listens to."""
    for connection in _connections(document):
        connection._socket.close()


def _connections(document: Any) -> list[Any]:
    session = getattr(document.session_context, "session", None)
    return list(getattr(session, "_subscribed_connections", ()))
