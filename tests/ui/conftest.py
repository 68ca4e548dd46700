"""One server for all tests of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from explorer.core import registry
from explorer.measure import browser as measure

TOY = "toy/wave"


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of a server with the gallery, every scene and the toy scene."""
    from explorer.dashboard import server

    registry.register(TOY, "tests.toy.wave")
    with measure.serving(server.applications()) as port:
        yield f"http://localhost:{port}"


class Visit:
    """One open page, with what went wrong on it and what it said to the server."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.frames: list[str] = []
        page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)
        page.on("websocket", self._socket)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.strangers.append(request.url)

    def _socket(self, socket: Any) -> None:
        if not socket.url.replace("ws://", "http://").startswith(self.address):
            self.strangers.append(socket.url)
        socket.on("framesent", lambda frame: self.frames.append(f"sent {str(frame)[:300]}"))
        socket.on("framereceived", lambda frame: self.frames.append(f"received {str(frame)[:300]}"))

    def open(self, path: str) -> Visit:
        self.page.goto(f"{self.address}/{path}")
        return self

    def settled(self) -> Visit:
        """Wait until the figures stand and the checks have spoken."""
        self.page.locator(".badge:not(.waiting)").first.wait_for(timeout=60_000)
        self.page.locator("canvas").first.wait_for(timeout=60_000)
        return self

    def darken(self) -> None:
        """Turn the page dark, and wait until it is."""
        self.page.get_by_label("Toggle theme").click()
        heading = self.page.locator("h3").first.element_handle()
        self.until("(heading) => getComputedStyle(heading).colorScheme == 'dark'", heading)

    def evaluate(self, code: str, argument: Any = None) -> Any:
        return self.page.evaluate(code, argument)

    def until(self, code: str, argument: Any = None) -> None:
        """Wait until a JavaScript condition holds."""
        self.page.wait_for_function(code, arg=argument, timeout=20_000)

    def source(self, name: str, column: str) -> list[float]:
        """A column of one of the page's data sources, as the browser holds it."""
        return self.evaluate(
            "([name, column]) => Array.from(Bokeh.documents[0].get_model_by_name(name).data[column])",
            [name, column],
        )

    def place(self, figure: int, x: float, y: float) -> tuple[float, float]:
        """Where a point of a figure's data lies on the screen."""
        return tuple(
            self.evaluate(
                """([figure, x, y]) => {
                  const views = []
                  const walk = (view) => { if (view.model.type == 'Figure') views.push(view)
                                           for (const child of view.child_views ?? []) walk(child)
                                           for (const child of view._child_views?.values?.() ?? []) walk(child) }
                  for (const view of Object.values(Bokeh.index)) walk(view)
                  for (const view of Bokeh.index.roots ?? []) walk(view)
                  const found = [...new Set(views)], view = found[figure]
                  const box = view.canvas_view.el.getBoundingClientRect()
                  return [box.x + view.frame.x_scale.compute(x), box.y + view.frame.y_scale.compute(y)]
                }""",
                [figure, x, y],
            )
        )


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens pages; afterwards none of them may have logged an error or asked another host."""
    contexts, visits = [], []

    def open_page(width: int = 1440, height: int = 900, **options: Any) -> Visit:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **options))
        visits.append(Visit(contexts[-1].new_page(), address))
        return visits[-1]

    yield open_page
    for context in contexts:
        context.close()
    assert [error for held in visits for error in held.errors] == []
    assert [stranger for held in visits for stranger in held.strangers] == []
