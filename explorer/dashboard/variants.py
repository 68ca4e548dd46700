"""Settings of a scene as data: figures that are built once, and what fills them at each setting."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import numpy as np
from bokeh.document import Document
from bokeh.models import ColumnDataSource, ContinuousColorMapper

from explorer.core.frame import Frame
from explorer.core.registry import Scene
from explorer.dashboard import theme
from explorer.dashboard.live import LiveFigure
from explorer.dashboard.sources import Sources

# Single precision is kept where it moves no number by more than this share of its column's span.
LOST = 1e-6


class Pool:
    """Columns, each stored once however many settings show it."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}

    def data(self, columns: dict[str, Any]) -> dict[str, Any]:
        """The columns of a source, with numbers replaced by their key in the pool."""
        return {name: self._stored(values) for name, values in columns.items()}

    def _stored(self, values: Any) -> Any:
        if isinstance(values, list) and values and isinstance(values[0], np.ndarray | list):
            return [self._stored(part) for part in values]
        array = np.asarray(values)
        if array.dtype.kind not in "fiu":
            return [None if held != held else held for held in array.tolist()]  # JSON has no NaN
        array = np.ascontiguousarray(lighter(array))
        packed = zlib.compress(array.tobytes(), 9)
        entry = {"dtype": array.dtype.name, "shape": list(array.shape)}
        key = hashlib.sha256(repr(entry).encode() + packed).hexdigest()[:16]
        self.entries.setdefault(key, {**entry, "packed": base64.b64encode(packed).decode()})
        return {"key": key}


def lighter(array: np.ndarray) -> np.ndarray:
    """The numbers in the fewest bytes that a picture needs, of a type that a browser knows."""
    kind = array.dtype
    if kind.kind in "iu":
        if kind.itemsize == 8:
            bounds = np.iinfo(np.int32)
            small = not array.size or (array.min() >= bounds.min and array.max() <= bounds.max)
            array = array.astype(np.int32 if small else np.float64)
        return array.astype(array.dtype.newbyteorder("<"), copy=False)
    finite = array[np.isfinite(array)].astype(np.float64)
    with np.errstate(over="ignore", under="ignore"):
        single = array.astype("<f4")
        error = np.abs(finite.astype(np.float32) - finite)
    if not len(finite):
        return single
    span = np.ptp(finite) or np.abs(finite).max()
    # Small numbers count too: a logarithmic axis shows them as large as the others.
    exact = bool((error <= LOST * span).all() and (error <= LOST * np.abs(finite)).all())
    return single if exact else array.astype("<f8")


def _finite(*ends: float | None) -> bool:
    return all(end is not None and np.isfinite(end) for end in ends)


class Drawing:
    """One set of figures, built for the structure of a frame; frames of the same structure fill it."""

    def __init__(self, scene: Scene, frame: Frame) -> None:
        self._sources = Sources()
        self.figures = {spec.name: LiveFigure(spec, self._sources, frame) for spec in scene.figures}
        for figure in self.figures.values():
            for axis, name in figure.spec.tap.items():
                if name in frame.cursors:
                    figure.tap_moves_cursor(axis, name)
        self._document = Document()
        for figure in self.figures.values():
            self._document.add_root(figure.model)

    def fits(self, frame: Frame) -> bool:
        return all(figure.fits(frame) for figure in self.figures.values())

    def fill(self, frame: Frame, pool: Pool) -> dict[str, Any]:
        """What the browser has to set to show the frame: columns, the books' tags and the ends of colour maps."""
        self._sources.push(frame)
        for figure in self.figures.values():
            figure.push(frame)
        sources = self._document.select({"type": ColumnDataSource})
        mappers = self._document.select({"type": ContinuousColorMapper})
        return {
            "data": {source.id: pool.data(source.data) for source in sources},
            "tags": {source.id: source.tags for source in sources if (source.name or "").startswith("book:")},
            "colours": {
                mapper.id: [mapper.low, mapper.high] for mapper in mappers if _finite(mapper.low, mapper.high)
            },
        }

    def packed(self) -> dict[str, Any]:
        """The figures without a number, as Bokeh's document and the words around each. Call it last."""
        for source in self._document.select({"type": ColumnDataSource}):
            source.data = {}
        figures = [
            {
                "name": name,
                "id": figure.model.id,
                "title": figure.spec.title,
                "legend": theme.legend_html(figure.legend),
                "columns": figure.table(),
            }
            for name, figure in self.figures.items()
        ]
        document = self._document.to_json(deferred=False)
        document.pop(
            "defs", None
        )  # kinds of models that a server's pages have: these figures are Bokeh's own
        return {"document": document, "figures": figures}
