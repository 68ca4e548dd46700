"""Board: the figures of one page in their cards, built once and then fed with frames."""

from __future__ import annotations

import html
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import panel as pn

from explorer.core.figure import Figure
from explorer.core.frame import Frame
from explorer.core.model import Model
from explorer.core.registry import Scene
from explorer.dashboard import theme
from explorer.dashboard.cardtools import CardTools
from explorer.dashboard.ghost import Ghost, ghosts, haunt
from explorer.dashboard.lag import LAG
from explorer.dashboard.live import LiveFigure
from explorer.dashboard.sources import Sources
from explorer.dashboard.words import Words

EMPTY = '<div class="skeleton" aria-hidden="true"></div>'


class _Card:
    """Title, legend, figure and caption of one figure."""

    def __init__(self, title: str, tools: CardTools) -> None:
        self._title = title
        self._tools = tools
        sheets = [theme.style()]
        self.head = Words(object=self._heading(""), margin=0, sizing_mode="stretch_width")
        self.body = pn.Column(
            pn.pane.HTML(
                EMPTY, stylesheets=sheets, height=theme.HEIGHT, sizing_mode="stretch_width", margin=0
            ),
            sizing_mode="stretch_width",
            margin=0,
        )
        self.foot = Words(margin=0, sizing_mode="stretch_width")
        self.panel = pn.Column(
            pn.Row(self.head, tools.menu, sizing_mode="stretch_width", margin=0),
            self.body,
            self.foot,
            tools.table,
            css_classes=["card"],
            stylesheets=sheets,
            sizing_mode="stretch_width",
        )

    def _heading(self, legend: str) -> str:
        return f"<h3>{html.escape(self._title)}</h3>{legend}"

    def put(self, figure: LiveFigure) -> None:
        self.head.object = self._heading(theme.legend_html(figure.legend))
        self._tools.put(figure)
        self.body[:] = [pn.pane.Bokeh(figure.model, sizing_mode="stretch_width", margin=0)]

    def say(self, caption: str) -> None:
        text = f'<p class="caption">{html.escape(caption)}</p>' if caption else ""
        if self.foot.object != text:
            self.foot.object = text


