"""The look: how a figure is dressed, what stands in its legend, and what changes on a dark page."""

from __future__ import annotations

import functools
import html
from dataclasses import dataclass
from typing import Any

from bokeh.models import CustomJSTicker, GlyphRenderer, Legend, LegendItem, LogTicker
from bokeh.models.tools import (
    BoxSelectTool,
    HoverTool,
    LassoSelectTool,
    PanTool,
    ResetTool,
    SaveTool,
    TapTool,
    WheelZoomTool,
)
from bokeh.plotting import figure as BokehFigure

from explorer.core.assets import asset
from explorer.core.roles import DARK_TWIN

HEIGHT = 252
LIGHT_TWIN = {dark: light for light, dark in DARK_TWIN.items()}
COLOURS = ("line_color", "fill_color", "text_color", "hatch_color")
KEPT_TOOLS = (HoverTool, TapTool, BoxSelectTool, LassoSelectTool)

# Runs in the browser when the page turns dark or light: every mark takes its twin.
RECOLOUR = """
const twins = dark ? pairs : Object.fromEntries(Object.entries(pairs).map(([a, b]) => [b, a]))
for (const model of cb_obj.document.all_models) {
  for (const name of names) {
    if (!(name in model.properties)) continue
    const held = model[name]
    const colour = held && typeof held == 'object' && 'value' in held ? held.value : held
    if (typeof colour == 'string' && colour.toLowerCase() in twins)
      model.setv({[name]: typeof held == 'object' ? {...held, value: twins[colour.toLowerCase()]}
                                                  : twins[colour.toLowerCase()]}, {sync: false})
  }
}
"""


@dataclass(frozen=True)
class Entry:
    """One line of a legend: its words and how the mark looks."""

    label: str
    colour: str
    mark: str


# Bokeh divides a logarithmic axis of less than two decades evenly: labels then crowd at its upper end.
LOG_TICKS = """
const ends = [cb_data.range.start, cb_data.range.end].map(Math.log10).sort((a, b) => a - b)
const [low, high] = ends, wide = high - low
if (!(wide > 0) || !isFinite(wide)) return []
const apart = Math.max(1, Math.ceil(wide / 7))
const mantissas = wide > 2.5 ? [1] : wide > 1.2 ? [1, 3] : wide > 0.7 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7]
const ticks = []
for (let e = Math.floor(low); e <= high; e++) {
  for (const m of e % apart == 0 ? mantissas : []) {
    const at = e + Math.log10(m)
    if (at >= low - 1e-9 && at <= high + 1e-9) ticks.push(Number(`${m}e${e}`))
  }
}
if (ticks.length > 2) return ticks
const step = Math.pow(10, Math.floor(Math.log10((10 ** high - 10 ** low) / 3)))
const nice = step * [1, 2, 5, 10].find((m) => (10 ** high - 10 ** low) / (m * step) <= 5)
const even = []
for (let v = Math.ceil(10 ** low / nice); v * nice <= 10 ** high; v++) even.push(v * nice)
return even
"""


@functools.cache
def style() -> str:
    """The project's style sheet."""
    return asset("style.css").read_text(encoding="utf-8")


@functools.cache
def taking_style() -> str:
    """The style sheet of menus and tables of numbers."""
    return asset("takehome.css").read_text(encoding="utf-8")


def dress(model: BokehFigure, dark: bool) -> None:
    """Size, toolbar and colours of a figure that HoloViews built; its title becomes page text."""
    model.sizing_mode = "stretch_width"
    model.width = None
    model.height = HEIGHT
    model.min_width = 120
    model.title.text = ""
    model.output_backend = "canvas"
    model.min_border_left = 58
    model.min_border_right = 14
    model.min_border_top = 6
    wheel = WheelZoomTool()
    selecting = [tool for tool in model.tools if isinstance(tool, KEPT_TOOLS)]
    model.tools = [PanTool(), wheel, *selecting, ResetTool(), SaveTool()]
    if not any(isinstance(tool, BoxSelectTool) for tool in selecting) and _selectable(model):
        model.tools = [*model.tools[:2], BoxSelectTool(), LassoSelectTool(), *model.tools[2:]]
    model.toolbar.active_scroll = None
    model.toolbar.autohide = True
    model.toolbar.logo = None
    for axis in (*model.xaxis, *model.yaxis):
        if isinstance(axis.ticker, LogTicker):
            axis.ticker = CustomJSTicker(major_code=LOG_TICKS)
    _keep_to_the_browser(model)
    if dark:
        for part in model.references():
            recolour(part, dark)


