"""What each figure's card has beside the figure: a menu of what can be taken home, and its numbers as a table."""

from __future__ import annotations

from typing import Any

import param
from panel.custom import JSComponent

from explorer.dashboard import theme
from explorer.dashboard.live import LiveFigure
from explorer.dashboard.scripts import script


class CardMenu(JSComponent):
    """Pictures and tables of one figure."""

    label = param.String(doc="The figure's title.")
    name_of = param.String(doc="The figure's name.")
    stem = param.String(doc="How its files are called.")
    figure = param.String(doc="Which of the page's models the figure is.")

    _esm = script("menu", "picture", "card_view")
    _stylesheets = [theme.taking_style()]


class CardTable(JSComponent):
    """The numbers that a figure draws, as the browser holds them."""

    label = param.String(doc="The figure's title.")
    name_of = param.String(doc="The figure's name.")
    parts = param.List(doc="The sources it reads, and their columns.")

    _esm = script("datatable", "table_view")
    _stylesheets = [theme.taking_style()]


class CardTools:
    """Menu and table of one figure.

    Parameters
        name, title : of the figure
        scene       : name of its scene
        taken       : called with (figure's name, ending) when its columns are wanted as a file
    """

    def __init__(self, name: str, title: str, scene: str, taken: Any) -> None:
        shared = {"label": title, "name_of": name, "margin": 0}
        self.menu = CardMenu(stem=f"{scene.replace('/', '-')}-{name}", width=32, height=32, **shared)
        self.table = CardTable(sizing_mode="stretch_width", **shared)
        self.menu.on_msg(
            lambda event: taken(name, event.data.get("key") if isinstance(event.data, dict) else None)
        )

    def put(self, figure: LiveFigure) -> None:
        """The card shows a new figure."""
        self.menu.figure = figure.model.id
        self.table.parts = figure.table()
