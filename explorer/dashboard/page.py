"""The page of a scene: inputs on the left, figures in the middle, checks and the story below."""

from __future__ import annotations

import asyncio
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

from explorer.core import registry, screen
from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.receipt import Receipt
from explorer.core.roles import DARK_TWIN
from explorer.dashboard import address, limits, theme
from explorer.dashboard.address import Address, Asked
from explorer.dashboard.badges import badges_html
from explorer.dashboard.board import Board
from explorer.dashboard.compare import Compare, merged
from explorer.dashboard.controls import Controls
from explorer.dashboard.lag import LAG
from explorer.dashboard.lessons import Lessons
from explorer.dashboard.presets import Presets
from explorer.dashboard.session import SLOW, Session, sentence
from explorer.dashboard.shell import shell
from explorer.dashboard.story import story
from explorer.dashboard.takehome import TakeHome
from explorer.dashboard.words import Words

# Scene -> least seconds that a first picture of it took to compute in this process.
_opening_seconds: dict[str, float] = {}


class Eye(JSComponent):
    """Tells the server whether the page can be seen."""

    visible_now = param.Boolean(True, doc="False while the browser's tab is hidden.")
    dark_host = param.Boolean(False, doc="True in a notebook that was dark when the page was opened.")
    standing = param.Boolean(False, doc="True once the page stands in the browser.")

    _esm = Path(__file__).parent / "eye.js"
    _debounce = 1  # before anything that was changed on the hidden page


