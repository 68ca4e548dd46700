"""One reader of a class without a browser: opens a page, moves one slider, and hears what a browser would hear."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from bokeh.client.websocket import WebSocketClientConnectionWrapper
from bokeh.protocol import Protocol
from bokeh.protocol.messages.patch_doc import patch_doc
from bokeh.protocol.receiver import Receiver
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClosedError, websocket_connect

PATIENCE = 120.0  # seconds, for anything that a server is asked
TOKEN = re.compile(r'"token":\s*"([^"]+)"')
READY = {
    "kind": "MessageSent",
    "msg_type": "bokeh_event",
    "msg_data": {"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}},
}


class Seat:
    """An open page.

    Parameters
        host   : ``localhost:5006``
        scene  : such as ``ridge/path``
        asked  : query text of its address
    """

    def __init__(self, host: str, scene: str, asked: str = "") -> None:
        self._host, self.scene, self._asked = host, scene, asked
        self._protocol = Protocol()
        self._receiver = Receiver(self._protocol)
        self._sent: dict[str, float] = {}  # message -> when, until the server says that it has it
        self._heard: list[float] = []  # when those were sent that the server has; their picture has not come
        self._picture: float | None = None  # when the last picture came since the server had a message
        self._changed = asyncio.Condition()
        self.seconds: list[float] = []
        self.errors: list[str] = []
        self.query: dict[str, str] = {}
        self._leaving = False

    async def open(self) -> Seat:
        """Ask for the page, then for its document, as a browser does."""
        place = f"{self._host}/{self.scene}"
        answer = await AsyncHTTPClient().fetch(f"http://{place}?{self._asked}", request_timeout=PATIENCE)
        token = TOKEN.search(answer.body.decode())
        assert token is not None, "the page has no token"
        request = HTTPRequest(
            f"ws://{place}/ws", headers={"Origin": f"http://{self._host}"}, request_timeout=PATIENCE
        )
        self._socket = await websocket_connect(
            request, subprotocols=["bokeh", token[1]], max_message_size=2**28
        )
        self._socket.protocol.set_nodelay(True)  # as browsers do
        self._wire = WebSocketClientConnectionWrapper(self._socket)
        await self._next()  # the greeting
        await self._protocol.create("PULL-DOC-REQ").send(self._wire)
        reply = await self._next()
        while reply.msgtype != "PULL-DOC-REPLY":
            reply = await self._next()
        self._models = {held["id"]: held for held in _objects(reply.content["doc"])}
        self._listening = asyncio.create_task(self._listen())
        await self._patch(READY)
        return self

    def slider(self, label: str) -> tuple[str, float, float]:
        """Its identifier and its ends."""
        for name, held in self._models.items():
            facts = held.get("attributes", {})
            if facts.get("label") == label and "value_throttled" in facts:
                return name, float(facts.get("start", 0.0)), float(facts.get("end", 1.0))
        raise LookupError(f"no slider {label!r} on {self.scene}")

    async def move(self, slider: str, value: float, release: bool = False) -> None:
        """Move a slider, and let go of it at the end of a drag."""
        changes = ["value", "value_throttled"] if release else ["value"]
        events = [
            {"kind": "ModelChanged", "model": {"id": slider}, "attr": name, "new": value} for name in changes
        ]
        await self._patch(*events, timed=True)

    async def rests(self, name: str = "", value: float = float("nan")) -> bool:
        """Whether the address comes to hold a receipt of the page's numbers, and this value if one is named."""

        def arrived() -> bool:
            return "digest" in self.query and (not name or float(self.query[name]) == value)

        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(arrived)
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        self._leaving = True
        self._socket.close()
        await self._listening

    async def _patch(self, *events: dict[str, Any], timed: bool = False) -> None:
        header = patch_doc.create_header()
        if timed:
            self._sent[header["msgid"]] = time.perf_counter()
        try:
            await patch_doc(header, {}, {"events": list(events)}).send(self._wire)
        except WebSocketClosedError:
            self.errors.append("the connection was lost")

    async def _next(self) -> Any:
        message = None
        while message is None:
            piece = await asyncio.wait_for(self._socket.read_message(), PATIENCE)
            if piece is None:
                raise WebSocketClosedError
            message = await self._receiver.consume(piece)
        return message

    async def _listen(self) -> None:
        while True:
            try:
                message = await self._next()
            except TimeoutError:
                continue
            except WebSocketClosedError:
                if not self._leaving:
                    self.errors.append("the connection was lost")
                return
            self._hear(message)
            async with self._changed:
                self._changed.notify_all()

    def _hear(self, message: Any) -> None:
        """The picture of a move is the last before the server says that it has the move, or else the next one."""
        now = time.perf_counter()
        if message.msgtype == "ERROR":
            self.errors.append(message.content.get("text", "error"))
        elif message.msgtype == "OK" and message.header.get("reqid") in self._sent:
            sent = self._sent.pop(message.header["reqid"])
            if self._picture is not None and self._picture > sent:
                self.seconds.append(self._picture - sent)
            else:
                self._heard.append(sent)
            self._picture = None
        elif message.msgtype == "PATCH-DOC":
            events = message.content["events"]
            if any(map(_picture, events)):
                self.seconds += [now - sent for sent in self._heard]  # of those overtaken, too: it is as new
                self._heard.clear()
                self._picture = now
            for event in events:
                if event.get("attr") == "entry":
                    entries = dict(event["new"]["entries"])
                    self.query = dict(parse_qsl(entries["query"].lstrip("?"), keep_blank_values=True))


def _picture(event: dict[str, Any]) -> bool:
    return event["kind"] == "ColumnDataChanged" or event.get("attr") == "data"


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every model of a document's JSON."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for inside in part:
            yield from _objects(inside)
