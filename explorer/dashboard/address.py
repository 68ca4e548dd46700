"""The page's address: the whole state, a receipt of its numbers, and what the page is asked to leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import param
from panel.custom import JSComponent

from explorer.core import link
from explorer.core.model import Model
from explorer.core.receipt import Receipt
from explorer.core.registry import Scene
from explorer.dashboard import theme

# Parts of a page that `hide=` can leave out, and those that `embed=1` does.
PARTS = ("header", "controls", "cursors", "captions", "checks", "status", "story")
EMBEDDED = frozenset({"header", "controls", "status", "story"})
KEPT = ("hide", "embed", "theme", "lesson")  # what an address keeps when the setting changes


@dataclass(frozen=True)
class Asked:
    """What an address asks for.

    inputs    : {input: value}    what it sets and could be read; the others are at their defaults
    usual     : whether it is the scene's opening setting
    receipt   : Receipt | None    of the numbers that the link was made with
    hidden    : names of `PARTS` to leave out
    kept      : {key: text}       what stays in the address when the setting changes
    sentences : what was wrong, one each
    """

    inputs: dict[str, Any]
    usual: bool
    receipt: Receipt | None
    hidden: frozenset[str]
    kept: dict[str, str]
    sentences: tuple[str, ...]


def read(scene: Scene, texts: Mapping[str, str], given: Mapping[str, Any] | None = None) -> Asked:
    """What the texts of an address ask of a scene; what cannot be read is left out and told.

    An address that sets no input, over none that is `given`, asks for the scene's first preset.
    """
    sentences = []
    named = [name for name in texts if name not in link.RESERVED]
    inputs: dict[str, Any] = dict(given or {})
    usual = not named and not inputs and "preset" not in texts
    if "preset" in texts:
        try:
            inputs |= scene.preset(texts["preset"]).inputs
        except ValueError as error:
            sentences.append(str(error))
    elif usual:
        inputs |= scene.opening
    for name in named:
        try:
            read_now = link.read_inputs(scene.model_class, {name: texts[name]})
            inputs |= scene.model_class.checked(read_now)
        except ValueError as error:
            sentences.append(str(error))
    parts = frozenset(filter(None, texts.get("hide", "").split(",")))
    unknown = sorted(parts - set(PARTS))
    if unknown:
        sentences.append(f"there is no part {unknown[0][:40]!r} to hide; there are {', '.join(PARTS)}.")
    embedded = EMBEDDED if texts.get("embed", "0") not in ("", "0") else frozenset()
    kept = {name: texts[name] for name in KEPT if name in texts}
    hidden = (parts & set(PARTS)) | embedded
    return Asked(inputs, usual, Receipt.read(texts), hidden, kept, tuple(sentences))


def texts_of(query: str) -> dict[str, str]:
    """The texts of an address; of a key that stands twice, the last."""
    return dict(parse_qsl(query.lstrip("?")[: link.LONGEST], keep_blank_values=True, errors="replace"))


class Address(JSComponent):
    """The browser's address, whose history is the page's undo; its buttons stand in the title bar."""

    entry = param.Dict({}, doc="`query` to show, and whether it is a `fresh` entry of the history.")

    _esm = Path(__file__).parent / "address.js"
    _stylesheets = [theme.style()]

    def __init__(
        self, visited: Callable[[dict[str, str]], None], reset: Callable[[], None], **params: Any
    ) -> None:
        self._visited, self._reset = visited, reset
        self._visits = 0
        super().__init__(**params)

    def write(self, model: Model, kept: Mapping[str, str], receipt: Receipt | None, fresh: bool) -> None:
        """Put the state of the model, what the address keeps and the receipt, if there is one, into the address."""
        inputs = model.link().partition("&")[2]
        more = urlencode({**kept, **(receipt.texts() if receipt else {})})
        query = "?" + "&".join(filter(None, (inputs, more)))
        self.entry = {"query": query, "fresh": fresh, "visits": self._visits}

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if "reset" in data:
            self._reset()
        elif isinstance(data.get("visited"), str) and isinstance(data.get("visits"), int):
            self._visits = data["visits"]
            self._visited(texts_of(data["visited"]))
