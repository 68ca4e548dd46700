"""Scenes in a notebook: the live page below a cell, by way of the kernel's own messages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import holoviews as hv
import panel as pn
import panel_material_ui as pmui
from bokeh.models import UIElement
from IPython import get_ipython
from IPython.display import publish_display_data
from panel.io.notebook import patch_inline_stylesheets
from panel.models.esm import ReactComponent
from tornado.ioloop import IOLoop

from explorer.core import registry
from explorer.core.model import Model
from explorer.core.screen import MimeBundle
from explorer.dashboard import theme
from explorer.dashboard.board import Board
from explorer.dashboard.page import ScenePage

# Every Material component would carry the whole library, a megabyte and a half. The notebook holds it once,
# under this name, and the components wait for it there.
LIBRARY = "ridgelineMaterial"
SCRIPT = "<script>window.%s ??= URL.createObjectURL(new Blob([%s], {type: 'text/javascript'}))</script>"
STUB = f"""
while (window.{LIBRARY} == null) await new Promise((done) => setTimeout(done, 20))
const library = await import(window.{LIBRARY})
export default library.default
"""
# The icons are a font, which a browser takes from the document, and words, which it turns into icons in a part.
FONT = "<style>@font-face {font-family: 'Material Icons'; src: url(data:font/woff2;base64,%s)}</style>"
ICONS = """.material-icons {
  font-family: "Material Icons"; font-feature-settings: "liga"; line-height: 1; letter-spacing: normal;
  text-transform: none; white-space: nowrap;
}"""
CONTROLS_WIDTH = 290
# A cell is narrower than a page: two figures a row as long as they can be read.
NARROW = ":host(.board) { grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)) }"
_loaded: set[str] = set()
_cells: dict[int, Cell] = {}


def load() -> None:
    """Bring what pages need into the notebook, once a kernel; nothing of it comes from a network."""
    if "pages" not in _loaded:
        _loaded.add("pages")
        pn.extension("katex", inline=True, notifications=False)
        bundle = pmui.Row._bundle_path
        library = json.dumps(bundle.read_text(encoding="utf-8")).replace("</", "<\\/")
        font = next(
            path for path in bundle.parent.glob("material-icons-*.woff2") if "outlined" not in path.name
        )
        icons = FONT % base64.b64encode(font.read_bytes()).decode()
        publish_display_data({"text/html": icons + SCRIPT % (LIBRARY, library)})
        get_ipython().events.register("pre_run_cell", _clear)


def load_figures() -> None:
    """Bring what HoloViews figures need into the notebook, once a kernel."""
    if "figures" not in _loaded:
        _loaded.add("figures")
        hv.extension("bokeh", inline=True, logo=False)
        pn.viewable.Viewable._preprocessing_hooks.append(_inline)


def show(model: Model) -> MimeBundle:
    """The live scene of a model. One cell shows a model at a time: the one that showed it before lets go of it."""
    return Cell(model).show()


def page(model: Model) -> Frame:
    """The live scene of a model as a Panel part, such as ``panel.ipywidget`` takes."""
    return Cell(model).page.panel


def _clear(_info: Any) -> None:
    """A cell is run again: what it showed goes."""
    place = _running()
    for cell in [cell for cell in _cells.values() if place and cell.place == place]:
        cell.close()


def _running() -> str:
    """Name of the notebook's cell that runs now; empty where the notebook does not tell."""
    return get_ipython().kernel.get_parent().get("metadata", {}).get("cellId", "")


