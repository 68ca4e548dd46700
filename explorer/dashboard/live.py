"""The live engine: HoloViews builds a figure once, then new frames stream into it as columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import holoviews as hv
from bokeh.models import CustomJS, DataRange1d, GlyphRenderer, Range1d, Whisker
from holoviews.core.util import match_spec

from explorer.core.figure import Figure
from explorer.core.frame import Frame
from explorer.dashboard import theme
from explorer.dashboard.sources import Sources

# A tap on a figure moves a cursor in the browser; the scrub control listens on its own document.
TAP_CURSOR = """
const name = cursor, value = axis == 'x' ? cb_obj.x : cb_obj.y
window.dispatchEvent(new CustomEvent('explorer:cursor', {detail: {document: cb_obj.origin.document, name, value}}))
"""


class LiveFigure:
    """One figure on one page.

    Marks whose columns stand in a table of the frame read them from the page's shared source: a new frame
    costs them nothing here. Marks with columns that HoloViews derives (images, error bars, vector fields,
    areas, contours) keep a source of their own, filled with what their plot's ``get_data`` returns.
    """

    def __init__(self, spec: Figure, sources: Sources, frame: Frame, dark: bool = False) -> None:
        self.spec = spec
        self._sources = sources
        self._derived: list[tuple[Any, int]] = []
        self._read: set[tuple[str, str]] = set()
        drawn = self._draw(frame.watched(self._read))
        self._built_for = frame.structure(self._read)
        self._plot = hv.renderer("bokeh").get_plot(drawn)
        self.model = self._plot.state
        followed = self._bind(drawn, frame)
        theme.dress(self.model, dark)
        self._free_ranges(followed)

    def fits(self, frame: Frame) -> bool:
        """Whether this figure can show the frame without being built again."""
        return frame.structure(self._read) == self._built_for

    @property
    def derived(self) -> int:
        """How many marks are redrawn at each push."""
        return len(self._derived)

    @property
    def legend(self) -> list[theme.Entry]:
        return theme.legend(self.model)

    def push(self, frame: Frame) -> None:
        """Fill the derived marks; shared sources are pushed once for all figures by `Sources.push`."""
        if not self._derived:
            return
        drawn = self._draw(frame)
        elements = _elements(drawn)
        whole = hv.HoloMap({0: drawn})
        ranges = self._plot.compute_ranges(whole, (0,), None)
        for plot, index in self._derived:
            _fill(plot, elements[index], match_spec(elements[index], ranges))

    def tap_moves_cursor(self, axis: str, cursor: str) -> None:
        """Let a tap move a cursor, in the browser alone."""
        self.model.js_on_event("tap", CustomJS(args={"cursor": cursor, "axis": axis}, code=TAP_CURSOR))

    def _draw(self, frame: Frame) -> Any:
        drawn = self.spec.draw(frame)
        return drawn if isinstance(drawn, hv.Overlay) else hv.Overlay([drawn])

    def _bind(self, drawn: hv.Overlay, frame: Frame) -> list[GlyphRenderer]:
        """Point every mark at its source; returns the renderers whose data the ranges may follow."""
        positions = {id(element): index for index, element in enumerate(_elements(drawn))}
        followed = []
        for plot in _leaves(self._plot):
            source, renderer = plot.handles.get("source"), plot.handles.get("glyph_renderer")
            if isinstance(plot.handles.get("glyph"), Whisker):
                renderer = _as_segments(self.model, plot.handles["glyph"])
            if renderer is None:
                continue  # an annotation at a fixed place, such as a line at one
            columns = dict(source.data)
            owner = self._sources.owner(frame, columns)
            if owner is None:
                self._derived.append((plot, positions[id(plot.hmap.last)]))
            else:
                renderer.data_source = self._sources.source(frame, owner, set(columns))
                _keep_selection_styles(renderer)
            if owner not in frame.series and (not self.spec.fit or set(self.spec.fit) & set(columns)):
                followed.append(renderer)
        return followed

    def _free_ranges(self, followed: list[GlyphRenderer]) -> None:
        """Let the browser fit the followed axes to the data; it stops by itself once the user zooms."""
        fitted = [
            r for r in followed if type(r.glyph).__name__ not in ("VSpan", "HSpan", "ImageGlyph", "Image")
        ]
        for axis in self.spec.follow:
            fixed = getattr(self.model, f"{axis}_range")
            if fitted and isinstance(fixed, Range1d):
                setattr(
                    self.model,
                    f"{axis}_range",
                    DataRange1d(renderers=fitted, range_padding=0.05, syncable=False),
                )


def _elements(drawn: hv.Overlay) -> list[Any]:
    return drawn.traverse(lambda element: element, [hv.Element])


def _leaves(plot: Any) -> Iterator[Any]:
    if getattr(plot, "subplots", None):
        for subplot in plot.subplots.values():
            yield from _leaves(subplot)
    else:
        yield plot


def _fill(plot: Any, element: Any, ranges: dict) -> None:
    """What HoloViews would send for a new element, without rebuilding or comparing the plot."""
    style = plot.lookup_options(element, "style")[plot.cyclic_index]
    data, _mapping, style = plot.get_data(element, ranges, style)
    plot._apply_transforms(element, data, ranges, style)
    plot.handles["source"].data = data
    mapper = plot.handles.get("color_mapper")
    if mapper is not None and all(map(math.isnan, plot.clim)):
        low, high = element.range(element.vdims[0])
        mapper.update(low=float(low), high=float(high))


def _as_segments(model: Any, whisker: Whisker) -> GlyphRenderer:
    """Error bars as a glyph: an annotation would be left out when the axes fit the data."""
    model.center = [part for part in model.center if part is not whisker]
    model.renderers = [part for part in model.renderers if part is not whisker]
    colour = getattr(whisker.line_color, "value", whisker.line_color)
    return model.segment(
        "base", "lower", "base", "upper", source=whisker.source, line_color=colour, line_width=1.4
    )


def _keep_selection_styles(renderer: GlyphRenderer) -> None:
    """Lines have no rows to mute: choosing rows in one figure leaves the lines of the others as they are."""
    if type(renderer.glyph).__name__ in ("Line", "Step", "VSpan", "HSpan"):
        renderer.nonselection_glyph = None
        renderer.selection_glyph = None
