"""A frame with every kind of part."""

from __future__ import annotations

import numpy as np

from explorer.core.frame import Field, Frame, Series, Table


def example(**changes: float) -> Frame:
    """A frame with every kind of part; a change replaces the first number of a part."""
    column, page, cell, position = (
        np.arange(4.0),
        np.arange(6.0).reshape(3, 2),
        np.ones((2, 3)),
        np.arange(3.0),
    )
    for name, array in (("column", column), ("page", page), ("cell", cell), ("position", position)):
        array.flat[0] = changes.get(name, array.flat[0])
    return Frame(
        tables={"path": Table({"x": column, "label": np.array(["a", "b", "c", "d"])})},
        series={"walk": Series("time", {"at": page})},
        fields={"bowl": Field(np.arange(3), np.arange(2), cell)},
        cursors={"time": position},
        captions={"figure": "A sentence."},
        facts={"lines": 2},
    )
