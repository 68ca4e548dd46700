"""What a worker says to a page reaches its document on the page's own thread."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

from bokeh.document import Document
from panel.io.document import _cleanup_doc
from panel.io.state import set_curdoc

from explorer.core import registry
from explorer.dashboard.page import ScenePage


def test_a_worker_never_touches_the_document_itself(run_async):
    """Bokeh loses a callback that another thread adds while the page lets go of held events."""
    adders: list[int] = []

    class Watched(Document):
        def add_next_tick_callback(self, callback):
            adders.append(threading.get_ident())
            return super().add_next_tick_callback(callback)

    async def main() -> None:
        document = Watched()
        context = SimpleNamespace(
            id="page", destroyed=False, request=SimpleNamespace(arguments={}, cookies={}, headers={})
        )
        document._session_context = lambda: context
        with set_curdoc(document):
            page = ScenePage(registry.find("ridge/path"), {}, {})
        adders.clear()
        worker = threading.Thread(target=page._schedule, args=(lambda: None, 0))
        worker.start()
        worker.join()
        assert adders == []
        await asyncio.sleep(0)
        assert adders == [threading.get_ident()]
        page.close()
        _cleanup_doc(document)

    run_async(main())
