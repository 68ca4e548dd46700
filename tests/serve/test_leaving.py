"""Pages that are left leave nothing behind in the process that served them."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref

import panel as pn

from explorer.core import registry
from explorer.dashboard import page, server
from explorer.measure import browser as measure
from explorer.measure.seat import PATIENCE, Seat

AT_ONCE = 4


def workers() -> int:
    return sum(thread.name.startswith("explorer-") for thread in threading.enumerate())


async def come_and_go(host: str) -> list[str]:
    """Two readers of every scene: one leaves when all is computed, one at once."""

    async def visit(name: str, stays: bool) -> list[str]:
        seat = await Seat(host, name).open()
        assert not stays or await seat.rests()
        await seat.close()
        return seat.errors

    visits = [(scene.name, stays) for scene in registry.scenes() for stays in (True, False)]
    errors: list[str] = []
    for start in range(0, len(visits), AT_ONCE):
        for found in await asyncio.gather(*(visit(*given) for given in visits[start : start + AT_ONCE])):
            errors += found
    return errors


def test_readers_leave_no_page_and_no_worker(monkeypatch, run_async):
    pages: weakref.WeakKeyDictionary[page.ScenePage, str] = weakref.WeakKeyDictionary()
    seen: list[str] = []
    build, before = page.ScenePage.__init__, workers()

    def counted(self, *arguments):
        pages[self] = pn.state.headers.get("Host", "") if pn.state.curdoc else ""
        seen.append(pages[self])
        build(self, *arguments)

    monkeypatch.setattr(page.ScenePage, "__init__", counted)
    soon = {"check_unused_sessions_milliseconds": 200, "unused_session_lifetime_milliseconds": 500}
    with measure.serving(server.applications(), **soon) as port:
        host = f"localhost:{port}"

        def living() -> int:
            """Pages of this server alone: others may be open in this process."""
            return sum(place == host for place in list(pages.values()))

        assert run_async(come_and_go(host)) == []
        assert host in seen
        deadline = time.monotonic() + PATIENCE
        while (living() or workers() > before) and time.monotonic() < deadline:
            gc.collect()
            threading.Event().wait(0.2)
        assert living() == 0
        assert workers() <= before
