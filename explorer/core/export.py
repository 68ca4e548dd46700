"""Takes a setting home: its numbers as files, and the programs that compute them again."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from explorer.core import programs
from explorer.core.frame import Array, Frame
from explorer.core.model import Model
from explorer.core.values import InputError
from explorer.core.version import VERSION

KINDS = {
    ".npz": "every array of the frame, for numpy.load",
    ".zip": "every table, series and field as CSV",
    ".csv": "one table",
    ".parquet": "one table",
    ".py": "a script, or a pytest case if the file is named test_...",
    ".ipynb": "a notebook",
}

# table, series or field -> column -> {"label": words, "unit": unit}
Described = Mapping[str, Mapping[str, Mapping[str, str]]]


def write(model: Model, path: str | os.PathLike[str], table: str | None = None) -> Path:
    """Write the present frame of a model, or a program that computes it, to a file.

    Parameters
        model : Model
        path  : its ending says what is written, see `KINDS`; an existing file is replaced, but never left half
                written
        table : the table, series or field that a ``.csv`` or ``.parquet`` holds; not needed where there is one

    Raises    InputError  one sentence, when the ending, the table or the place is wrong
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in KINDS:
        known = ", ".join(f"{kind} ({what})" for kind, what in KINDS.items())
        raise InputError(f"{path.name} has no known ending; give one of {known}.")
    if table is not None and ending not in (".csv", ".parquet"):
        raise InputError(f"one table is a .csv or a .parquet; {path.name} is neither.")
    return save(path, contents(model, ending, table, path.name))


def contents(model: Model, ending: str, table: str | None = None, name: str = "") -> bytes:
    """The bytes of the file that `write` writes."""
    if ending in (".csv", ".parquet"):
        columns = _one(tabular(model), table)
        return csv(columns) if ending == ".csv" else parquet(columns, receipt(model))
    makers: dict[str, Callable[[], bytes]] = {
        ".npz": lambda: npz(model),
        ".zip": lambda: archive(model),
        ".py": lambda: (programs.test_case if name.startswith("test_") else programs.script)(model).encode(),
        ".ipynb": lambda: programs.notebook(model).encode(),
    }
    return makers[ending]()


def receipt(model: Model) -> dict[str, str]:
    """What a file needs to say where its numbers come from."""
    return {"link": model.link(), "version": VERSION, "digest": model.frame.digest()}


def receipt_text(model: Model) -> str:
    """The receipt, a line for each part."""
    return "".join(f"{name}: {text}\n" for name, text in receipt(model).items())


def npz(model: Model) -> bytes:
    """The frame as ``numpy.load`` reads it without pickles: ``tables/path/loo`` and so on, and the receipt."""
    held = io.BytesIO()
    said = {name: np.array(text) for name, text in receipt(model).items()}
    np.savez_compressed(held, **said, **dict(model.frame.arrays()))  # type: ignore[arg-type]
    return held.getvalue()


def archive(model: Model, ending: str = ".csv", described: Described | None = None) -> bytes:
    """A zip with a CSV or Parquet file for every table, series and field, the receipt, and what is `described`."""
    held = io.BytesIO()
    described = described or {}
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("receipt.txt", receipt_text(model))
        for name, columns in tabular(model).items():
            said = described.get(name, {})
            content = csv(columns) if ending == ".csv" else parquet(columns, receipt(model), said)
            bundle.writestr(f"{name}{ending}", content)
        if described:
            rows = [
                {"file": f"{name}{ending}", "column": column, **words}
                for name, columns in described.items()
                for column, words in columns.items()
            ]
            bundle.writestr(
                "columns.csv", csv({key: np.array([row[key] for row in rows]) for key in rows[0]})
            )
    return held.getvalue()


def tabular(model: Model) -> dict[str, dict[str, Array]]:
    """Every table, series and field of the frame as columns of equal length.

    A series gets its cursor's position as first column, a field its x and y; a field with pages gets all three.
    """
    frame = model.frame
    found: dict[str, dict[str, Array]] = {name: dict(table) for name, table in frame.tables.items()}
    found |= {name: _pages(frame, name) for name in frame.series}
    for name, grid in frame.fields.items():
        x, y = (np.tile(part.ravel(), grid.steps) for part in np.meshgrid(grid.x, grid.y))
        turn = np.repeat(frame.cursors[grid.cursor], x.size // grid.steps) if grid.cursor else None
        cursor = {} if turn is None else {grid.cursor: turn}
        found[name] = {**cursor, "x": x, "y": y, name: grid.values.ravel()}
    return found


def _pages(frame: Frame, name: str) -> dict[str, Array]:
    series = frame.series[name]
    positions = np.repeat(frame.cursors[series.cursor], series.points)
    return {series.cursor: positions, **{column: values.ravel() for column, values in series.items()}}


def _one(found: Mapping[str, Any], name: str | None) -> Any:
    names = ", ".join(found)
    if name is None:
        if len(found) == 1:
            return next(iter(found.values()))
        raise InputError(
            f"there are {len(found)} tables: name one with --table ({names}), or take them all in a .zip."
        )
    if name not in found:
        raise InputError(f"there is no table {name[:40]!r}; there are {names}.")
    return found[name]


def _arrow(columns: Mapping[str, Array], said: Mapping[str, str] | None = None) -> Any:
    import pyarrow

    plain: dict[str, Array] = {}
    for name, values in columns.items():
        if values.dtype.kind == "c":
            plain |= {f"{name} (real)": values.real, f"{name} (imaginary)": values.imag}
        else:
            plain[name] = values
    table = pyarrow.table({name: pyarrow.array(values) for name, values in plain.items()})
    return table.replace_schema_metadata(dict(said)) if said else table


def csv(columns: Mapping[str, Array]) -> bytes:
    """Comma-separated text with a header; numbers read back to the last bit."""
    from pyarrow.csv import write_csv

    held = io.BytesIO()
    write_csv(_arrow(columns), held)
    return held.getvalue()


def parquet(
    columns: Mapping[str, Array],
    said: Mapping[str, str],
    described: Mapping[str, Mapping[str, str]] | None = None,
) -> bytes:
    """A Parquet file; the receipt stands in its metadata, what is `described` of a column in the column's own."""
    from pyarrow.parquet import write_table

    table = _arrow(columns, said)
    for place, column in enumerate(table.schema):
        known = {name: text for name, text in (described or {}).get(column.name, {}).items() if text}
        if known:
            table = table.cast(table.schema.set(place, column.with_metadata(known)))
    held = io.BytesIO()
    write_table(table, held)
    return held.getvalue()


def save(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file as a whole or not at all."""
    path = Path(path)
    if not path.parent.is_dir():
        raise InputError(f"{path.name} could not be written: its folder does not exist.")
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            part.write_bytes(content)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{path.name} could not be written: {(error.strerror or 'unknown').lower()}."
        ) from None
    return path
