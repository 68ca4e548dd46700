"""The browser's half: JavaScript files of this folder, joined into one module."""

from __future__ import annotations

import functools
from pathlib import Path


@functools.cache
def script(*names: str) -> str:
    """The text of these files, one after the other: the last one uses what the others define."""
    folder = Path(__file__).parent
    return "\n".join((folder / f"{name}.js").read_text(encoding="utf-8") for name in names)
