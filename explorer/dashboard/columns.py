"""What a figure reads: its columns, and the words and units that its view gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import holoviews as hv

from explorer.core import export
from explorer.core.figure import Figure
from explorer.core.frame import Array, Frame
from explorer.core.model import Model
from explorer.dashboard.drawing_lock import DRAWING

KINDS = ("tables", "series", "fields")
LOG = " (log)"


@dataclass(frozen=True)
class Column:
    """One column that a figure draws.

    Parameters
        name  : str     as in the frame
        words : str     what the figure calls it; empty where that is the name
        unit  : str
    """

    name: str
    words: str = ""
    unit: str = ""

    @property
    def heading(self) -> str:
        """The head of the column in a file: ``penalty [penalty α]``, ``time [time, s]``."""
        said = ", ".join(filter(None, (self.words, self.unit)))
        return f"{self.name} [{said}]" if said else self.name


Read = dict[tuple[str, str], list[Column]]


def read_by(drawn: hv.Overlay, frame: Frame, entries: set[tuple[str, str]]) -> Read:
    """(kind, name) of each table, series and field that a figure looked up -> the columns that it draws of it."""
    named = _named(drawn)
    found: Read = {}
    for kind, name in sorted((kind, name) for kind, name in entries if kind in KINDS):
        held = getattr(frame, kind).get(name)
        if kind == "fields" and held is not None and name in named:
            found[kind, name] = _of_picture(drawn, name, named)
        elif isinstance(held, Mapping):
            columns = [named[column] for column in held if column in named]
            if columns:
                found[kind, name] = columns
    return dict(sorted(found.items(), key=lambda entry: KINDS.index(entry[0][0])))


def figure_columns(spec: Figure, frame: Frame) -> Read:
    """The same for a figure that is not drawn yet."""
    entries: set[tuple[str, str]] = set()
    with DRAWING:
        drawn = spec.draw(frame.watched(entries))
        return read_by(drawn if isinstance(drawn, hv.Overlay) else hv.Overlay([drawn]), frame, entries)


def scene_columns(model: Model) -> dict[str, dict[str, Column]]:
    """table, series or field -> name -> column, for all that the scene's figures draw."""
    from explorer.core.registry import find

    found: dict[str, dict[str, Column]] = {}
    for spec in find(model.scene_name).figures:
        for name, (described, _values) in figure_tables(model, spec).items():
            for column in described:
                if column.words or column.unit or column.name not in found.get(name, {}):
                    found.setdefault(name, {}).setdefault(column.name, column)
    return found


def figure_tables(model: Model, spec: Figure) -> dict[str, tuple[list[Column], dict[str, Array]]]:
    """table, series or field -> its columns that a figure draws, described and in full, every page of them."""
    frame, held = model.frame, export.tabular(model)
    found = {}
    for (kind, name), columns in figure_columns(spec, model.opened(frame)).items():
        turned = (
            frame.fields[name].cursor
            if kind == "fields"
            else getattr(getattr(frame, kind)[name], "cursor", "")
        )
        described = ([_cursor(model, turned)] if turned else []) + [c for c in columns if c.name != turned]
        found[name] = described, {column.name: held[name][column.name] for column in described}
    return found


def _cursor(model: Model, name: str) -> Column:
    declared = model.inputs().get(name)
    return Column(name, declared.label or "", declared.info.unit) if declared else Column(name)


def _named(drawn: hv.Overlay) -> dict[str, Column]:
    """dimension -> column, for all elements; the first words that are given win."""
    options = hv.Store.lookup_options("bokeh", drawn, "plot").kwargs
    axes = [(options.get(f"{axis}label") or "").removesuffix(LOG) for axis in "xy"]
    found: dict[str, Column] = {}
    for element in drawn.traverse(lambda part: part, [hv.Element]):
        for place, dimension in enumerate(element.dimensions()):
            name = dimension.name
            if not getattr(found.get(name), "words", ""):
                words = _words(element, dimension, place, axes)
                found[name] = Column(name, "" if words == name else words, dimension.unit or "")
    return found


def _words(element: Any, dimension: Any, place: int, axes: list[str]) -> str:
    if dimension.label != dimension.name:
        return dimension.label.removesuffix(LOG)
    along = isinstance(element, hv.Segments | hv.Rectangles)
    if place > (3 if along else 1):
        return ""
    upward = (place % 2 == 1) != isinstance(element, hv.HLines | hv.HSpans)
    return ", ".join(filter(None, (element.label if upward else "", axes[upward])))


def _of_picture(drawn: hv.Overlay, name: str, named: dict[str, Column]) -> list[Column]:
    """A picture's places, by the names that an exported field gives them, and its values."""
    for element in drawn.traverse(lambda part: part, [hv.Image]):
        if element.vdims[0].name == name:
            across, up = (named[dimension.name] for dimension in element.kdims)
            return [
                Column("x", across.words or across.name, across.unit),
                Column("y", up.words or up.name, up.unit),
                named[name],
            ]
    return [named[name]]
