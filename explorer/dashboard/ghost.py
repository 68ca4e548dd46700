"""Ghosts: the marks of a pinned picture, faint behind those of the present one."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh.models import ColumnDataSource, DataRange1d, Glyph, GlyphRenderer
from bokeh.plotting import figure as BokehFigure

from explorer.core.frame import Frame
from explorer.dashboard import theme

FAINT = 0.3
NAME = "ghost"


@dataclass(frozen=True)
class Ghost:
    """A mark that stays where it was: its glyph, its columns, and whether the axes made room for it."""

    glyph: Glyph
    source: ColumnDataSource
    followed: bool


def ghosts(model: BokehFigure, frame: Frame) -> list[Ghost]:
    """A ghost of every mark of a figure that shows this frame, at the pages where it is open.

    Pictures have none: a faint map over a map says nothing.
    """
    sources: dict[str, ColumnDataSource] = {}
    followed = {
        _known(mark.data_source) for axis in (model.x_range, model.y_range) for mark in _followed(axis)
    }
    found = []
    for mark in model.renderers:
        held = getattr(mark, "data_source", None)
        if not isinstance(mark, GlyphRenderer) or mark.name == NAME or _is_unseen(mark):
            continue
        if held.id not in sources:
            sources[held.id] = ColumnDataSource(_columns(held, frame))
        named = _known(held)
        ends = named.replace("page:", "extent:")  # what the axes follow on behalf of a series
        found.append(Ghost(_faint(mark.glyph), sources[held.id], bool({named, ends} & followed)))
    return found


def haunt(model: BokehFigure, marks: list[Ghost], dark: bool) -> None:
    """Draw these ghosts behind the marks of a figure, instead of those that it has."""
    before = {mark.id for mark in model.renderers if mark.name == NAME}
    if not marks and not before:
        return
    drawn = [(_drawn(ghost, dark), ghost.followed) for ghost in marks]
    for axis in (model.x_range, model.y_range):
        if _followed(axis):
            kept = [mark for mark in axis.renderers if mark.id not in before]
            axis.renderers = kept + [mark for mark, followed in drawn if followed]
    kept = [mark for mark in model.renderers if mark.id not in before]
    model.renderers = kept + [mark for mark, _ in drawn]  # at once: each assignment is a message of its own


def _drawn(ghost: Ghost, dark: bool) -> GlyphRenderer:
    theme.recolour(ghost.glyph, dark)
    none = {f"{state}_glyph": None for state in ("selection", "nonselection", "hover", "muted")}
    return GlyphRenderer(
        data_source=ghost.source, glyph=ghost.glyph, name=NAME, level="underlay", syncable=False, **none
    )


def _known(source: ColumnDataSource) -> str:
    return source.name or source.id


def _followed(axis: object) -> list[GlyphRenderer]:
    """The marks that an axis makes room for."""
    return list(axis.renderers) if isinstance(axis, DataRange1d) and isinstance(axis.renderers, list) else []


def _is_unseen(mark: GlyphRenderer) -> bool:
    return type(mark.glyph).__name__ == "Image" or (mark.data_source.name or "").startswith("extent:")


def _columns(source: ColumnDataSource, frame: Frame) -> dict:
    """What a source shows: of a series the page that is open, which only the browser and the frame know."""
    kind, _, name = (source.name or "").partition(":")
    if kind != "page":
        return dict(source.data)
    page = frame.page(name)
    return {column: page[column] for column in source.data if column in page}


def _faint(glyph: Glyph) -> Glyph:
    faint = glyph.clone()
    for name in faint.properties():
        if name.endswith("_alpha"):
            held = getattr(faint, name)
            value = getattr(held, "value", held)
            if isinstance(value, int | float):
                setattr(faint, name, FAINT * value)
    return faint
