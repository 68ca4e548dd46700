"""Words that change with the picture: captions, badges, what is being done."""

from __future__ import annotations

from pathlib import Path

import param
from panel.custom import JSComponent

from explorer.dashboard import theme


class Words(JSComponent):
    """A piece of HTML that is cheap to change.

    A changed ``pn.pane.HTML`` lays the whole page out anew: four captions and the badges cost a third of the
    time from a slider to the painted figures.
    """

    object = param.String(doc="HTML; what it quotes must have been escaped.")

    _esm = Path(__file__).parent / "words.js"
    _stylesheets = [theme.style()]
    _debounce = 1
