"""Frame: one immutable result of a model, made of named tables, fields and series.

The names are the wire. A column name is the dimension name in a scene's view, the key of the data source in
the browser and the header of an exported file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from explorer.core.readonly import EVERY, ReadOnly, Watched

Array = np.ndarray
PARTS = ("tables", "fields", "series", "cursors", "captions", "facts", "pages")


def _frozen(values: Any, what: str) -> Array:
    array = np.array(values)  # always a copy: nobody else holds a writable view
    if array.dtype.kind not in "biufcSU":
        held = "Python objects" if array.dtype.kind == "O" else f"values of type {array.dtype}"
        raise ValueError(f"{what} holds {held}; a column is numbers, booleans or text of one kind.")
    array.setflags(write=False)
    return array


def nearest(positions: Array, value: float) -> int:
    """Index of the position nearest to a value; by ratio where all positions and the value are positive."""
    if value > 0 and positions.min() > 0:
        return int(np.argmin(np.abs(np.log(positions / value))))
    return int(np.argmin(np.abs(positions - value)))


class Table(ReadOnly):
    """Columns of equal length, by name.

    Parameters
        columns : mapping of name -> array (rows,)    numbers, booleans or text

    Raises    ValueError  when lengths differ or a column is not one-dimensional.
    """

    def __init__(self, columns: Mapping[str, Any]) -> None:
        frozen = {name: _frozen(values, f"column {name!r}") for name, values in columns.items()}
        for name, values in frozen.items():
            if values.ndim != 1:
                raise ValueError(f"column {name!r} has shape {values.shape}; a table column has one axis.")
        lengths = {name: len(values) for name, values in frozen.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns of one table have equal lengths, not {lengths}.")
        dict.__init__(self, frozen)

    @property
    def rows(self) -> int:
        return len(next(iter(self.values()))) if self else 0


class Series(ReadOnly):
    """Columns with a leading step axis: one page a step, turned by a cursor in the browser.

    Parameters
        cursor  : str                                  name of the cursor that turns the pages
        columns : mapping of name -> array (steps, points)
    """

    def __init__(self, cursor: str, columns: Mapping[str, Any]) -> None:
        frozen = {name: _frozen(values, f"column {name!r}") for name, values in columns.items()}
        shapes = {name: values.shape for name, values in frozen.items()}
        if any(len(shape) != 2 for shape in shapes.values()) or len(set(shapes.values())) > 1:
            raise ValueError(f"the columns of one series share one shape (steps, points), not {shapes}.")
        if not frozen:
            raise ValueError("a series has at least one column; this one has none.")
        dict.__init__(self, frozen)
        self._cursor = cursor

    @property
    def cursor(self) -> str:
        return self._cursor

    def __reduce__(self) -> tuple:
        return (type(self), (self.cursor, dict(self)))

    @property
    def steps(self) -> int:
        return next(iter(self.values())).shape[0]

    @property
    def points(self) -> int:
        return next(iter(self.values())).shape[1]

    def page(self, step: int) -> Table:
        """The columns at one step, as a table."""
        return Table({name: values[step] for name, values in self.items()})


@dataclass(frozen=True, eq=False)
class Field:
    """A quantity on a regular grid, or one page of it for each position of a cursor.

    Parameters
        x : array (nx,)      grid positions along the horizontal axis, rising and evenly spaced
        y : array (ny,)      grid positions along the vertical axis, rising and evenly spaced
        values : array (ny, nx), with a cursor (steps, ny, nx)
        cursor : str         name of the cursor that turns the pages; empty means one still picture

    The browser holds every page: 8-bit whole numbers or single precision keep a long film light.
    """

    x: Array
    y: Array
    values: Array
    cursor: str = ""

    def __post_init__(self) -> None:
        for name in ("x", "y", "values"):
            object.__setattr__(self, name, _frozen(getattr(self, name), f"field {name}"))
        if self.values.shape[-2:] != (len(self.y), len(self.x)) or self.values.ndim != 2 + bool(self.cursor):
            pages = "as many pages of " if self.cursor else ""
            raise ValueError(
                f"a field on {len(self.y)} x {len(self.x)} positions has {pages}that shape, "
                f"not {self.values.shape}."
            )

    @property
    def steps(self) -> int:
        return len(self.values) if self.cursor else 1

    def page(self, step: int) -> Field:
        """The still picture at one step."""
        return Field(self.x, self.y, self.values[step]) if self.cursor else self


@dataclass(frozen=True, eq=False)  # arrays have no one truth of being equal; compare digests
class Frame:
    """What a model computed from one setting of its inputs; replaced whole, never changed.

    Parameters
        tables   : name -> Table
        fields   : name -> Field
        series   : name -> Series
        cursors  : name -> array (steps,)     the position of each page along the cursor's axis
        captions : figure name -> str         one sentence that says what the figure shows now
        facts    : name -> text, number or tuple of them; views branch on facts, so a change of a fact is
                   a change of structure and rebuilds the figures
        pages    : cursor name -> step that `page` shows; not part of the result (see `at`)
    """

    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fields: Mapping[str, Field] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    cursors: Mapping[str, Array] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = {
            name: table if isinstance(table, Table) else Table(table) for name, table in self.tables.items()
        }
        cursors = {name: _frozen(values, f"cursor {name!r}") for name, values in self.cursors.items()}
        names = [*tables, *self.series, *self.fields]
        shared = {name for name in names if names.count(name) > 1}
        if shared:
            raise ValueError(f"{sorted(shared)} name two things in one frame; give each its own name.")
        for name, turned in self._turned().items():
            if turned.cursor not in cursors or len(cursors[turned.cursor]) != turned.steps:
                raise ValueError(
                    f"{name!r} has {turned.steps} pages; its cursor {turned.cursor!r} needs as many positions."
                )
        for name, value in (
            ("tables", tables),
            ("fields", dict(self.fields)),
            ("series", dict(self.series)),
            ("cursors", cursors),
            ("captions", dict(self.captions)),
            ("facts", dict(self.facts)),
            ("pages", dict(self.pages)),
        ):
            object.__setattr__(self, name, ReadOnly(value))

    def with_(self, **parts: Mapping[str, Any]) -> Frame:
        """A new frame with entries added or replaced: ``frame.with_(tables={"draws": table})``."""
        merged = {name: {**getattr(self, name), **parts.get(name, {})} for name in PARTS}
        return Frame(**merged)

    def at(self, **positions: float) -> Frame:
        """The same frame opened at the page nearest to a position of each named cursor."""
        pages = {name: nearest(self.cursors[name], value) for name, value in positions.items()}
        return replace(self, pages={**self.pages, **pages})

    def page(self, name: str) -> Table:
        """The open page of a series."""
        series = self.series[name]
        return series.page(self.pages.get(series.cursor, 0))

    def field(self, name: str) -> Field:
        """A field, at the open page if a cursor turns it."""
        grid = self.fields[name]
        return grid.page(self.pages.get(grid.cursor, 0))

    def turned_by(self) -> dict[str, list[str]]:
        """cursor name -> names of the series and fields whose pages it turns."""
        found: dict[str, list[str]] = {name: [] for name in self.cursors}
        for name, held in self._turned().items():
            found[held.cursor].append(name)
        return found

    def _turned(self) -> dict[str, Series | Field]:
        return {**self.series, **{name: grid for name, grid in self.fields.items() if grid.cursor}}

    def watched(self, read: set[tuple[str, str]]) -> Frame:
        """The same frame, noting in `read` each (kind, name) that is looked up."""
        watched = object.__new__(Frame)
        for kind in PARTS:
            object.__setattr__(watched, kind, Watched(kind, getattr(self, kind), read))
        return watched

    def structure(self, read: set[tuple[str, str]]) -> tuple:
        """What a figure that reads these entries was built for: names and kinds of columns, and facts."""
        return tuple(
            (kind, name, self._shape_of(kind, name)) for kind, name in sorted(read) if kind != "pages"
        )

    def _shape_of(self, kind: str, name: str) -> Any:
        if name == EVERY:
            return tuple(sorted(dict.keys(getattr(self, kind))))
        entry = getattr(self, kind).get(name)
        if isinstance(entry, Table | Series):
            return tuple(sorted((column, values.dtype.kind) for column, values in entry.items()))
        if isinstance(entry, Field):
            return bool(entry.cursor)
        return entry if kind == "facts" else entry is not None

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """(path, array) of every number in the frame, such as ``tables/path/loo``."""
        for kind in ("tables", "series"):
            for name, columns in sorted(getattr(self, kind).items()):
                for column, values in sorted(columns.items()):
                    yield f"{kind}/{name}/{column}", values
        for name, grid in sorted(self.fields.items()):
            for part in ("x", "y", "values"):
                yield f"fields/{name}/{part}", getattr(grid, part)
        for name, values in sorted(self.cursors.items()):
            yield f"cursors/{name}", values

    def digest(self) -> str:
        """Fingerprint of every number in the frame (16 hex digits of SHA-256).

        The same inputs give the same digest on the same machine and library versions; +0 and -0 count as one,
        and so do all NaNs.
        """
        seen = hashlib.sha256()
        for path, values in self.arrays():
            plain = values.astype("U") if values.dtype.kind in "US" else values + np.zeros((), values.dtype)
            if plain.dtype.kind in "fc":
                plain = np.where(np.isnan(plain), np.nan, plain)  # their sign and payload say nothing
            if plain.dtype.byteorder == ">":
                plain = plain.astype(plain.dtype.newbyteorder("<"))
            header = json.dumps([path, plain.dtype.str, list(plain.shape)])
            seen.update(header.encode())
            seen.update(np.ascontiguousarray(plain).tobytes())
        return seen.hexdigest()[:16]