class ScenePage:
    """One open page of one scene.

    Parameters
        scene  : Scene
        texts  : key -> text, as they stand in the address
        inputs : input name -> value
        cell   : the notebook's cell that shows the page, if one does; the model is then the cell's
    """

    def __init__(
        self, scene: registry.Scene, texts: dict[str, str], inputs: dict[str, Any], cell: Any = None
    ) -> None:
        self.scene = scene
        self._cell = cell
        self._document = pn.state.curdoc
        self._loop = IOLoop.current()
        self._asked = asked = address.read(scene, texts, inputs)
        self._link_receipt, self._receipt = asked.receipt, None
        self._moving = self._opened = False
        self.model = cell.model if cell else scene.open(**asked.inputs)
        self.board = Board(
            scene,
            self.model,
            lambda values: self._changed(values, False),
            lambda error: self.session.refuse(error),
            captions="captions" not in asked.hidden,
        )
        self.session = Session(self.model, self._show, self._schedule, limits.present().seconds)
        self.controls = Controls(self.model, self._changed, self.session.refuse)
        self.presets = Presets(scene, self.model, lambda values: self._changed(values, False))
        self.compare = Compare(scene, self.board, self.model, lambda: self.session.shown, self._turn)
        self.lessons = Lessons(scene, lambda values: self._changed(values, False))
        self.board.heard_taps = self.lessons.tapped if scene.lessons else None
        self.taking = TakeHome(self.model, self._schedule, self._say, lambda: self.board.dark)
        self.board.on_take = self.taking.figure
        self.address = Address(self._visited, self._reset, margin=0)
        self._parts()
        self.session.on_checks = self._show_checks
        self.session.on_progress = self._show_progress
        self.session.on_busy = self._show_busy
        self.session.on_message = self._say
        self.session.on_receipt = self._show_receipt
        inputs, wrong = self._open_lesson(asked)
        self.model.update(**inputs)
        self.controls.show(self.model)
        self.presets.show()
        self._say(wrong)

    def _open_lesson(self, asked: Asked) -> tuple[dict[str, Any], str]:
        """Go to the lesson's step that the address names; gives its inputs, and what was wrong with the address."""
        inputs: dict[str, Any] = {}
        sentences = list(asked.sentences)
        try:
            inputs = self.lessons.restore(asked.kept.get("lesson", ""))
        except ValueError as error:
            sentences.append(str(error))
        told = " ".join(sentence(ValueError(text)) for text in sentences)
        return inputs if asked.usual else {}, told  # an address that sets inputs of its own knows better

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
        hidden = self._asked.hidden
        tools = [*([self.address] if self._served() else []), self.compare.button, self.taking.panel]
        actions = pn.Row(*tools, css_classes=["actions"], margin=(4, 8, 0, 8), **wide)
        main = {
            "message": self.message,
            "lesson": self.lessons.card,
            "cursors": pn.Column(*self.controls.scrubs.values(), css_classes=["cursors"], **wide),
            "compare": self.compare.panel,
            "busy": self.busy,
            "board": self.board.panel,
            "checks": self.badges,
            "status": self.status,
            "story": story(self.scene.story),
            "eye": self.eye,
            "address": self.address if "controls" in hidden else None,
        }
        sidebar = [actions, self.presets.panel, self.lessons.panel, self.controls.panel]
        shown = [part for name, part in main.items() if part is not None and name not in hidden]
        self.panel = (self._cell.shell(self.board) if self._cell else shell)(
            self.scene.title,
            self.scene.summary,
            bare="header" in hidden,
            sidebar=[] if "controls" in hidden else sidebar,
            main=[pn.Column(*shown, css_classes=["main"], stylesheets=sheets, sizing_mode="stretch_width")],
            header=[self._home()] if self._served() else [],
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

    # What happens ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Called once the page stands in the browser: compile, compute, draw, unless that is done already."""
        self.board.prepare()
        self.session.start(self.scene.prepare)

    def prompt(self) -> bool:
        """Whether a first picture needs no waiting."""
        return self.scene.prepared and (
            self.model.finished is not None or _opening_seconds.get(self.scene.name, math.inf) < SLOW
        )

    def draw_ahead(self) -> None:
        """Put the first picture into the page before it is sent: the browser then draws everything in one go.

        It has to be all or nothing: a document that changes between the answer and the browser's first word
        is lost to that browser.
        """
        self.session.draw_ahead()

    def _changed(self, values: dict[str, Any], moving: bool, fresh: bool = True) -> bool:
        """Take new inputs; says whether they were accepted. A `fresh` setting can be undone."""
        self._moving = moving
        before = self.model.setting()
        with pn.io.hold(self._document):  # the picture and what is said of it are one message
            accepted = self.session.change(values)
        if self.model.setting() != before:
            self._receipt = self._link_receipt = None
        if not accepted:
            self.controls.show(self.model)
        elif not moving:
            self.controls.show(self.model)
            self.presets.show()
            self.compare.tell()
            self._turn()
            self._write_address(fresh)
        return accepted

    def follow(self, names: set[str]) -> None:
        """Another hand has set these inputs of the model."""
        self.controls.show(self.model)
        self.presets.show()
        self.compare.tell()
        costs = {self.model.inputs()[name].info.cost for name in names}
        if costs - {"cursor"}:
            self._receipt = None
            self.session.refresh(long="long" in costs)
        else:
            self._turn()

    def _visited(self, texts: dict[str, str]) -> None:
        """The browser went back or forward to an address."""
        asked = address.read(self.scene, texts)
        inputs, wrong = self._open_lesson(asked)
        values = {**self.model.defaults(), **asked.inputs, **inputs}
        if not self._changed(values, False, fresh=False):
            self._write_address(fresh=False)  # of what stands on the page
        elif wrong:
            self._say(wrong)

    def _reset(self) -> None:
        """Back to the setting that the scene opens with."""
        self._changed(self.scene.opening, False)

    def _cancel(self) -> None:
        self.session.cancel()

    def _show(self, frame: Frame) -> None:
        self.board.show(frame)
        if not self._opened:
            self._opened = True
            before = _opening_seconds.get(self.scene.name, math.inf)
            _opening_seconds[self.scene.name] = min(before, self.session.compute_seconds or math.inf)
        self.compare.link()
        self._turn()
        if self._cell:
            self._cell.push()

    def _turn(self) -> None:
        """Tell the cursors which series of which picture they turn."""
        frame = self.board.latest
        if frame is not None:
            turned = merged(frame.turned_by(), self.compare.turned_by())
            self.controls.show_cursors(self.model, dict(frame.cursors), turned)

    def _show_checks(self, checks: list[Check] | None) -> None:
        text = badges_html(checks)
        with pn.io.hold(self._document):
            if self.badges.object != text:
                self.badges.object = text
            if checks is not None:  # at rest: every text that changes while the hand moves delays the picture
                self.board.tell()
                self.status.object = (
                    f'<p class="status">computed in {1e3 * self.session.compute_seconds:.1f} ms, '
                    f"sent in {1e3 * self.board.push_seconds:.1f} ms</p>"
                )

    def _show_progress(self, share: float, text: str) -> None:
        self.progress.value = round(100 * share)
        self.doing.object = f'<span class="doing">{html.escape(text or "working")}…</span>'

    def _show_busy(self, busy: bool) -> None:
        self.busy.visible = busy

    def _say(self, text: str, severity: str = "error") -> None:
        safe = html.escape(text)  # it may quote a file, a column or an address; the alert would render markup
        if self.message.object != safe:
            self.message.param.update(object=safe, visible=bool(text), severity=severity)

    def _show_receipt(self, receipt: Receipt) -> None:
        """The numbers are final: the address says so, and so does the page, if a link promised them."""
        self._receipt = receipt
        promised, self._link_receipt = self._link_receipt, None
        if promised is not None:
            self._say(promised.judge(receipt), "success" if promised.matches(receipt) else "warning")
        if not self._moving:  # or the place where the hand lets go would be no new entry
            self._write_address(fresh=False)

    def _write_address(self, fresh: bool) -> None:
        kept = {**self._asked.kept, "lesson": self.lessons.text}
        self.address.write(self.model, {k: v for k, v in kept.items() if v}, self._receipt, fresh)

    def _schedule(self, action: Callable[[], None], wait: int) -> Callable[[], None]:
        """Run on the page's own thread; a page that nobody serves or shows has none, and it runs at once."""
        document = self._document
        if self._cell:
            return self._cell.schedule(action, wait)
        if not self._served():
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

    def _served(self) -> bool:
        """Whether a server holds this page; a notebook has neither an address nor a thread for it."""
        return self._document is not None and self._document.session_context is not None

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
    scene = registry.find(name)
    if screen.in_notebook() and pn.state.curdoc is None:
        from explorer.dashboard import notebook

        return notebook.page(scene.open(**inputs))
    pn.extension("katex", notifications=False)
    texts = _address_texts()
    page = ScenePage(scene, texts, inputs)
    if pn.state.curdoc is not None and pn.state.curdoc.session_context is not None:
        LAG.watch(asyncio.get_event_loop())
        if page._asked.usual and page.prompt():
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
    return arguments
