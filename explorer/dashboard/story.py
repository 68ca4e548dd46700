"""The story of a scene as HTML: Markdown whose formulas the browser sets with KaTeX."""

from __future__ import annotations

import html
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from explorer.dashboard.words import Words


def story(markdown: str) -> Words:
    """The words of a story; formulas stand between ``$`` or ``$$``."""
    return Words(object=f'<div class="story">{to_html(markdown)}</div>', sizing_mode="stretch_width")


def to_html(markdown: str) -> str:
    """HTML of a story's Markdown; raw HTML in it is shown as text, formulas become ``.tex`` elements."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return reader.use(dollarmath_plugin, allow_space=False, allow_digits=False, renderer=_formula).render(
        markdown
    )


def _formula(tex: str, options: dict[str, Any]) -> str:
    place = "tex display" if options["display_mode"] else "tex"
    return f'<span class="{place}">{html.escape(tex)}</span>'