class Board:
    """The figures of one page.

    Parameters
        scene  : Scene
        model  : Model     the page's model, for the cursors' places
        tapped : called with {input: value} when a tap or a dragged mark sets inputs that need computing; says
                 whether they were accepted; None where nothing can be set by hand
        refused  : called with the error when marks cannot stand where they were dragged
        captions : whether the sentence under each figure is shown
        mark     : in front of the names of sources, and of titles, to tell two boards on one page apart
    """

    def __init__(
        self,
        scene: Scene,
        model: Model,
        tapped: Callable[[dict[str, Any]], Any] | None,
        refused: Callable[[ValueError], None] = lambda error: None,
        captions: bool = True,
        mark: str = "",
    ) -> None:
        self._scene = scene
        self._model = model
        self._tapped = tapped
        self._refused = refused
        self._captions = captions
        self._mark = mark
        self.on_take: Callable[[str, str], None] = lambda figure, ending: None
        self.sources = Sources(mark)
        self.figures: dict[str, LiveFigure] = {}
        self.builds: dict[str, int] = {}
        self.dark = False
        self.push_seconds = 0.0
        self._hidden = False
        self._haunted = False
        self._waiting: Frame | None = None
        self._cards: dict[str, _Card] = {}
        self._ghosts: dict[str, list[Ghost]] = {}
        self.shown: Frame | None = None
        self.heard_taps: Callable[[str, float, float], bool] | None = None  # whether a tap was meant for it
        self.pinned: Frame | None = None
        self.panel = pn.Column(
            css_classes=["board"], stylesheets=[theme.style()], sizing_mode="stretch_width"
        )

    def prepare(self) -> None:
        """Stand up the cards, empty, unless they stand."""
        if self._cards:
            return
        self._cards = {
            figure.name: _Card(
                self._title(figure), CardTools(figure.name, figure.title, self._scene.name, self._take)
            )
            for figure in self._scene.figures
        }
        self.panel[:] = self.cards

    @property
    def cards(self) -> list[Any]:
        """The figures in their cards, in order."""
        return [card.panel for card in self._cards.values()]

    def _title(self, figure: Figure) -> str:
        return f"{self._mark.capitalize().strip()}: {figure.title}" if self._mark else figure.title

    def _take(self, figure: str, ending: str) -> None:
        if ending in (".csv", ".parquet"):
            self.on_take(figure, ending)

    def show(self, frame: Frame) -> None:
        """Bring the figures up to this frame; a hidden page only remembers it."""
        if self._hidden:
            self._waiting = frame
            return
        started = time.perf_counter()
        frame = self._model.opened(frame)
        self.prepare()
        with pn.io.hold():  # one message with everything, in order
            self._draw(frame)
            self.shown = frame
            if not LAG.late:
                self.tell()
        self.push_seconds = time.perf_counter() - started

    def tell(self) -> None:
        """Say under each figure what it shows."""
        if self._captions and self.shown is not None:
            for name, card in self._cards.items():
                card.say(self.shown.captions.get(name, ""))

    def pin(self) -> Frame | None:
        """Leave a ghost of the present picture in every figure; gives its frame, if there is a picture yet."""
        if self.shown is not None:
            self.pinned = self._model.opened(self.shown)
            self._ghosts = {name: ghosts(held.model, self.pinned) for name, held in self.figures.items()}
            self.haunted = True
        return self.pinned

    @property
    def haunted(self) -> bool:
        """Whether the ghosts of the pinned picture are drawn."""
        return self._haunted

    @haunted.setter
    def haunted(self, drawn: bool) -> None:
        self._haunted = drawn
        with pn.io.hold():
            for name in self.figures:
                self._haunt(name)

    def _haunt(self, name: str) -> None:
        haunt(self.figures[name].model, self._ghosts.get(name, []) if self._haunted else [], self.dark)

    def unpin(self) -> None:
        """Take the ghosts away."""
        self._ghosts, self.pinned = {}, None
        self.haunted = False

    @property
    def latest(self) -> Frame | None:
        """The newest frame, drawn or, on a hidden page, waiting."""
        return self._waiting or self.shown

    def hide(self, hidden: bool) -> None:
        """A hidden page draws nothing; shown again, it draws the newest frame once."""
        self._hidden = hidden
        if not hidden and self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.show(waiting)

    def _draw(self, frame: Frame) -> None:
        """New columns for every figure; those whose own structure changed are built again."""
        self.sources.push(frame)
        for spec in self._scene.figures:
            drawn = self.figures.get(spec.name)
            if drawn is not None and drawn.fits(frame):
                drawn.push(frame)
                continue
            figure = LiveFigure(spec, self.sources, frame, self.dark)
            self._connect(figure, frame)
            self.figures[spec.name] = figure
            self._haunt(spec.name)
            self.builds[spec.name] = self.builds.get(spec.name, 0) + 1
            self._cards[spec.name].put(figure)

    def _connect(self, figure: LiveFigure, frame: Frame) -> None:
        computed: dict[str, str] = {}
        for axis, name in figure.spec.tap.items():
            if name in frame.cursors:
                figure.tap_moves_cursor(axis, name)
            elif self._tapped is not None:
                computed[axis] = name
        if figure.spec.drag and self._tapped is not None:
            figure.let_drag(frame, self._dragged)
        if computed or self.heard_taps is not None:
            figure.model.on_event("tap", lambda event: self._tap(figure.spec.name, computed, event))

    def _tap(self, figure: str, computed: dict[str, str], event: Any) -> None:
        """A tap answers a lesson's question or sets inputs, not both: a start stays where the question left it."""
        if not all(isinstance(at, int | float) and math.isfinite(at) for at in (event.x, event.y)):
            return
        if self.heard_taps is not None and self.heard_taps(figure, event.x, event.y):
            return
        if computed and self._tapped is not None:
            self._tapped({name: float(getattr(event, axis)) for axis, name in computed.items()})

    def _dragged(self, wanted: Callable[[], Mapping[str, Any]]) -> bool:
        """Set the inputs of dragged marks; False when the marks are to stand where they stood before."""
        try:
            values = dict(wanted())
        except ValueError as error:
            self._refused(error)
            return False
        before = {name: getattr(self._model, name) for name in values}
        accepted = self._tapped is not None and self._tapped(values)
        return bool(accepted) and any(getattr(self._model, name) != before[name] for name in values)
