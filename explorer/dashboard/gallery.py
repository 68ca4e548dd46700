"""The gallery: a card a scene, grouped by family."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from itertools import groupby
from typing import Any

import panel as pn

from explorer.core import registry
from explorer.core.assets import asset
from explorer.dashboard import theme
from explorer.dashboard.shell import shell

LEAD = (
    "Live pictures of machine-learning theory that check themselves: move a slider, every linked figure follows, "
    "and a badge says whether theory and simulation agree."
)


def build(names: tuple[str, ...] | None = None, address: Callable[[str], str] = "./{}".format) -> Any:
    """The gallery as a Panel servable, of all scenes or of those named; `address` says where a scene is."""
    pn.extension(notifications=False)
    shown = [scene for scene in registry.scenes() if names is None or scene.name in names]
    families = "".join(
        f"<section><h2>{html.escape(family)}</h2><div class='cards'>"
        f"{''.join(_card(scene, address) for scene in scenes)}</div></section>"
        for family, scenes in groupby(shown, key=lambda scene: scene.family)
    )
    body = f'<div class="gallery"><p class="lead">{LEAD}</p><div class="families">{families}</div></div>'
    pane = pn.pane.HTML(body, stylesheets=[theme.style()], sizing_mode="stretch_width", margin=0)
    return shell("Ridgeline", LEAD, main=[pane])


def _card(scene: registry.Scene, address: Callable[[str], str]) -> str:
    return (
        f'<a class="scene" href="{html.escape(address(scene.name), quote=True)}">{_thumbnail(scene)}'
        f"<div><h3>{html.escape(scene.title)}</h3><p>{html.escape(scene.summary)}</p></div></a>"
    )


def _thumbnail(scene: registry.Scene) -> str:
    try:
        picture = asset(f"thumbnails/{scene.name.replace('/', '-')}.png").read_bytes()
    except FileNotFoundError:
        return '<div class="blank"></div>'
    data = base64.b64encode(picture).decode()
    return f'<div class="picture" style="--picture: url(data:image/png;base64,{data})"></div>'
