"""The "Take home" menu of a page: files of what is on the screen, made when they are asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import param
from panel.custom import JSComponent

from explorer.core.model import Model
from explorer.core.runner import Job, Report, Runner
from explorer.dashboard import figure_files, take, theme
from explorer.dashboard.parcels import parcels
from explorer.dashboard.scripts import script
from explorer.dashboard.session import sentence

# A smaller file travels with the page's own messages.
SMALL = 200_000
ITEMS = {
    "zip": ("Data as CSV", "every table, series and field, .zip"),
    "parquet": ("Data as Parquet", "the same, with units, .zip"),
    "npz": ("Data for NumPy", "the whole frame, .npz"),
    "py": ("Python script", "computes it again, .py"),
    "ipynb": ("Notebook", "computes it again, .ipynb"),
    "test": ("Test for pytest", "fails when the numbers change, .py"),
    "html": ("Page in one file", "plays without a server or a network, .html"),
    "mp4": ("Film, MP4", "the cursor from end to end"),
    "webm": ("Film, WebM", ""),
    "gif": ("Film, GIF", ""),
}
DOING = {"html": "writing the page", "mp4": "filming", "webm": "filming", "gif": "filming"}


class Menu(JSComponent):
    """A button that opens a list; what is chosen comes as a message."""

    label = param.String(doc="What the button does, for those who hear the page.")
    words = param.String(doc="What stands on the button; three dots where empty.")
    items = param.List(doc="key, words and hint of each item.")
    busy = param.String(doc="What is being done, shown beside the button.")

    _esm = script("menu", "menu_view")
    _stylesheets = [theme.taking_style()]


class TakeHome:
    """The menu in the header of one page.

    Parameters
        model    : Model     the page's model
        schedule : runs a function on the page's own thread, after so many milliseconds
        say      : shows a sentence on the page
        dark     : says whether the page is dark; a film takes its ground
    """

    def __init__(
        self,
        model: Model,
        schedule: Callable[[Callable[[], None], int], Any],
        say: Callable[[str], None],
        dark: Callable[[], bool],
    ) -> None:
        self._model = model
        self._schedule = schedule
        self._say = say
        self._dark = dark
        self._runner = Runner()
        self._closed = False
        items = [{"key": key, "words": words, "hint": hint} for key, (words, hint) in ITEMS.items()]
        self.panel = Menu(label="Take home", words="Take home", items=items, margin=0)
        self.panel.on_msg(lambda event: self._heard(event.data if isinstance(event.data, dict) else {}))

    def figure(self, name: str, ending: str) -> None:
        """Give out the columns that one figure draws."""
        self._make(lambda model, _report: figure_files.file(model, name, ending), "writing")

    def close(self) -> None:
        """The page is gone."""
        self._closed = True
        self._runner.close()

    def _on_page(self, action: Callable[[], None]) -> None:
        """Run on the page's thread, while there is a page."""
        if not self._closed:
            self._schedule(lambda: None if self._closed else action(), 0)

    def _heard(self, message: dict[str, Any]) -> None:
        token, key = message.get("token"), message.get("key")
        if token is not None:
            parcel = parcels.take(str(token))
            if parcel is not None:
                self.panel._send_msg({"name": parcel[0], "bytes": parcel[1]})
            else:
                self._say("The file was lost on its way: ask for it again.")
        elif isinstance(key, str) and key in ITEMS:
            dark = self._dark()
            self._make(lambda model, report: made(model, key, dark, report), DOING.get(key, "writing"))

    def _make(self, work: Callable[[Model, Report], tuple[str, bytes]], doing: str) -> None:
        """Make a file in the worker; a newer wish takes the place of an older one."""
        model = self._model.copy()  # what is on the screen now, whatever happens to it meanwhile
        self.panel.busy = f"{doing}…"

        def progress(share: float, _text: str) -> None:
            self._on_page(lambda: self._tell(f"{doing}, {share:.0%}…" if share else f"{doing}…"))

        self._runner.submit(
            Job(
                lambda report: work(model, report),
                done=lambda file: self._on_page(lambda: self._give(*file)),
                failed=lambda error: self._on_page(lambda: self._failed(error)),
                progress=progress,
            )
        )

    def _tell(self, text: str) -> None:
        if self._runner.busy:
            self.panel.busy = text

    def _give(self, name: str, content: bytes) -> None:
        self.panel.busy = ""
        small = len(content) <= SMALL
        self.panel._send_msg(
            {"name": name, "bytes": content} if small else {"name": name, "token": parcels.add(name, content)}
        )

    def _failed(self, error: BaseException) -> None:
        self.panel.busy = ""
        self._say(sentence(error))
        if not isinstance(error, ValueError):
            logging.getLogger(__name__).error("a file could not be made", exc_info=error)


def made(model: Model, key: str, dark: bool, report: Report) -> tuple[str, bytes]:
    """(name, bytes) of an item of the menu."""
    stem = model.scene_name.replace("/", "-")
    if key == "parquet":
        return f"{stem}-parquet.zip", take.data(model, ".parquet")
    name = f"test_{stem.replace('-', '_')}.py" if key == "test" else f"{stem}.{key}"
    return name, take.contents(model, name, take.Wish(dark=dark), report)
