"""Steps through a Series in the browser: play, pause, step, speed, loop and scrub with no message to the server."""

from __future__ import annotations

import param
from panel.custom import JSComponent

from explorer.dashboard import theme
from explorer.dashboard.scripts import script


class Scrub(JSComponent):
    """The control of one cursor.

    The browser holds every page (see `Sources`); this control shows the page at `at` and tells the server
    only where it came to rest, through `index`.
    """

    cursor = param.String(doc="Name of the cursor whose series this control turns.")
    label = param.String(doc="Words in front of the control.")
    unit = param.String(doc="Written behind the position.")
    positions = param.List(doc="Position of each page along the cursor's axis.")
    series = param.List(doc="Names of the series to turn.")
    index = param.Integer(0, doc="The page at which the cursor rests.")
    rate = param.Number(12, doc="Pages a second at speed one.")
    loop = param.Boolean(False, doc="Start again after the last page.")

    _esm = script("turner", "scrub")
    _stylesheets = [theme.style()]
