"""Opens a file of numbers, on disk or in memory, and hands it to the reader for its kind."""

from __future__ import annotations

import os
import stat

import numpy as np

from explorer.core.table_error import MAX_BYTES, DataError, base_name, quoted
from explorer.core.table_parquet import read_parquet
from explorer.core.table_text import read_text

READERS = {".csv": read_text, ".tsv": read_text, ".txt": read_text, ".parquet": read_parquet}
FileLike = bytes | bytearray | memoryview | str | os.PathLike[str]


def read_file(data: FileLike, filename: str | None = None) -> tuple[str, tuple[str, ...], np.ndarray]:
    """A short label, the column names and the numbers of a table.

    Parameters
        data     : bytes or path    the whole file, or where it is on this machine
        filename : str              its name, of which the ending tells the kind of file; needed for bytes

    Returns
        label, names, values        str without folder and ending, m str, array (n, m)

    Raises                          DataError   when the file cannot be read, or is no table of numbers
    """
    if isinstance(data, bytes | bytearray | memoryview):
        if filename is None:
            raise DataError("The table came without a file name: give its name too, such as 'table.csv'.")
        shown = base_name(filename)
        _check_bytes(memoryview(data).nbytes, _subject(shown))
        reader = _reader(shown)
        content = bytes(data)
    else:
        shown = base_name(os.fsdecode(data) if filename is None else filename)
        _check_plain_file(data, shown)
        reader = _reader(shown)
        content = _content(data, _subject(shown))
    return (os.path.splitext(shown)[0], *reader(content, _subject(shown)))


def _subject(shown: str) -> str:
    return f"The file {quoted(shown, 60)}"


def _reader(shown: str):
    ending = os.path.splitext(shown)[1]
    if ending.lower() not in READERS:
        what = f"ends in {quoted(ending, 12)}" if ending else "has no ending that tells what it is"
        raise DataError(f"{_subject(shown)} {what}: give a .csv, .tsv, .txt or .parquet file.")
    return READERS[ending.lower()]


def _check_bytes(size: int, subject: str) -> None:
    if size > MAX_BYTES:
        raise DataError(
            f"{subject} has {size / 2**20:,.1f} MiB, and at most {MAX_BYTES // 2**20} can be read: "
            "take a sample."
        )


def _check_plain_file(path: str | os.PathLike[str], shown: str) -> None:
    """Raises DataError where a path leads to no plain file, or to one that is too large."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise DataError(f"{_subject(shown)} does not exist: check its name and its folder.") from problem
    except (OSError, ValueError) as problem:
        raise _closed(_subject(shown)) from problem
    if stat.S_ISDIR(status.st_mode):
        raise DataError(f"{quoted(shown, 60)} is a folder: give a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise DataError(f"{_subject(shown)} is not a plain file: save the table as a .csv or .parquet file.")
    _check_bytes(status.st_size, _subject(shown))


def _content(path: str | os.PathLike[str], subject: str) -> bytes:
    """The bytes of a file, which may have grown since its size was looked up."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise _closed(subject) from problem
    _check_bytes(len(content), subject)
    return content


def _closed(subject: str) -> DataError:
    return DataError(f"{subject} cannot be opened: check its name and your right to read it.")
