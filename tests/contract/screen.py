"""A board in a document without a browser, and what a change of setting sends to it."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent, ModelChangedEvent
from bokeh.models import ColumnDataSource, GlyphRenderer

from explorer.core import inputs, registry
from explorer.core.frame import Frame
from explorer.dashboard.board import Board
from explorer.dashboard.live import LiveFigure
from explorer.dashboard.sources import Sources
from tests.contract.settings import CURATED, SETTINGS, Setting, declared


class Screen:
    """A board in a Bokeh document, and the changes of data that would go to a browser."""

    def __init__(self, name: str) -> None:
        self.scene = registry.find(name)
        self.model = self.scene.open()
        self.tapped: list[dict[str, float]] = []
        self.board = Board(self.scene, self.model, self.tapped.append)
        self.show()
        self.document = Document()
        self.board.panel.server_doc(self.document)
        self.changes: list[Any] = []
        self.document.on_change(self.changes.append)

    def show(self, **inputs: Any) -> Frame:
        """Set inputs, as one change from the defaults, and show the frame."""
        defaults = {name: p.default for name, p in self.model.inputs().items()}
        frame = self.model.update(**{**defaults, **inputs}).frame
        self.board.show(frame)
        return frame

    def sent(self) -> Counter[str]:
        """How often the data of each source was sent since the last question; "" stands for derived marks."""
        found = Counter(
            event.model.name or ""
            for event in self.changes
            if isinstance(event, ColumnDataChangedEvent)
            or (isinstance(event, ModelChangedEvent) and event.attr == "data")
        )
        self.changes.clear()
        return found

    def renderers(self, figure: str) -> list[GlyphRenderer]:
        return drawn(self.board.figures[figure].model)

    def shared(self) -> dict[str, ColumnDataSource]:
        """The sources that hold a table, a field, or the book of a series."""
        sources = self.document.select({"type": ColumnDataSource})
        kinds = ("table:", "field:", "book:")
        return {source.name: source for source in sources if (source.name or "").startswith(kinds)}

    def models(self) -> dict[str, set[str]]:
        """Identities of all Bokeh models of each figure."""
        return {
            name: {m.id for m in figure.model.references()} for name, figure in self.board.figures.items()
        }


@dataclass
class Step:
    """What one change of setting did to a screen."""

    setting: Setting
    fits: dict[str, bool]
    builds: dict[str, tuple[int, int]]
    models: dict[str, tuple[set[str], set[str]]]
    changed: set[str]
    sent: Counter[str]
    messages: int
    again: Counter[str]
    differences: list[str]


@functools.cache
def journey(name: str) -> list[Step]:
    """A screen that is led through all presets and the ends of a live input, and what was seen.

    The last two and the first three it meets a second time, fed by what came between; what it shows is then compared
    with figures that are built for the frame.
    """
    screen = Screen(name)
    settings = [setting for setting in CURATED if setting.scene == name]
    settings += [setting for setting in SETTINGS if setting.scene == name and turns_live(setting)][:2]
    first = [lead(screen, setting, compare=False) for setting in settings]
    return first + [lead(screen, setting, compare=True) for setting in settings[-2:] + settings[:3]]


def turns_live(setting: Setting) -> bool:
    parameter = declared(setting.scene).get(setting.words.partition("=")[0])
    return isinstance(parameter, inputs.Real | inputs.Whole) and parameter.info.cost == "live"


def lead(screen: Screen, setting: Setting, compare: bool) -> Step:
    board = screen.board
    frame = screen.model.copy().reset().update(**setting.inputs).frame
    fits = {name: figure.fits(frame) for name, figure in board.figures.items()}
    models, builds, messages = screen.models(), dict(board.builds), board.sources.messages
    before = {name: dict(source.data) for name, source in screen.shared().items()}
    screen.sent()
    screen.show(**setting.inputs)
    sent, after = screen.sent(), screen.shared()
    messages = board.sources.messages - messages
    board.show(frame)
    changed = {name for name in before.keys() & after.keys() if not same(before[name], after[name].data)}
    return Step(
        setting,
        fits,
        {name: (builds[name], board.builds[name]) for name in builds},
        {name: (models[name], held) for name, held in screen.models().items()},
        changed,
        sent,
        messages,
        screen.sent(),
        [
            words
            for name in fits
            if fits[name] and changed and compare
            for words in differences(screen, name, frame)
        ],
    )


def differences(screen: Screen, figure: str, frame: Frame) -> list[str]:
    """What a figure that was fed shows otherwise than one that is built for the frame."""
    spec = screen.board.figures[figure].spec
    built = LiveFigure(spec, Sources(), screen.model.opened(frame)).model
    found = []
    for one, other in zip(screen.renderers(figure), drawn(built), strict=True):
        if type(one.glyph) is not type(other.glyph):
            found.append(f"{figure}: {type(one.glyph).__name__} for {type(other.glyph).__name__}")
        if (one.data_source.name or "").startswith("page:"):
            continue  # the browser turns the pages
        found += [
            f"{figure}: {type(one.glyph).__name__} {column}"
            for column, held in other.data_source.data.items()
            if not equal(one.data_source.data[column], held)
        ]
    return found


def drawn(model: Any) -> list[GlyphRenderer]:
    return [part for part in model.renderers if isinstance(part, GlyphRenderer)]


def same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return before.keys() == after.keys() and all(equal(before[column], after[column]) for column in before)


def equal(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == b.dtype.kind == "f")
