"""The page of a scene: inputs on the left, figures in the middle, checks and the story below."""

from __future__ import annotations

import contextlib
import html
import math
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.custom import JSComponent
from tornado.ioloop import IOLoop

from explorer.core import link, registry
from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.roles import DARK_TWIN
from explorer.dashboard import theme
from explorer.dashboard.badges import badges_html
from explorer.dashboard.board import Board
from explorer.dashboard.controls import Controls
from explorer.dashboard.session import SLOW, Session, sentence
from explorer.dashboard.shell import shell
from explorer.dashboard.story import story
from explorer.dashboard.takehome import TakeHome
from explorer.dashboard.words import Words

OWN = "your own setting"
# Scene -> least seconds that a first picture of it took to compute in this process.
_opening_seconds: dict[str, float] = {}


class Eye(JSComponent):
    """Tells the server whether the page can be seen."""

    visible_now = param.Boolean(True, doc="False while the browser's tab is hidden.")

    _esm = Path(__file__).parent / "eye.js"
    _debounce = 1  # before anything that was changed on the hidden page


class ScenePage:
    """One open page of one scene.

    Parameters
        scene  : Scene
        texts  : input name -> text, as they stand in the address
        inputs : input name -> value
    """

    def __init__(self, scene: registry.Scene, texts: dict[str, str], inputs: dict[str, Any]) -> None:
        self.scene = scene
        self._document = pn.state.curdoc
        self._loop = IOLoop.current()
        self._opening = ""
        self.model = self._open(texts, inputs)
        self.board = Board(scene, self.model, lambda values: self._changed(values, False))
        self.session = Session(self.model, self._show, self._schedule)
        self.controls = Controls(self.model, self._changed)
        self.taking = TakeHome(self.model, self._schedule, self._say, lambda: self.board.dark)
        self.board.on_take = self.taking.figure
        self._parts()
        self.session.on_checks = self._show_checks
        self.session.on_progress = self._show_progress
        self.session.on_busy = self._show_busy
        self.session.on_message = self._say
        if self._opening:
            self._say(self._opening)

    def _open(self, texts: dict[str, str], inputs: dict[str, Any]) -> Any:
        """The model of the address; what is wrong there becomes a sentence, not an error page."""
        first = self.scene.presets[0].inputs if self.scene.presets and not texts and not inputs else {}
        model = self.scene.open(**{**first, **inputs})
        try:
            model.update(**link.read_inputs(self.scene.model_class, texts))
        except ValueError as error:
            self._opening = f"{sentence(error)} The page shows the default setting."
        return model

    def _parts(self) -> None:
        sheets = [theme.style()]
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "stylesheets": sheets}
        self.message = pmui.Alert(
            object="", severity="error", visible=False, sizing_mode="stretch_width", margin=(0, 0, 8, 0)
        )
        self.progress = pmui.LinearProgress(
            value=0, variant="determinate", sizing_mode="stretch_width", margin=(14, 8)
        )
        self.doing = Words(margin=(6, 8))
        cancel = pmui.Button(label="Cancel", size="small", variant="text", margin=(2, 4))
        cancel.on_click(lambda _event: self._cancel())
        self.busy = pn.Row(
            self.doing,
            self.progress,
            cancel,
            visible=False,
            sizing_mode="stretch_width",
            css_classes=["busy"],
        )
        self.badges = Words(object=badges_html(None), margin=(8, 0, 0, 0), sizing_mode="stretch_width")
        self.status = Words(margin=0, sizing_mode="stretch_width")
        self.eye = Eye(width=0, height=0, margin=0)
        self.eye.param.watch(lambda event: self.board.hide(not event.new), "visible_now")
        main = [
            self.message,
            pn.Column(*self.controls.scrubs.values(), css_classes=["cursors"], **wide),
            self.busy,
            self.board.panel,
            self.badges,
            self.status,
            story(self.scene.story),
            self.eye,
        ]
        self.panel = shell(
            self.scene.title,
            self.scene.summary,
            sidebar=[self._presets(), self.controls.panel],
            main=[pn.Column(*main, css_classes=["main"], stylesheets=sheets, sizing_mode="stretch_width")],
            header=[self.taking.panel, self._home()],
            sidebar_width=310,
        )
        self.panel.jscallback(
            dark_theme=f"const dark = cb_obj.dark_theme, pairs = {DARK_TWIN}, names = {list(theme.COLOURS)};"
            + theme.RECOLOUR
        )
        self.panel.param.watch(lambda event: setattr(self.board, "dark", event.new), "dark_theme")
        self.board.dark = self.panel.dark_theme

    def _home(self) -> Any:
        return pmui.Button(
            label="All scenes", href="./..", variant="text", color="light", icon="apps", margin=0
        )

    def _presets(self) -> Any:
        if not self.scene.presets:
            return pn.Column(margin=0)
        names = {preset.name: preset for preset in self.scene.presets}
        self.preset = pmui.Select(
            label="Preset",
            options=[OWN, *names],
            sizing_mode="stretch_width",
            size="small",
            margin=(12, 12, 0, 12),
        )
        self.lesson = pn.pane.HTML(
            "", stylesheets=[theme.style()], sizing_mode="stretch_width", margin=(2, 12)
        )

        def chosen(event: Any) -> None:
            if event.new in names and event.new != self._preset_now():
                self._changed({**self._defaults(), **names[event.new].inputs}, False)

        self._tell_preset()
        self.preset.param.watch(chosen, "value")
        return pn.Column(self.preset, self.lesson, sizing_mode="stretch_width", margin=0)

    def _defaults(self) -> dict[str, Any]:
        return {name: p.default for name, p in self.model.inputs().items()}

    def _preset_now(self) -> str:
        """The preset that the present inputs are, cursors aside; or one's own."""
        cursors = {name for name, p in self.model.inputs().items() if p.info.cost == "cursor"}
        now = {name: getattr(self.model, name) for name in self._defaults() if name not in cursors}
        for preset in self.scene.presets:
            wanted = {**self._defaults(), **preset.inputs}
            if all(now[name] == wanted[name] for name in now):
                return preset.name
        return OWN

    def _tell_preset(self) -> None:
        """Name the preset that is shown, and say what it teaches."""
        if not self.scene.presets:
            return
        name = self._preset_now()
        lessons = {preset.name: preset.lesson for preset in self.scene.presets}
        self.preset.value = name
        if (
            name in lessons
        ):  # else the last one stays, faint: without it the controls would jump under the hand
            self.lesson.object = f'<p class="lesson">{lessons[name]}</p>'
        else:
            self.lesson.object = self.lesson.object.replace('"lesson"', '"lesson left"')

    # What happens ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Called once the page stands in the browser: compile, compute, draw, unless that is done already."""
        self.board.prepare()
        self.session.start(self.scene.prepare)

    def draw_ahead(self) -> None:
        """Put the first picture into the page before it is sent: the browser then draws everything in one go.

        It has to be all or nothing: a document that changes between the answer and the browser's first word
        is lost to that browser.
        """
        self.session.draw_ahead()

    def _changed(self, values: dict[str, Any], moving: bool) -> bool:
        """Take new inputs; says whether they were accepted."""
        with pn.io.hold(self._document):  # the picture and what is said of it are one message
            accepted = self.session.change(values)
        if accepted:
            if not moving:
                self.controls.show(self.model)
                self._tell_preset()
                self._write_address()
        else:
            self.controls.show(self.model)
        return accepted

    def _cancel(self) -> None:
        self.session.cancel()

    def _show(self, frame: Frame) -> None:
        self.board.show(frame)
        before = _opening_seconds.get(self.scene.name, math.inf)
        _opening_seconds[self.scene.name] = min(before, self.session.compute_seconds)
        self.controls.show_cursors(self.model, dict(frame.cursors), frame.turned_by())
        self._push_to_notebook()

    def _show_checks(self, checks: list[Check] | None) -> None:
        text = badges_html(checks)
        with pn.io.hold(self._document):
            if self.badges.object != text:
                self.badges.object = text
            if checks is not None:  # at rest: every text that changes while the hand moves delays the picture
                self.status.object = (
                    f'<p class="status">computed in {1e3 * self.session.compute_seconds:.1f} ms, '
                    f"sent in {1e3 * self.board.push_seconds:.1f} ms</p>"
                )

    def _show_progress(self, share: float, text: str) -> None:
        self.progress.value = round(100 * share)
        self.doing.object = f'<span class="doing">{html.escape(text or "working")}…</span>'

    def _show_busy(self, busy: bool) -> None:
        self.busy.visible = busy

    def _say(self, text: str) -> None:
        safe = html.escape(text)  # it may quote a file, a column or an address; the alert would render markup
        if self.message.object != safe:
            self.message.object = safe
            self.message.visible = bool(text)

    def _write_address(self) -> None:
        location = pn.state.location
        if location is not None:
            query = "?" + self.model.link().partition("&")[2]
            if location.search != query:
                location.search = query

    def _push_to_notebook(self) -> None:
        if self._document is None or self._document.session_context is None:
            for figure in self.board.panel.select(pn.pane.Bokeh):
                if figure._models:
                    pn.io.push_notebook(figure)

    def _schedule(self, action: Callable[[], None], wait: int) -> Callable[[], None]:
        """Run on the page's own thread; in a notebook there is none, and it runs at once."""
        document = self._document
        if document is None or document.session_context is None:
            action()
            return lambda: None
        if wait == 0:
            # By way of the loop: a callback that a worker adds while this thread lets go of held events is lost.
            self._loop.add_callback(lambda: document.add_next_tick_callback(action))
            return lambda: None
        timer = document.add_timeout_callback(action, wait)
        pending = [timer]

        def take_back() -> None:
            if pending:
                with contextlib.suppress(ValueError):  # it has run
                    document.remove_timeout_callback(pending.pop())

        return take_back

    def close(self) -> None:
        """The session ended: stop its worker and let go of its figures."""
        self.session.close()
        self.taking.close()


def build(name: str, **inputs: Any) -> Any:
    """The page of a scene as a Panel servable.

    Parameters
        name   : str     such as ``"ridge/path"``
        inputs           values of its inputs

    Raises    ValueError  when there is no such scene or an input is wrong
    """
    pn.extension("katex", notifications=False)
    scene = registry.find(name)
    texts = _address_texts()
    page = ScenePage(scene, texts, inputs)
    if pn.state.curdoc is not None and pn.state.curdoc.session_context is not None:
        if not texts and not inputs and scene.prepared and _opening_seconds.get(name, math.inf) < SLOW:
            page.draw_ahead()
        opened = weakref.ref(page)  # Panel keeps what waits for a page that never loads
        pn.state.onload(lambda: opened().start() if opened() else None)
        pn.state.on_session_destroyed(lambda _context: page.close())
    else:
        page.start()
    return page.panel


def _address_texts() -> dict[str, str]:
    """Inputs that stand in the page's address."""
    arguments = {key: values[-1].decode("utf-8", "replace") for key, values in pn.state.session_args.items()}
    return {key: value for key, value in arguments.items() if key not in link.RESERVED}
