"""The file that is shown, and the names that may be chosen in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from explorer.core.assets import asset
from explorer.core.attachment import Attachment
from explorer.grid.result import Result, read

BUNDLED = "data/double-descent.parquet"
NONE = "none"

opened = lru_cache(maxsize=4)(read)  # a file is read when it is given, and again at each picture


@lru_cache(maxsize=1)
def bundled() -> Result:
    """The sweep that comes with the project."""
    path = asset(BUNDLED)
    return read(path.read_bytes(), path.name)


def held(file: Attachment | str) -> Result:
    """The sweep in a file, or the bundled one."""
    return opened(file.content, file.name) if isinstance(file, Attachment) else bundled()


def _seeds(result: Result) -> list[str]:
    return [name for name in result.axes if result.axis(name)["kind"] == "seed"]


def across(file: Any) -> tuple[list[str], str]:
    """Axes of the file; usually the longest one that is no seed is drawn across."""
    result = held(file)
    plain = [name for name in result.axes if name not in _seeds(result)] or list(result.axes)
    return list(result.axes), max(plain, key=lambda name: len(result.axis(name)["values"]))


def along(file: Any) -> tuple[list[str], str]:
    """Axes of the file and none; usually a line each for the next one that is no seed."""
    result = held(file)
    first = across(file)[1]
    plain = [name for name in result.axes if name not in (*_seeds(result), first)]
    return [*result.axes, NONE], (plain or [NONE])[0]


def averaged(file: Any) -> tuple[list[str], str]:
    """Axes of the file and none; usually the mean is over the first seed."""
    result = held(file)
    seeds = [name for name in _seeds(result) if name != across(file)[1]]
    return [*result.axes, NONE], (seeds or [NONE])[0]


def measures(file: Any) -> tuple[list[str], str]:
    """Measures of the file; the first one, usually."""
    result = held(file)
    return list(result.measures), result.measures[0]
