"""The finished file of a sweep: Parquet, a row a cell in the grid's order.

Columns: one an axis, one a measure, then ``digest`` and ``machine`` (see `explorer.grid.cells.Row`), ``link`` (opens
the cell's setting) and ``reason`` (why a cell failed; empty where it did not). The entry ``ridgeline sweep`` of the
file's metadata is JSON: scene, version, what was fixed, the axes with their values, and the measures. Nothing in
the file depends on who computed which cell, or when.

A file is read as an upload must be: types are known before anything is unpacked, text is never unpacked at all
but read as a dictionary of its different values, and nothing is looked up or unpickled.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from explorer.core import export
from explorer.core.table_error import DataError, quoted
from explorer.core.table_parquet import check_groups
from explorer.grid.axes import MOST
from explorer.grid.cells import Row
from explorer.grid.plan import MOST as MOST_CELLS
from explorer.grid.plan import OWN, Plan

KEY = b"ridgeline sweep"
FORMAT = 1
MOST_TEXT = 16 * 2**20  # bytes of the metadata's JSON
MOST_NUMBERS = 20_000_000  # cells times columns


def table(plan: Plan, rows: Sequence[Row]) -> Any:
    """The Arrow table of every cell's row, in the grid's order."""
    import pyarrow as pa

    places = zip(*(plan.at(cell) for cell in range(len(plan))), strict=True)
    columns: dict[str, Any] = {
        axis.name: pa.array(values) for axis, values in zip(plan.axes, places, strict=True)
    }
    for place, measure in enumerate(plan.measures):
        columns[measure.text] = pa.array([row.values[place] for row in rows], pa.float64())
    for name in ("digest", "machine"):
        columns[name] = pa.array([getattr(row, name) for row in rows], pa.string())
    columns["link"] = pa.array([plan.link(cell) for cell in range(len(plan))], pa.string())
    columns["reason"] = pa.array([row.reason for row in rows], pa.string())
    said = json.dumps({"format": FORMAT, **plan.describe()}, sort_keys=True, ensure_ascii=False)
    return pa.table(columns).replace_schema_metadata({KEY: said.encode()})


def write(found: Any, path: Path) -> None:
    """Write the file as a whole or not at all."""
    from pyarrow.parquet import write_table

    held = io.BytesIO()
    write_table(found, held, compression="zstd")
    export.save(path, held.getvalue())


@dataclass(frozen=True, eq=False)
class Result:
    """A finished sweep, read.

    Parameters
        name : str                      of the file
        said : dict                     what its metadata say
        columns : name -> array (cells,)   axes and measures; text of digest, machine, link and reason
    """

    name: str
    said: dict[str, Any]
    columns: dict[str, np.ndarray]

    @property
    def scene(self) -> str:
        return self.said["scene"]

    @property
    def axes(self) -> tuple[str, ...]:
        return tuple(axis["name"] for axis in self.said["axes"])

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(self.said["measures"])

    def axis(self, name: str) -> dict[str, Any]:
        """An axis as the file describes it: name, label, unit, kind, values."""
        return next(axis for axis in self.said["axes"] if axis["name"] == name)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(len(axis["values"]) for axis in self.said["axes"])

    def grid(self, name: str) -> np.ndarray:
        """A column with an array axis for each axis of the grid."""
        return self.columns[name].reshape(self.shape)

    @cached_property
    def failures(self) -> dict[str, int]:
        """Reason -> how many cells failed for it, most frequent first."""
        reasons, counts = np.unique(self.columns["reason"], return_counts=True)
        found = sorted(
            zip(counts.tolist(), reasons.tolist(), strict=True), key=lambda pair: (-pair[0], pair[1])
        )
        return {reason: count for count, reason in found if reason}


def read(content: bytes, name: str) -> Result:
    """The sweep in the bytes of a file.

    Raises    DataError  one sentence, when it is none, is damaged or is too large
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    subject = f"The file {quoted(name, 60)}"
    wrong = DataError(f"{subject} is no result of a sweep: give the .parquet file that explorer sweep wrote.")
    if not content.startswith(b"PAR1"):
        raise wrong
    try:
        with pq.ParquetFile(pa.BufferReader(content), read_dictionary=_texts(content)) as file:
            said = _said(file.schema_arrow, wrong)
            check_groups(file.metadata, subject)
            count = file.metadata.num_rows
            names = [*(axis["name"] for axis in said["axes"]), *said["measures"], *OWN]
            if count != math.prod(len(axis["values"]) for axis in said["axes"]):
                raise wrong
            if count > MOST_CELLS or count * len(names) > MOST_NUMBERS:
                raise DataError(
                    f"{subject} has {count:,} cells, more than can be shown: sweep a part of the grid."
                )
            found = file.read(names)
            columns = {name: _unpacked(found.column(name), name, wrong) for name in names}
    except DataError:
        raise
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        MemoryError,
        RecursionError,
    ) as problem:
        raise DataError(
            f"{subject} is damaged: sweep again, or take the file from where it was written."
        ) from problem
    held = Result(name, said, columns)
    if not _in_order(held):
        raise wrong
    return held


