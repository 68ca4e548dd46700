"""The shell around every page: title bar, colours, dark mode."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.custom import JSComponent
from panel.io import resources
from panel.util import edit_readonly

from explorer.dashboard import limits, theme
from explorer.dashboard.line import Line
from explorer.dashboard.scripts import script

BARE = {"& .MuiAppBar-root, & .MuiToolbar-root": {"display": "none"}}


class Keeper(JSComponent):
    """Keeps the choice of light or dark in the browser, and names the parts of the page."""

    _esm = script("names", "keeper")


def shell(title: str, summary: str, bare: bool = False, **parts: Any) -> pmui.Page:
    """A Material page in the project's look.

    Parameters
        title   : str     in the title bar
        summary : str     what search engines and link previews show
        bare    : bool    no title bar
        parts             main, sidebar, header and further options of ``panel_material_ui.Page``
    """
    if bare:
        parts["sx"] = BARE
    _from_this_host()
    line = Line(limits.present().idle_seconds)
    parts["main"] = [*parts["main"], Keeper(width=0, height=0, margin=0), line]
    page = pmui.Page(
        title=title,
        meta_description=summary,
        theme_config=theme.PALETTE,
        busy_indicator=None,
        raw_css=[theme.style()],
        **parts,
    )
    _unlight(page)
    return page


def _from_this_host() -> None:
    """Take Panel's style sheets from this server.

    Panel does so once it has answered a request for the page; a page whose request went to another worker, or to
    a server that has been started again since, would ask the network for them.
    """
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        resources.RESOURCE_MODE = "server"
        place = f"{pn.state.rel_path}/" if pn.state.rel_path else ""
        document._template_variables["dist_url"] = f"{place}{resources.LOCAL_DIST}"


def _unlight(page: pmui.Page) -> None:
    """Cut the page off from Panel's busy light.

    The light costs two messages a change, and the process would keep every page that ever followed it.
    """
    with edit_readonly(page):
        page.busy = False
    for watcher in list(pn.state.param.watchers.get("busy", {}).get("value", ())):
        followed = getattr(watcher.fn, "__self__", None)
        if getattr(followed, "self", None) is page:
            pn.state.param.unwatch(watcher)