class Cell:
    """One cell that shows a model.

    The kernel's own loop is the page's thread: pictures are drawn between cells. What the hand changes on the
    page is the model's own state, and what a later cell changes in the model moves the page.

    Parameters
        model : Model
    """

    def __init__(self, model: Model) -> None:
        load()
        if id(model) in _cells:
            _cells[id(model)].close()
        _cells[id(model)] = self
        self.model = model
        self.place = _running()
        self._loop = IOLoop.current()
        self._turned: set[str] = set()
        self._standing = False
        self.page = ScenePage(registry.find(model.scene_name), {}, {}, cell=self)
        self.page.eye.param.watch(
            lambda event: setattr(self.page.panel, "dark_theme", event.new), "dark_host"
        )
        self.page.eye.param.watch(lambda _event: self._stand(), "standing")
        self._watcher = model.param.watch(self._heard, list(model.inputs()))

    def show(self) -> MimeBundle:
        """What the notebook puts below the cell; the work begins when it stands there."""
        frame = self.page.panel
        if self.page.prompt():
            self.page.draw_ahead()
        return frame._repr_mimebundle_()

    def _stand(self) -> None:
        """The page stands in the browser: what is sent before is lost to it."""
        self._standing = True
        for ref in self.page.panel._comms:  # what is held so far went along with the page
            pn.state._views[ref][2].callbacks._held_events.clear()
        self.page.start()
        if self._turned:
            self._follow()
        self.push()

    def heard(self, act: Callable[[], Any]) -> None:
        """Take a message of the browser: on the kernel's loop, though it may arrive on any thread."""
        self._loop.add_callback(act)

    def shell(self, board: Board) -> Callable[..., Frame]:
        """What puts a page's parts side by side, in a place that has a frame of its own."""
        board.panel.stylesheets = [*board.panel.stylesheets, NARROW]

        def frame(_title: str, _summary: str, *, sidebar: list[Any], main: list[Any], **_parts: Any) -> Frame:
            return Frame(
                pn.Column(*sidebar, width=CONTROLS_WIDTH),
                pn.Column(*main, sizing_mode="stretch_width"),
                theme_config=theme.PALETTE,
                sizing_mode="stretch_width",
                cell=self,
            )

        return frame

    def schedule(self, action: Callable[[], None], wait: int) -> Callable[[], None]:
        """Run on the kernel's loop, after so many milliseconds; gives what takes it back."""
        pending = [action]

        def run() -> None:
            if pending:
                pending.pop()()
                self.push()

        if wait:
            self._loop.call_later(wait / 1000, run)
        else:
            self._loop.add_callback(run)
        return pending.clear

    def push(self) -> None:
        """Send what was changed in the figures: nobody watches them in a notebook."""
        pn.io.push_notebook(self.page.panel)

    def _heard(self, *events: Any) -> None:
        """Another hand changed the model: follow once the cell that did it is through."""
        if not self.page.session.changing:
            inputs = self.model.inputs()
            if any(inputs[event.name].info.cost != "cursor" for event in events):
                self.page.session.expire()
            if self._standing and not self._turned:
                self._loop.add_callback(self._follow)
            self._turned |= {event.name for event in events}

    def _follow(self) -> None:
        turned, self._turned = self._turned, set()
        if not self.page.session.closed:
            self.page.follow(turned)
            self.push()

    def close(self) -> None:
        """The cell was cleared, or another one shows the model: the worker ends, and the model is let go."""
        if _cells.get(id(self.model)) is self:
            del _cells[id(self.model)]
        if not self.page.session.closed:
            self.model.param.unwatch(self._watcher)
            self.page.close()
            self.page.panel.let_go()


class Frame(pmui.Row):
    """The page's outermost part: it hears the browser, and is told when the notebook throws it away."""

    def __init__(self, *parts: Any, cell: Cell, **options: Any) -> None:
        super().__init__(*parts, **options)
        self._cell = cell

    def _on_msg(self, ref: str, manager: Any, msg: Any) -> None:
        if ref in pn.state._views:
            self._cell.heard(lambda: super(Frame, self)._on_msg(ref, manager, msg))

    def _preprocess(self, root: Any, changed: Any = None, old_models: Any = None) -> None:
        """Last, after the design: style sheets as text, and the library from where the notebook holds it."""
        super()._preprocess(root, changed, old_models)
        for part in (changed or self)._models[root.ref["id"]][0].select({"type": UIElement}):
            patch_inline_stylesheets(part)
            if isinstance(part, ReactComponent) and part.bundle is not None and part.esm != STUB:
                part.update(esm=STUB, css_bundle=ICONS)

    def _cleanup(self, root: Any = None) -> None:
        super()._cleanup(root)
        self._cell.heard(self._cell.close)

    def let_go(self) -> None:
        """Take back what keeps this page alive: Panel's list of views, and the lines to the browser."""
        for ref, lines in list(self._comms.items()):
            if ref in pn.state._views:
                self._cleanup(pn.state._views.pop(ref)[1])
            for line in lines:
                pn.state._comm_manager._comms.pop(line.id, None)
                if line._comm:
                    line.close()
                get_ipython().kernel.comm_manager.targets.pop(line.id, None)
        self._comms.clear()


def _inline(_view: Any, root: Any) -> None:
    """HoloViews leaves Panel's style sheets as addresses."""
    for part in root.select({"type": UIElement}):
        patch_inline_stylesheets(part)