def _texts(content: bytes) -> list[str]:
    """Names of the columns of text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(pa.BufferReader(content))
    return [part.name for part in schema if pa.types.is_string(part.type)]


def _said(schema: Any, wrong: DataError) -> dict[str, Any]:
    """The metadata, once they have the form that `table` writes."""
    import pyarrow as pa

    text = (schema.metadata or {}).get(KEY, b"")
    if not text or len(text) > MOST_TEXT:
        raise wrong
    said = json.loads(text)
    words = [said["scene"], said["version"], *said["measures"], *said["fixed"].values()]
    for axis in said["axes"]:
        words += [axis["name"], axis["label"], axis["unit"], axis["kind"]]
        _check_values(axis["values"], wrong)
    names = [axis["name"] for axis in said["axes"]] + said["measures"]
    if said["format"] != FORMAT or not all(isinstance(word, str) for word in words):
        raise wrong
    if not said["axes"] or not said["measures"] or len(set(names)) < len(names):
        raise wrong
    for name in said["measures"]:
        if not pa.types.is_float64(schema.field(name).type):
            raise wrong
    return said


def _check_values(held: Any, wrong: DataError) -> None:
    """Raises unless an axis has values of one plain type, each once."""
    if not isinstance(held, list) or not 1 <= len(held) <= MOST:
        raise wrong
    kinds = {type(value) for value in held}
    if len(kinds) > 1 or not kinds <= {int, float, bool, str} or len(set(held)) < len(held):
        raise wrong


def _unpacked(column: Any, name: str, wrong: DataError) -> np.ndarray:
    """A column as an array: numbers as they are, text by its different values."""
    import pyarrow as pa

    kind = column.type
    if column.null_count:
        raise wrong
    if pa.types.is_dictionary(kind):
        merged = column.unify_dictionaries().combine_chunks()
        merged = merged.chunk(0) if isinstance(merged, pa.ChunkedArray) else merged
        different = np.array(merged.dictionary.to_pylist(), dtype=object)
        return (
            different[merged.indices.to_numpy()] if len(different) else np.array([""] * len(column), object)
        )
    if name in OWN or not (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    ):
        raise wrong
    return column.to_numpy()


def _in_order(held: Result) -> bool:
    """Whether every row stands where its axes' values say, the last axis running fastest."""
    for place, axis in enumerate(held.axes):
        values = np.array(held.said["axes"][place]["values"])
        after = int(np.prod(held.shape[place + 1 :]))
        before = int(np.prod(held.shape[:place]))
        wanted = np.tile(np.repeat(values, after), before)
        if not np.array_equal(held.columns[axis].astype(wanted.dtype), wanted):
            return False
    return True


def known(content: bytes, name: str) -> tuple[dict[str, Any], Iterator[tuple[tuple, Row]]]:
    """What a finished file says, and its rows by the values of their axes."""
    held = read(content, name)
    axes = [held.columns[axis].tolist() for axis in held.axes]
    values = [held.columns[measure].tolist() for measure in held.measures]
    rest = [held.columns[part].tolist() for part in ("digest", "machine", "reason")]
    rows = (
        (at, Row(measured, *more))
        for at, measured, *more in zip(zip(*axes, strict=True), zip(*values, strict=True), *rest, strict=True)
    )
    return held.said, rows
