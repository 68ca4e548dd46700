"""Pictures of a scene without a screen: the page in one file, drawn by a headless Chromium."""

from __future__ import annotations

import base64
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.core.model import Model
from explorer.core.values import InputError
from explorer.dashboard import onefile
from explorer.dashboard.chromium import browser

WIDTH, HEIGHT = 1200, 900
# Gives the bytes of a picture as base64, which is what can leave the page.
PICTURE = """async ([figure, kind]) => {
  const blob = await (figure ? ridgeline.picture(figure, kind) : ridgeline.sheet(kind))
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let text = ""
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768))
  return btoa(text)
}"""


def picture(model: Model, kind: str, figure: str | None = None, dark: bool = False) -> bytes:
    """A PNG or SVG of one figure, or of all figures of the scene on one sheet.

    Parameters
        kind   : ``"png"`` or ``"svg"``
        figure : its name; None means all

    Raises    InputError  when there is no such figure, or no Chromium to draw with
    """
    if figure is not None:
        named(model, figure)
    with opened(model, dark) as page:
        return base64.b64decode(page.evaluate(PICTURE, [figure, kind]))


def named(model: Model, name: str) -> Any:
    """The figure of that name in a model's scene."""
    from explorer.core.registry import find

    figures = {figure.name: figure for figure in find(model.scene_name).figures}
    if name not in figures:
        raise InputError(f"there is no figure {name[:40]!r}; there are {', '.join(figures)}.")
    return figures[name]


@contextlib.contextmanager
def opened(model: Model, dark: bool = False) -> Iterator[Any]:
    """The page of a model's setting in a headless Chromium, drawn."""
    with browser() as chromium, tempfile.TemporaryDirectory() as folder:
        place = onefile.write(model, Path(folder) / "scene.html", presets=False)
        page = chromium.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark" if dark else "light"
        )
        page.goto(place.as_uri())
        page.evaluate("() => ridgeline.drawn()")
        yield page
