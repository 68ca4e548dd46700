"""The live engine: HoloViews builds a figure once, then new frames stream into it as columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import holoviews as hv
import numpy as np
from bokeh.model import Model
from bokeh.models import (
    ColumnDataSource,
    ContinuousColorMapper,
    CustomJS,
    DataRange1d,
    Glyph,
    GlyphRenderer,
    LogColorMapper,
    PointDrawTool,
    Range1d,
    Whisker,
)
from holoviews.core.util import match_spec

from explorer.core.figure import Figure, Handles
from explorer.core.frame import Frame
from explorer.dashboard import theme
from explorer.dashboard.columns import read_by
from explorer.dashboard.drawing_lock import DRAWING
from explorer.dashboard.sources import Sources, same_columns

# A tap on a figure moves a cursor in the browser; the scrub control listens on its own document.
TAP_CURSOR = """
const name = cursor, value = axis == 'x' ? cb_obj.x : cb_obj.y
window.dispatchEvent(new CustomEvent('explorer:cursor', {detail: {document: cb_obj.origin.document, name, value}}))
"""


class LiveFigure:
    """One figure on one page.

    Marks whose columns stand in a table of the frame read them from the page's shared source: a new frame
    costs them nothing here, and so do images whose value is named as a field of the frame is. Marks with
    columns that HoloViews derives (other images, error bars, vector fields, areas, contours) keep a source of
    their own, filled with what their plot's ``get_data`` returns; the whole figure is drawn anew for them.
    """

    def __init__(self, spec: Figure, sources: Sources, frame: Frame, dark: bool = False) -> None:
        self.spec = spec
        self._sources = sources
        self._derived: list[tuple[Any, int]] = []
        self._colours: list[tuple[Any, ColumnDataSource, str]] = []
        self._read: set[tuple[str, str]] = set()
        with DRAWING:
            drawn = self._draw(frame.watched(self._read))
            self._columns = read_by(drawn, frame, self._read)
            self._plot = hv.renderer("bokeh").get_plot(drawn)
        self._built_for = frame.structure(self._read)
        self.model = self._plot.state
        self._legend_items = theme.take_legend(self.model)
        followed = self._bind(drawn, frame)
        self._span_colours()
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
        return theme.legend(self._legend_items)

    def table(self) -> list[dict[str, Any]]:
        """The columns that the figure draws, and the source in which the browser holds them."""
        return [
            {
                "name": name,
                "source": self._sources.place(kind, name),
                "columns": [asdict(column) for column in held],
            }
            for (kind, name), held in self._columns.items()
        ]

    def push(self, frame: Frame) -> None:
        """Fill the derived marks and span the colours; `Sources.push` has filled the shared sources before."""
        if self._derived:
            with DRAWING:
                self._redraw(frame)
        self._span_colours()

    def _redraw(self, frame: Frame) -> None:
        drawn = self._draw(frame)
        elements = _elements(drawn)
        ranges = self._plot.compute_ranges(hv.HoloMap({0: drawn}), (0,), None)
        for plot, index in self._derived:
            _fill(plot, elements[index], match_spec(elements[index], ranges))

    def _span_colours(self) -> None:
        for mapper, source, field in self._colours:
            kind, _, name = (source.name or "").partition(":")
            name = name.removeprefix(self._sources.mark)
            columns = self._sources.over_pages(name) if kind == "page" else source.data
            _span(mapper, columns[field])

    def let_drag(self, frame: Frame, moved: Callable[[Callable[[], Mapping[str, Any]]], bool]) -> None:
        """Let the hand drag the marks that the figure names; `moved` asks for the inputs they set, or refuses."""
        found: list[GlyphRenderer] = []
        for handles in self.spec.drag:
            here = [mark for mark in self.model.renderers if _is_handle(mark, handles)]
            if here:  # it may be drawn for some settings only
                found += here
                placed, then = {handles.x, handles.y}, handles.moved
                self._sources.listen(
                    frame, handles.table, placed, lambda columns, then=then: moved(lambda: then(columns))
                )
        if found:
            tool = PointDrawTool(
                renderers=found, add=any(handles.add for handles in self.spec.drag), empty_value=math.nan
            )
            self.model.add_tools(tool)
            self.model.toolbar.active_multi = tool

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
            picture = _picture(plot.hmap.last, frame)
            if picture:
                renderer.data_source = self._sources.picture(frame, picture)
                self._colours += _mappers(plot, renderer)
                followed += [renderer] if not self.spec.fit or "image" in self.spec.fit else []
                continue
            aliases = _aliases(plot, source.data)
            columns = {aliases.get(name, name): values for name, values in source.data.items()}
            owner = self._sources.owner(frame, columns)
            if owner is None:
                self._derived.append((plot, positions[id(plot.hmap.last)]))
            else:
                _rename_fields(renderer, aliases)
                renderer.data_source = self._sources.source(frame, owner, set(columns))
                _keep_selection_styles(renderer)
            self._colours += _mappers(plot, renderer)
            if not self.spec.fit or set(self.spec.fit) & set(columns):
                followed += self._followed(renderer, owner if owner in frame.series else None)
        return followed

    def _followed(self, renderer: GlyphRenderer, series: str | None) -> list[GlyphRenderer]:
        """What the axes fit on behalf of a mark: the mark itself, or every page of its series."""
        if type(renderer.glyph).__name__ in ("VSpan", "HSpan"):
            return []
        x, y = (_column(renderer.glyph, axis) for axis in "xy")
        if series is None:
            return [renderer]
        if x is None or y is None:
            return []
        unseen = self._sources.extent(series)
        return [self.model.scatter(x=x, y=y, source=unseen, size=0, line_alpha=0, fill_alpha=0)]

    def _free_ranges(self, followed: list[GlyphRenderer]) -> None:
        """Let the browser fit the followed axes to the data; it stops by itself once the user zooms."""
        tight = all(type(renderer.glyph).__name__ == "Image" for renderer in followed)
        for axis in self.spec.follow:
            given = getattr(self._plot, f"{axis}lim", (None, None))
            asked = any(end is not None and not math.isnan(end) for end in given)
            if followed and not asked and isinstance(getattr(self.model, f"{axis}_range"), Range1d):
                fitted = DataRange1d(renderers=followed, range_padding=0 if tight else 0.05, syncable=False)
                setattr(self.model, f"{axis}_range", fitted)


def _is_handle(mark: Any, handles: Handles) -> bool:
    at = [_column(mark.glyph, axis) for axis in "xy"]
    return mark.data_source.name == f"table:{handles.table}" and at == [handles.x, handles.y]


def _picture(element: Any, frame: Frame) -> str | None:
    """The field that an image draws."""
    name = element.vdims[0].name if type(element) is hv.Image else ""
    return name if name in frame.fields else None


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
    source = plot.handles["source"]
    if not same_columns(source.data, data):
        source.data = data


def _aliases(plot: Any, columns: Any) -> dict[str, str]:
    """Columns that HoloViews made for a style, such as ``color``, -> the column that the style names."""
    element = plot.hmap.last
    style = plot.lookup_options(element, "style")[plot.cyclic_index]
    known = {dimension.name for dimension in element.dimensions()}
    return {
        name: asked
        for name, asked in style.items()
        if name in columns and name not in known and isinstance(asked, str) and asked in known
    }


def _rename_fields(renderer: GlyphRenderer, aliases: dict[str, str]) -> None:
    """Let every state of a glyph read the columns themselves."""
    for state in ("glyph", "selection_glyph", "nonselection_glyph", "hover_glyph", "muted_glyph"):
        glyph = getattr(renderer, state)
        for name in glyph.dataspecs() if isinstance(glyph, Glyph) else ():
            field = _column(glyph, name)
            if field in aliases:
                transform = getattr(getattr(glyph, name), "transform", None)
                mapped = {"transform": transform} if isinstance(transform, Model) else {}
                setattr(glyph, name, {"field": aliases[field], **mapped})


def _column(glyph: Any, name: str) -> str | None:
    """The column that a property of a glyph reads, if it reads one."""
    held = getattr(glyph, name, None)
    return held if isinstance(held, str) else getattr(held, "field", None)


def _mappers(plot: Any, renderer: GlyphRenderer) -> list[tuple[Any, ColumnDataSource, str]]:
    """(colour map, source, column) of a mark whose colours are to span its present numbers."""
    if not all(math.isnan(end) for end in getattr(plot, "clim", (math.nan,))):
        return []  # the view fixed the ends
    found = []
    source = renderer.data_source
    for name in renderer.glyph.properties():
        held = getattr(renderer.glyph, name)
        mapper, field = getattr(held, "transform", None), getattr(held, "field", None)
        if isinstance(mapper, ContinuousColorMapper):
            found.append((mapper, source, field))
        elif name == "color_mapper" and isinstance(held, ContinuousColorMapper):
            found.append((held, source, "image"))
    return found


def _span(mapper: ContinuousColorMapper, values: Any) -> None:
    """Let a colour map reach from the least to the largest finite number."""
    numbers = (
        np.concatenate([np.ravel(part) for part in values]) if isinstance(values, list) else np.ravel(values)
    )
    numbers = numbers[np.isfinite(numbers)]
    if isinstance(mapper, LogColorMapper):
        numbers = numbers[numbers > 0]
    if len(numbers):
        mapper.update(low=float(numbers.min()), high=float(numbers.max()))


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
