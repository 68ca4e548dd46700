"""Your own table, in every scene: one immutable object, read from a file, an array, a data frame or a link.

    table = as_dataset("houses.csv")
    X, y, features = table.standardised("price")

A table is a matrix of finite doubles with named columns; nothing in it is text, missing or infinite, so a
scene never has to ask. `as_dataset` takes what a person or a program has in hand. A page must not pass it
text that came with a request, because text is a path on the machine that serves: uploads are bytes with a
file name, and links are references (`recall`) or what `to_json` wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from explorer.core.memory import reference
from explorer.core.standardise import is_constant, standardise
from explorer.core.table_arrays import (
    check_numbers,
    from_frame,
    from_mapping,
    matrix_names,
    matrix_numbers,
)
from explorer.core.table_error import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    DataError,
    base_name,
    check_names,
    no_such_column,
    quoted,
    shortened,
)
from explorer.core.table_file import FileLike, read_file
from explorer.core.table_json import pack, unpack

__all__ = [
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "DataError",
    "Dataset",
    "as_dataset",
    "read_table",
    "standardise",
]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A table of numbers. Two are equal when their column names and numbers are; name and source are labels.

    Parameters
        name    : str               a short label; of a path, the last part is kept
        columns : m str             names, tidied of surplus white space; not empty, each its own
        values  : array (n, m)      finite doubles; copied, and read-only for good
        source  : str               where the numbers are from, as one cites it

    Raises      DataError   when a name or a number is missing, n or m < 2, n > 20,000, m > 500, or a number
                            is larger than 1e150
    Holds: equal content gives an equal digest and hash; JSON, pickle and copy give back every bit.
    """

    name: str
    columns: tuple[str, ...]
    values: np.ndarray
    source: str = ""

    def __post_init__(self) -> None:
        name = shortened(base_name(str(self.name)), 60) or "table"
        subject = _subject(name)
        columns = check_names(subject, self.columns)
        values = matrix_numbers(self.values, columns, subject)
        check_numbers(values, columns, subject)
        # An array over immutable bytes can never be made writeable again, so the digest stays true.
        sealed = np.frombuffer(values.tobytes(), dtype=float).reshape(values.shape)
        for field, value in (("name", name), ("columns", columns), ("values", sealed)):
            object.__setattr__(self, field, value)
        object.__setattr__(self, "source", shortened(str(self.source), 2000))

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}, {self.values.shape[0]} rows, {self.values.shape[1]} columns)"

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Dataset) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[type[Dataset], tuple[Any, ...]]:
        return Dataset, (self.name, self.columns, self.values, self.source)  # sealed and checked again

    def __copy__(self) -> Dataset:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Dataset:
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 over column names, shape and numbers, 64 hex digits; computed once. Cost: 1 ms per MB."""
        head = json.dumps([self.columns, self.values.shape]).encode()
        content = hashlib.sha256(len(head).to_bytes(8, "little") + head)
        content.update(self.values.astype("<f8", copy=False).data)
        return content.hexdigest()

    @property
    def nbytes(self) -> int:
        return self.values.nbytes

    def reference(self) -> str:
        """``name@digest``, safe in an address: the name in plain letters, 16 digits of the digest."""
        return reference(self.name, self.digest, "table")

    def column(self, name: str) -> np.ndarray:
        """Array (n,), a fresh copy of one column; DataError when it is not there."""
        return self.values[:, self._place(name)].copy()

    def split(self, target: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """The table as a regression problem: everything else explains the target.

        Returns
            X, y, features          array (n, m - 1), array (n,), m - 1 str; fresh arrays, C-contiguous

        Raises                      DataError   when the target is not there, or is constant: nothing to
                                                explain. Constant features stay; `standardised` refuses them.
        """
        place = self._place(target)
        y = self.values[:, place].copy()
        if is_constant(y):
            raise DataError(
                f"{_subject(self.name)} has the same value {y[0]:g} in every row of {quoted(target)}: "
                "choose a target that varies."
            )
        others = [other for other in range(len(self.columns)) if other != place]
        X = self.values.take(others, axis=1)  # in C order, which an index list does not give
        return X, y, tuple(self.columns[other] for other in others)

    def standardised(self, target: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """`split` with each feature at mean 0 and standard deviation 1; the target keeps its unit."""
        X, y, features = self.split(target)
        return standardise(X, features), y, features

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON's own types that carries the whole table; `from_json` gives back every bit."""
        return pack(self.name, self.columns, self.values, self.source)

    @classmethod
    def from_json(cls, packed: Mapping[str, Any]) -> Dataset:
        """The table in what `to_json` wrote; DataError, before much is unpacked, for anything else."""
        return cls(*unpack(packed))

    def _place(self, name: str) -> int:
        if name not in self.columns:
            raise no_such_column(_subject(self.name), name, self.columns)
        return self.columns.index(name)


def read_table(data: FileLike, filename: str | None = None) -> Dataset:
    """The table in a .csv, .tsv, .txt or .parquet file.

    Parameters
        data     : bytes or path    the whole file, or where it is
        filename : str              its name, needed for bytes; only its last part is kept

    Raises                          DataError   when it cannot be read, or is no table of numbers
    """
    return Dataset(*read_file(data, filename))


def as_dataset(value: Any, name: str | None = None) -> Dataset:
    """The table in whatever a person has in hand.

    Parameters
        value           a Dataset; the path of a file; a pair (bytes, file name); bytes, with the file name as
                        `name`; a data frame of pandas; a mapping from names to columns; a 2-D array (columns
                        x1 to xm); or a dict from `to_json`
        name : str      the label, where the value's own is not wanted

    Raises              DataError   when the value is none of these, or is no table of numbers
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return read_table(value, name)
    if isinstance(value, tuple) and tuple(map(type, value)) == (bytes, str):
        table = read_table(*value)
    elif isinstance(value, Dataset):
        table = value
    elif isinstance(value, str | os.PathLike):
        table = read_table(value)
    elif isinstance(value, Mapping) and isinstance(value.get("format"), str):
        table = Dataset.from_json(value)
    else:
        return _in_memory(value, name or "table")
    return table if name is None or name == table.name else replace(table, name=name)


def _in_memory(value: Any, name: str) -> Dataset:
    subject = _subject(shortened(base_name(name), 60))
    if isinstance(value, np.ndarray):
        return Dataset(name, matrix_names(value, subject), value)
    if isinstance(value, Mapping):
        return Dataset(name, *from_mapping(value, subject))
    if hasattr(value, "columns") and hasattr(value, "dtypes"):
        return Dataset(name, *from_frame(value, subject))
    raise DataError(
        f"A value of type {quoted(type(value).__name__)} is no table: give a file, a data frame, "
        "a mapping from names to columns, or an array with 2 axes."
    )


def _subject(name: str) -> str:
    return f"The table {quoted(name, 60)}"
