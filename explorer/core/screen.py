"""The door between a model and a notebook's screen. The core knows no screen: the package says who paints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

MimeBundle = tuple[dict[str, Any], dict[str, Any]]

# Set by the package: shows a model as a live scene, and makes ready for figures that HoloViews shows.
show_scene: Callable[[Any], MimeBundle] | None = None
load_figures: Callable[[], None] | None = None


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook; a plain console and a terminal IPython are none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def live(model: Any) -> MimeBundle | None:
    """What a notebook shows for a model that stands on the last line of a cell; nothing elsewhere."""
    return show_scene(model) if show_scene is not None and in_notebook() else None


def expect_figures() -> None:
    """Let a notebook show HoloViews figures; nothing elsewhere."""
    if load_figures is not None and in_notebook():
        load_figures()
