"""One data source a table and page: every figure that shows a column reads it from the same place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource

from explorer.core.frame import Field, Frame, Table
from explorer.dashboard.edits import Edits


class Sources:
    """The data sources of one page.

    A table becomes one source. A series becomes two: the whole book, which travels to the browser once, and
    the open page, which the browser takes out of the book by itself (see `scrub`). A column that is the same
    on every page, such as the cells of a grid, stands on the page alone. A field with pages is a series of
    pictures: its book holds their pixels one after the other, its page one picture and the place of it.

    Parameters
        mark : str     in front of every name, to tell two pictures on one page apart
    """

    def __init__(self, mark: str = "") -> None:
        self.mark = mark
        self._tables: dict[str, ColumnDataSource] = {}
        self._books: dict[str, ColumnDataSource] = {}
        self._extents: dict[str, ColumnDataSource] = {}
        self._pages: dict[str, ColumnDataSource] = {}
        self._pictures: dict[str, ColumnDataSource] = {}
        self._still: dict[str, dict[str, np.ndarray]] = {}
        self._wanted: dict[str, set[str]] = {}
        self._sent: dict[str, dict[str, np.ndarray]] = {}
        self._edits: dict[str, Edits] = {}
        self.messages = 0

    def owner(self, frame: Frame, columns: dict[str, Any]) -> str | None:
        """Name of the one table or series page that holds all these columns, with these values.

        Raises    ValueError  when two of them do: the view must tell them apart by column names
        """
        pages = {name: frame.page(name) for name in frame.series}
        owners = [name for name, held in {**frame.tables, **pages}.items() if _holds(held, columns)]
        if len(owners) > 1:
            raise ValueError(
                f"columns {sorted(columns)} stand with equal values in {owners}; give them different names."
            )
        return owners[0] if owners else None

    def source(self, frame: Frame, name: str, columns: set[str]) -> ColumnDataSource:
        """The shared source of a table or series page, holding at least these columns."""
        wanted = self._wanted.setdefault(name, set())
        new = columns - wanted
        wanted |= columns
        if name in frame.series:
            return self._page(frame, name, bool(new))
        if name not in self._tables:
            self._tables[name] = ColumnDataSource(name=f"table:{self.mark}{name}")
        if new:
            self._assign(self._tables[name], name, frame.tables[name])
        return self._tables[name]

    def place(self, kind: str, name: str) -> str:
        """The name of the source in which a page finds a table, a series or a field."""
        kind = {"tables": "table", "series": "page", "fields": "page" if name in self._pages else "field"}[
            kind
        ]
        return f"{kind}:{self.mark}{name}"

    def picture(self, frame: Frame, name: str) -> ColumnDataSource:
        """The source of a field, at its open page, in the columns of an image glyph."""
        if frame.fields[name].cursor:
            return self._film(frame, name)
        if name not in self._pictures:
            self._pictures[name] = ColumnDataSource(name=f"field:{self.mark}{name}")
            self._assign_picture(frame, name)
        return self._pictures[name]

    def _assign_picture(self, frame: Frame, name: str) -> None:
        grid = frame.fields[name]
        self._write(self._pictures[name], f"field:{name}", {**_place(grid), "image": [grid.values]})

    def _film(self, frame: Frame, name: str) -> ColumnDataSource:
        if name not in self._pages:
            self._bind(name)
            self._assign_film(frame, name)
        return self._pages[name]

    def listen(
        self, frame: Frame, name: str, placed: set[str], moved: Callable[[dict[str, np.ndarray]], bool]
    ) -> None:
        """Call with the columns of a table whenever a hand in the browser has changed them.

        Of an added row the hand knows only what is `placed`. Where `moved` refuses, the browser gets back what it
        showed before.
        """
        source = self.source(frame, name, set(frame.tables[name]))
        if name in self._edits:
            return
        edits = self._edits[name] = Edits()
        self._sent.pop(name, None)
        self._assign(source, name, frame.tables[name])  # once more, with its number

        def heard(_attr: str, _old: Any, new: Any) -> None:
            columns = {column: _column_of(values) for column, values in new.items()}
            version, before = edits.base(columns)
            if set(columns) != set(before):
                return  # no hand of ours
            rows = len(next(iter(before.values()), ()))
            for column in set(columns) - placed:
                columns[column][rows:] = "" if columns[column].dtype.kind == "U" else np.nan
            if same_columns(before, columns):
                return
            if edits.heard(version, columns):
                self._sent[name] = columns  # this is what the browser shows
            if not moved(columns) and self._sent[name] is columns:
                self._write(source, name, before)

        source.on_change("data", heard)

    def extent(self, name: str) -> ColumnDataSource:
        """The ends of every column over all pages of a series, for axes that must hold each of them."""
        if name not in self._extents:
            self._extents[name] = ColumnDataSource(
                _all_ends(self.over_pages(name)), name=f"extent:{self.mark}{name}"
            )
        return self._extents[name]

    def over_pages(self, name: str) -> dict[str, np.ndarray]:
        """Every wanted column of a series, over all its pages or, where they are equal, over one of them."""
        return {**self._books[name].data, **self._still[name]}

    def push(self, frame: Frame) -> None:
        """One assignment for each table and series whose wanted columns changed."""
        for name, source in self._tables.items():
            if name in frame.tables:
                self._assign(source, name, frame.tables[name])
        for name in self._pictures:
            if name in frame.fields and not frame.fields[name].cursor:
                self._assign_picture(frame, name)
        for name, book in self._books.items():
            if name in frame.fields and frame.fields[name].cursor:
                self._assign_film(frame, name)
            elif name in frame.series:
                self._assign_book(book, frame, name)

    def _page(self, frame: Frame, name: str, grew: bool) -> ColumnDataSource:
        if name not in self._pages:
            self._bind(name)
        if grew:
            self._assign_book(self._books[name], frame, name)
            self._open(frame, name)
        return self._pages[name]

    def _bind(self, name: str) -> None:
        """An empty book and its page."""
        self._books[name] = ColumnDataSource(name=f"book:{self.mark}{name}")
        # The tag keeps the book in the document, where the browser finds it beside its page.
        self._pages[name] = ColumnDataSource(name=f"page:{self.mark}{name}", tags=[self._books[name]])
        self._still[name] = {}

    def _assign_film(self, frame: Frame, name: str) -> None:
        grid, book = frame.fields[name], self._books[name]
        height, width = grid.values.shape[1:]
        place = _place(grid)
        if not same_columns(self._still[name], place):
            self._still[name] = place
            self._pages[name].data = {
                **place,
                "image": [frame.field(name).values],
            }  # before the book, as above
        book.tags = [grid.cursor, height * width, height, width]
        self._write(book, name, {"image": grid.values.reshape(-1)})

    def _open(self, frame: Frame, name: str) -> None:
        page = frame.page(name)
        self._pages[name].data = {column: page[column] for column in sorted(self._wanted[name] & set(page))}

    def _assign(self, source: ColumnDataSource, name: str, table: Table) -> None:
        self._write(
            source, name, {column: table[column] for column in sorted(self._wanted[name] & set(table))}
        )

    def _assign_book(self, book: ColumnDataSource, frame: Frame, name: str) -> None:
        series = frame.series[name]
        wanted = sorted(self._wanted[name] & set(series))
        still = {column: series[column][0] for column in wanted if _is_still(series[column])}
        if len(still) == len(wanted):
            still.popitem()  # a book has pages
        if not same_columns(self._still[name], still):
            self._still[name] = still
            self._open(frame, name)  # before the book: the browser lays its pages over this one
        book.tags = [series.cursor, series.points]
        self._write(
            book, name, {column: series[column].reshape(-1) for column in wanted if column not in still}
        )
        if name in self._extents:
            ends = _all_ends(self.over_pages(name))
            if not same_columns(self._extents[name].data, ends):
                self._extents[name].data = ends

    def _write(self, source: ColumnDataSource, name: str, columns: dict[str, np.ndarray]) -> None:
        if name not in self._sent or not same_columns(self._sent[name], columns):
            selected = source.selected
            if selected.indices and len(next(iter(columns.values()), ())) <= max(selected.indices):
                selected.indices = []
            self._sent[name] = columns  # first: a change of the source is heard
            source.data = self._edits[name].sent(columns) if name in self._edits else columns
            self.messages += 1


def _holds(table: Table, columns: dict[str, Any]) -> bool:
    return bool(columns) and all(
        name in table and len(table[name]) == len(values) and _equal(table[name], np.asarray(values))
        for name, values in columns.items()
    )


def same_columns(before: Any, after: dict[str, Any]) -> bool:
    """Whether two sets of columns hold the same numbers under the same names."""
    return set(before) == set(after) and all(_equal(before[name], after[name]) for name in after)


def _column_of(values: Any) -> np.ndarray:
    """A column as the browser sends it back; what it does not know of an added row is NaN or empty."""
    if any(isinstance(value, str) for value in values):
        return np.array([value if isinstance(value, str) else "" for value in values])
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _place(grid: Field) -> dict[str, list[float]]:
    """Where a picture lies, as an image glyph wants it: the corner of its first pixel, width and height."""
    place = {}
    for axis, size, positions in (("x", "dw", grid.x), ("y", "dh", grid.y)):
        pixel = (positions[-1] - positions[0]) / max(len(positions) - 1, 1) or 1.0
        place[axis] = [float(positions[0] - pixel / 2)]
        place[size] = [float(pixel * len(positions))]
    return place


def _is_still(values: np.ndarray) -> bool:
    """Whether a column (steps, points) is the same on every page."""
    return len(values) > 1 and _equal(values[1:], np.broadcast_to(values[0], values[1:].shape))


def _all_ends(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {column: _ends(values) for column, values in columns.items() if values.dtype.kind in "fiu"}


def _ends(values: np.ndarray) -> np.ndarray:
    """Least, least positive and largest number: what a linear or a logarithmic axis has to hold."""
    numbers = values[np.isfinite(values)] if values.dtype.kind == "f" else values.reshape(-1)
    if not len(numbers):
        return np.full(3, np.nan)
    positive = numbers[numbers > 0]
    return np.array([numbers.min(), positive.min() if len(positive) else np.nan, numbers.max()], dtype=float)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, list) or isinstance(b, list):  # images and contours: one array an entry
        return len(a) == len(b) and all(
            _equal(np.asarray(p), np.asarray(q)) for p, q in zip(a, b, strict=True)
        )
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    floats = a.dtype.kind == "f" and b.dtype.kind == "f"
    return bool(np.array_equal(a, b, equal_nan=floats))
