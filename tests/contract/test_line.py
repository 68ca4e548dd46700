"""A page starts, whatever has become of the lines to its browser."""

from __future__ import annotations

from types import SimpleNamespace

from explorer.dashboard.line import send_at_once


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
