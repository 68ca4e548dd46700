"""A file of one's own, such as a network's weights: its bytes and its name. What it holds is its scene's business."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from explorer.core.memory import reference
from explorer.core.table_error import MAX_BYTES, DataError, base_name, quoted, shortened

FORMAT = "ridgeline file 1"


@dataclass(frozen=True, repr=False)
class Attachment:
    """The bytes of a file, and its name without folders.

    Raises      DataError   when it is empty or larger than 64 MiB
    """

    name: str
    content: bytes

    def __post_init__(self) -> None:
        name = shortened(base_name(str(self.name)), 60) or "file"
        if not self.content:
            raise DataError(f"The file {quoted(name)} is empty: give one that holds something.")
        _check_size(len(self.content), f"The file {quoted(name)}")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "content", bytes(self.content))

    def __repr__(self) -> str:
        return f"Attachment({self.name!r}, {len(self.content)} bytes)"

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, 64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def nbytes(self) -> int:
        return len(self.content)

    def reference(self) -> str:
        """``name@digest``, safe in an address."""
        return reference(self.name, self.digest, "file")

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON's own types that carries the whole file."""
        return {
            "format": FORMAT,
            "name": self.name,
            "content": base64.b64encode(self.content).decode("ascii"),
        }


def _check_size(size: int, subject: str) -> None:
    if size > MAX_BYTES:
        raise DataError(f"{subject} has more than {MAX_BYTES >> 20} MiB: give a smaller one.")


def as_attachment(value: Any) -> Attachment:
    """The file in what a person has in hand.

    Parameters
        value       an Attachment; a path; a pair (bytes, file name); or a dict from `to_json`

    Raises          DataError   when it is none of these, or cannot be read
    """
    if isinstance(value, Attachment):
        return value
    if isinstance(value, tuple) and tuple(map(type, value)) == (bytes, str):
        return Attachment(value[1], value[0])
    if isinstance(value, Mapping):
        return _unpacked(value)
    if isinstance(value, str | os.PathLike):
        return _read(Path(value))
    raise DataError(f"A file is given by its path or as (bytes, name), not as {type(value).__name__}.")


def _read(path: Path) -> Attachment:
    try:
        _check_size(path.stat().st_size, f"The file {quoted(path.name)}")
        return Attachment(path.name, path.read_bytes())
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"The file {quoted(path.name)} cannot be read: give the path of a file.") from None


def _unpacked(packed: Mapping[str, Any]) -> Attachment:
    name, content = packed.get("name"), packed.get("content")
    if packed.get("format") != FORMAT or not isinstance(name, str) or not isinstance(content, str):
        raise DataError(f"The stored file is not of the format '{FORMAT}': give what to_json wrote.")
    _check_size(3 * (len(content) - 4) // 4, "The stored file")
    try:
        return Attachment(name, base64.b64decode(content, validate=True))
    except binascii.Error:
        raise DataError("The stored file is damaged: give what to_json wrote.") from None