def _keep_to_the_browser(model: BokehFigure) -> None:
    """What layout and theme change in the browser is no news for the server: it would be a message each."""
    for part in (model, model.toolbar, model.title, *model.xaxis, *model.yaxis):
        part.syncable = False


def _selectable(model: BokehFigure) -> bool:
    return any(type(r.glyph).__name__ == "Scatter" for r in model.renderers if isinstance(r, GlyphRenderer))


def recolour(part: Any, dark: bool) -> None:
    """Give a part of a figure the colours of a dark page, or of a light one."""
    twins = DARK_TWIN if dark else LIGHT_TWIN
    for name in COLOURS:
        if name in part.properties():
            colour = _plain(getattr(part, name))
            if colour in twins:
                setattr(part, name, twins[colour])


def _plain(colour: Any) -> str:
    value = getattr(colour, "value", colour)
    return value.lower() if isinstance(value, str) else ""


def take_legend(model: BokehFigure) -> list[LegendItem]:
    """The items of a figure's legend, which is taken out of it.

    Even a hidden one builds its rows anew, and lays the figure out anew, at each change of the data they stand
    for: a quarter of the time from a slider to the picture.
    """
    items = [item for legend in model.legend for item in legend.items]
    for place in ("left", "right", "above", "below", "center"):
        setattr(model, place, [part for part in getattr(model, place) if not isinstance(part, Legend)])
    return items


def legend(items: list[LegendItem]) -> list[Entry]:
    """What the legend of these items would say, as page text."""
    entries = []
    for item in items:
        label = getattr(item.label, "value", None) or getattr(item.label, "field", "")
        glyph = item.renderers[0].glyph
        names = glyph.properties()
        line = _plain(glyph.line_color) if "line_color" in names else ""
        fill = _plain(glyph.fill_color) if "fill_color" in names else ""
        kind = type(glyph).__name__
        mark = _mark(glyph, kind, bool(fill))
        entries.append(
            Entry(str(label), (fill if mark in ("dot", "diamond", "area") else line) or line, mark)
        )
    return entries


def _mark(glyph: Any, kind: str, filled: bool) -> str:
    """Which of the legend's marks looks like the glyph."""
    if kind in ("Patch", "VArea", "Quad"):
        return "area"
    if kind in ("Scatter", "Circle"):
        shape = getattr(getattr(glyph, "marker", None), "value", getattr(glyph, "marker", ""))
        return "ring" if not filled else "diamond" if shape == "diamond" else "dot"
    dash = getattr(glyph, "line_dash", None)
    return "dash" if getattr(dash, "value", dash) else "line"


def legend_html(entries: list[Entry]) -> str:
    """The legend as page text that wraps; colours follow light and dark by themselves."""
    chips = []
    for entry in entries:
        day = LIGHT_TWIN.get(entry.colour, entry.colour)
        night = DARK_TWIN.get(day, day)
        style = f"--mark: light-dark({html.escape(day)}, {html.escape(night)})"
        chips.append(
            f'<span class="chip"><i class="{entry.mark}" style="{style}"></i>{html.escape(entry.label)}</span>'
        )
    return f'<div class="legend">{"".join(chips)}</div>' if chips else ""


# The Material palette of the page, in the project's own colours.
PALETTE: dict[str, Any] = {
    "light": {
        "palette": {"primary": {"main": "#00538a"}, "background": {"default": "#f6f6f8", "paper": "#ffffff"}}
    },
    "dark": {
        "components": {
            "MuiAppBar": {
                "styleOverrides": {"root": {"backgroundColor": "#1e1e22 !important", "color": "#f2f2f5"}}
            }
        },
        "palette": {"primary": {"main": "#7cc8f5"}, "background": {"default": "#141416", "paper": "#1e1e22"}},
    },
}
