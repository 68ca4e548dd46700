"""Compare: a pinned picture as a ghost behind the present one, or beside it with linked axes."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui
from bokeh.models import DataRange1d
from bokeh.plotting import figure as BokehFigure

from explorer.core import values
from explorer.core.model import Model
from explorer.core.registry import Scene
from explorer.dashboard import theme
from explorer.dashboard.board import Board
from explorer.dashboard.words import Words

PINNED = "pinned "  # in front of the names of the pinned picture's sources


class Compare:
    """What a page needs to compare the present picture with a pinned one.

    Parameters
        scene : Scene
        board : Board    the page's own
        model : Model    the page's own
        shown : gives the inputs of the picture that stands on the page, cursors aside
        laid  : called when a picture was put beside the other, or taken away
    """

    def __init__(
        self,
        scene: Scene,
        board: Board,
        model: Model,
        shown: Callable[[], Mapping[str, Any]],
        laid: Callable[[], None],
    ) -> None:
        self._scene, self._board, self._model = scene, board, model
        self._shown, self._laid = shown, laid
        self._pinned: Model | None = None
        self._other: Board | None = None
        self.button = pmui.IconButton(
            icon="push_pin",
            size="small",
            margin=0,
            description="Pin this picture, to compare others with it",
        )
        self._beside = pmui.Switch(label="side by side", margin=(4, 8))
        drop = pmui.Button(label="Unpin", icon="close", size="small", variant="text", margin=(2, 4))
        self._table = Words(margin=(4, 8), sizing_mode="stretch_width")
        self.panel = pn.Row(
            self._table,
            self._beside,
            drop,
            css_classes=["compare"],
            stylesheets=[theme.style()],
            sizing_mode="stretch_width",
            visible=False,
        )
        self.button.on_click(lambda _event: self.pin())
        drop.on_click(lambda _event: self.unpin())
        self._beside.param.watch(lambda event: self._lay_out(event.new), "value")

    def pin(self) -> None:
        """Pin the present picture, instead of one that was pinned before."""
        self.unpin()
        if self._board.pin() is not None:
            self._pinned = self._model.copy().update(**self._shown())  # newer inputs may be on their way
            self.panel.visible = True
            self.tell()

    def unpin(self) -> None:
        """Forget the pinned picture."""
        self._beside.value = False
        self._board.unpin()
        self._pinned = None
        self.panel.visible = False

    def tell(self) -> None:
        """Say which inputs differ."""
        if self._pinned is not None:
            self._table.object = differing_html(self._pinned, self._model)

    def link(self) -> None:
        """Link the axes of the two pictures; figures that were built again have axes of their own."""
        if self._other is not None:
            for name, figure in self._board.figures.items():
                for axis in "xy":
                    _share(self._other.figures[name].model, figure.model, axis)

    def turned_by(self) -> dict[str, list[str]]:
        """cursor -> names of the pinned picture's series, which it turns as well."""
        shown = self._other.shown if self._other is not None else None
        found = shown.turned_by() if shown is not None else {}
        present = self._board.latest
        return {  # the pages of another grid of positions would be others: that cursor stays where it was pinned
            cursor: [PINNED + name for name in names]
            for cursor, names in found.items()
            if shown is not None
            and present is not None
            and np.array_equal(shown.cursors[cursor], present.cursors.get(cursor))
        }

    def _lay_out(self, beside: bool) -> None:
        with pn.io.hold():
            if beside and self._pinned is not None and self._board.pinned is not None:
                self._other = other = Board(self._scene, self._pinned, None, mark=PINNED)
                other.dark = self._board.dark
                other.show(self._board.pinned)
                self._board.haunted = False
                self.link()
                pairs = zip(other.cards, self._board.cards, strict=True)
                self._board.panel[:] = [card for pair in pairs for card in pair]
            elif self._other is not None:
                self._unlink(self._other)
                self._other = None
                self._board.haunted = True
                self._board.panel[:] = self._board.cards
            self._board.panel.css_classes = ["board", "pairs"] if self._other is not None else ["board"]
            self._laid()

    def _unlink(self, other: Board) -> None:
        for name, figure in self._board.figures.items():
            theirs = {mark.id for mark in other.figures[name].model.renderers}
            for held in (figure.model.x_range, figure.model.y_range):
                if isinstance(held, DataRange1d) and isinstance(held.renderers, list):
                    held.renderers = [mark for mark in held.renderers if mark.id not in theirs]


def _share(pinned: BokehFigure, present: BokehFigure, axis: str) -> None:
    """Let a pinned figure have the range of the present one, which then makes room for the marks of both."""
    mine, theirs = getattr(present, f"{axis}_range"), getattr(pinned, f"{axis}_range")
    scales = [type(getattr(model, f"{axis}_scale")) for model in (pinned, present)]
    if mine is theirs or type(mine) is not type(theirs) or scales[0] is not scales[1]:
        return
    if isinstance(mine, DataRange1d) and isinstance(mine.renderers, list):
        own = [mark for mark in theirs.renderers if mark in pinned.renderers]
        mine.renderers = [*mine.renderers, *own]
    setattr(pinned, f"{axis}_range", mine)


def differing_html(pinned: Model, present: Model) -> str:
    """The table of inputs that differ between two settings of a scene."""
    rows = []
    for name, parameter in present.inputs().items():
        held = [getattr(model, name) for model in (pinned, present)]
        if held[0] != held[1]:
            cells = "".join(f"<td>{html.escape(_word(parameter, value))}</td>" for value in held)
            rows.append(f'<tr><th scope="row">{html.escape(parameter.label or name)}</th>{cells}</tr>')
    if not rows:
        return '<p class="caption">Pinned: change an input, and its ghost stays.</p>'
    head = '<tr><th scope="col">input</th><th scope="col">pinned</th><th scope="col">now</th></tr>'
    return f'<div class="numbers"><table>{head}{"".join(rows)}</table></div>'


def _word(parameter: Any, value: Any) -> str:
    text = values.shown(parameter, value)
    return text if len(text) <= 60 else text[:57] + "…"


def merged(*found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Lists under the same keys, one after the other."""
    keys = dict.fromkeys(key for held in found for key in held)
    return {key: [item for held in found for item in held.get(key, [])] for key in keys}
