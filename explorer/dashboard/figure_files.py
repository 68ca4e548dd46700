"""What a figure draws, as files: its own columns alone, with words and units at their heads."""

from __future__ import annotations

import io
import zipfile

from explorer.core import export
from explorer.core.frame import Array
from explorer.core.model import Model
from explorer.core.values import InputError
from explorer.dashboard.columns import Column, figure_tables
from explorer.dashboard.pictures import named

Drawn = tuple[list[Column], dict[str, Array]]


def contents(model: Model, figure: str, ending: str, table: str | None = None) -> bytes:
    """The bytes of one table that a figure draws as .csv or .parquet, or of all of them in a .zip.

    Raises    InputError  when the figure draws several and none is named
    """
    drawn = figure_tables(model, named(model, figure))
    if ending == ".zip":
        return bundle(model, figure, ".csv")
    if table is None and len(drawn) > 1:
        raise InputError(
            f"{figure} draws {len(drawn)} tables: name one of {', '.join(drawn)}, or take them in a .zip."
        )
    if table is not None and table not in drawn:
        raise InputError(f"{figure} draws no table {table[:40]!r}; it draws {', '.join(drawn)}.")
    if not drawn:
        raise InputError(f"{figure} draws no column of a table.")
    return _file(model, drawn[table or next(iter(drawn))], ending)


def file(model: Model, figure: str, ending: str) -> tuple[str, bytes]:
    """(name, bytes): the one table that a figure draws, or a zip with a file for each."""
    drawn = figure_tables(model, named(model, figure))
    stem = f"{model.scene_name.replace('/', '-')}-{figure}"
    if len(drawn) == 1:
        return f"{stem}{ending}", contents(model, figure, ending)
    return f"{stem}-{ending[1:]}.zip", bundle(model, figure, ending)


def bundle(model: Model, figure: str, ending: str) -> bytes:
    """A zip with a file for each table that a figure draws, and the receipt."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("receipt.txt", export.receipt_text(model))
        for name, drawn in figure_tables(model, named(model, figure)).items():
            files.writestr(f"{name}{ending}", _file(model, drawn, ending))
    return held.getvalue()


def _file(model: Model, drawn: Drawn, ending: str) -> bytes:
    described, values = drawn
    if ending == ".csv":
        return export.csv({column.heading: values[column.name] for column in described})
    said = {column.name: {"label": column.words, "unit": column.unit} for column in described}
    return export.parquet(values, export.receipt(model), said)
