"""What is computed is kept as it comes, so that an interrupted sweep goes on where it was.

Beside ``out.parquet`` stands ``out.parquet.part`` until the sweep is whole: a text with one JSON object a line. The
first line says what is swept; each further one is a cell, by the values of its axes. Lines are only ever
appended and written through, so that a sweep which is killed at any moment leaves whole lines and, at most, one
torn one at the end, which is left out. Numbers are written so that they read back to the last bit.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from explorer.core.values import InputError
from explorer.grid import result
from explorer.grid.cells import Row
from explorer.grid.plan import Plan

FORMAT = "ridgeline sweep part 1"


class Store:
    """The rows of a plan that are known so far.

    Parameters
        plan  : Plan
        path  : Path or None   of the finished file; with None rows are held in memory alone
        again : bool           forget the cells that failed, so that they are computed again

    Raises    InputError  one sentence: the place cannot be written, holds another sweep, or is being written
    """

    def __init__(self, plan: Plan, path: Path | None, again: bool = False) -> None:
        self.plan = plan
        self.path = path
        self.rows: dict[tuple, Row] = {}
        self._part: IO[bytes] | None = None
        self._empty = False  # whether the part holds no cell
        if path is not None:
            try:
                with _told(path.name):
                    self._open(path)
            except InputError:
                self.close()
                raise
        if again:
            self.rows = {at: row for at, row in self.rows.items() if not row.reason}

    def missing(self) -> list[int]:
        """Cells that are not known yet, in order."""
        return [cell for cell in range(len(self.plan)) if self.plan.at(cell) not in self.rows]

    def add(self, found: Iterable[tuple[int, Row]]) -> None:
        """Keep rows, on the disk before it returns."""
        lines = []
        for cell, row in found:
            at = self.plan.at(cell)
            self.rows[at] = row
            lines.append(_line([at, *row]))
        if self._part is not None and lines:
            with _told(self._part_path.name):
                _write(self._part, b"".join(lines))
                os.fsync(self._part.fileno())
            self._empty = False

    def finish(self) -> Any:
        """The rows in the grid's order as an Arrow table; they are written as one file, and the part goes."""
        table = result.table(self.plan, [self.rows[self.plan.at(cell)] for cell in range(len(self.plan))])
        if self.path is not None:
            result.write(table, self.path)
            self._empty = True  # what it held stands in the result
            self.close()
        return table

    def close(self) -> None:
        """Let go of the part; one without a cell goes, so that a command put right is not taken for another sweep."""
        if self._part is not None:
            if self._empty:  # while it is locked: afterwards it may be another's
                self._part_path.unlink(missing_ok=True)
            self._part.close()
            self._part = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # The files ------------------------------------------------------------------------------------------

    @property
    def _part_path(self) -> Path:
        assert self.path is not None
        return self.path.with_name(f"{self.path.name}.part")

    def _open(self, path: Path) -> None:
        if path.suffix.lower() != ".parquet":
            raise InputError(
                f"the result of a sweep is a Parquet file; {path.name} does not end in .parquet."
            )
        if not path.parent.is_dir():
            raise InputError(f"{path.name} could not be written: its folder does not exist.")
        self._part = _locked(self._part_path)
        self._part.seek(0)
        held = self._part.read()
        self._empty = not held
        whole, _, torn = held.rpartition(b"\n")
        if path.exists():
            self._take(path.name, *result.known(path.read_bytes(), path.name))
        if b"\n" in held or not _begins_a_head(torn):
            self._take(self._part_path.name, *_parsed(whole, self._part_path.name))
        # It is a part of this sweep: only now it may be changed.
        if torn:
            self._part.truncate(len(held) - len(torn))
        if not whole:
            _write(self._part, _line({"format": FORMAT, "sweep": self.plan.describe()}))
        self._empty = b"\n" not in whole

    def _take(self, name: str, held: dict[str, Any], rows: Iterator[tuple[tuple, Row]]) -> None:
        """Rows of the same sweep, perhaps over fewer values.

        Raises    InputError  when it is another one, or has cells that this plan has not: they would be lost
        """
        mine = self.plan.identity()
        for part, words in (("scene", "another scene"), ("version", "another version of the explorer"),
                            ("axes", "other axes"), ("measures", "other measures")):  # fmt: skip
            theirs = held.get(part)
            if part == "axes":
                theirs = [axis.get("name") for axis in theirs or ()]
            if theirs != mine[part]:
                raise InputError(
                    f"{name} holds a sweep of {words} ({_words(theirs)}, not {_words(mine[part])}); "
                    "give another --to, or take that file away."
                )
        others = [n for n in mine["fixed"] if held.get("fixed", {}).get(n) != mine["fixed"][n]]
        if others:
            raise InputError(
                f"{name} holds a sweep with another {others[0]} ({str(held['fixed'].get(others[0]))[:40]}, "
                f"not {mine['fixed'][others[0]][:40]}); give another --to, or take that file away."
            )
        allowed = [set(axis.values) for axis in self.plan.axes]
        for at, row in rows:
            for value, values, axis in zip(at, allowed, self.plan.axes, strict=True):
                if value not in values:
                    raise InputError(
                        f"{name} holds cells at {axis.name} = {value}, which this sweep would drop; add that value "
                        "to --over, or give another --to."
                    )
            self.rows[at] = row


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _parsed(held: bytes, name: str) -> tuple[dict[str, Any], Iterator[tuple[tuple, Row]]]:
    """What an unfinished sweep's file says, and its rows."""
    try:
        head, *lines = [json.loads(line) for line in held.split(b"\n")]
        if head["format"] != FORMAT:
            raise ValueError
        rows = [(tuple(at), Row(tuple(values), *rest)) for at, values, *rest in lines]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{name} is no unfinished sweep; take it away, or give another --to.") from None
    return head["sweep"], iter(rows)


def _line(held: Any) -> bytes:
    """One line of a part: in ASCII, so that no text of a scene breaks it."""
    return json.dumps(held).encode() + b"\n"


def _begins_a_head(torn: bytes) -> bool:
    """Whether this is the start of a part's first line, which was never written to its end."""
    start = _line({"format": FORMAT})[:-2]
    return torn.startswith(start) or start.startswith(torn)


def _write(file: IO[bytes], content: bytes) -> None:
    """All of it, past any buffer: what a full disk refuses is refused here."""
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


def _locked(path: Path) -> IO[bytes]:
    """The file, open to be added to by this sweep alone; where the system has no such locks, nobody is kept out."""
    while True:
        file = path.open("a+b", buffering=0)
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            return file
        except BlockingIOError:
            file.close()
            raise InputError(
                f"another sweep is writing {path.name}; wait for it, or give another --to."
            ) from None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()  # whoever had it has finished meanwhile, and taken it away


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """What the disk refuses, as a sentence."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{name} could not be written: {(error.strerror or 'unknown').lower()}.") from None
