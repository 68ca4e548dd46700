"""A folder of tables and files that readers gave, so that a link finds them in another process and after a restart.

One JSON file each, as `to_json` writes it, under its reference; what is read back must give the same reference, which
holds 16 digits of the content's digest. The folder is for this user alone and holds so many bytes, the oldest dropped
first. It is a convenience: where it cannot be written, links last as long as the process.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from explorer.core.attachment import FORMAT, as_attachment
from explorer.core.dataset import Dataset

MAX_BYTES = 512 * 2**20
MAX_AGE = 30 * 86400.0
REFERENCE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,39}@[0-9a-f]{16}")


def usual_folder() -> Path:
    """Where a server of this user keeps what its readers gave."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ridgeline" / "given"


class Spool:
    """The folder, made when it is not there.

    Parameters
        folder      : Path
        max_bytes   : int       of all files together
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder, self._max_bytes = Path(folder), max_bytes
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)

    def keep(self, reference: str, kept: Any) -> None:
        """Write it, unless it is there already; a full or lost disk is passed over."""
        place = self._folder / f"{reference}.json"
        with contextlib.suppress(OSError):
            if place.exists():
                os.utime(place)
                return
            packed = json.dumps(kept.to_json()).encode()
            if len(packed) <= self._max_bytes:
                self._write(place, packed)
                self._drop_old()

    def find(self, reference: str) -> Any:
        """What was kept under a reference; None when it is not there, or is no longer what it was."""
        if not REFERENCE.fullmatch(reference):
            return None
        place = self._folder / f"{reference}.json"
        try:
            packed = json.loads(place.read_bytes())
            kept = as_attachment(packed) if packed.get("format") == FORMAT else Dataset.from_json(packed)
            if kept.reference() != reference:
                raise ValueError("the content was changed")
        except OSError:  # it is not there, or cannot be read just now
            return None
        except (ValueError, AttributeError, RecursionError):
            with contextlib.suppress(OSError):
                place.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(place)
        return kept

    def _write(self, place: Path, packed: bytes) -> None:
        """As a whole or not at all, whoever else writes the same."""
        handle, part = tempfile.mkstemp(suffix=".part", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
            os.replace(part, place)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise

    def _drop_old(self) -> None:
        held = []
        for place in self._folder.iterdir():
            with contextlib.suppress(OSError):  # another process has dropped it
                facts = place.stat()
                held.append((facts.st_mtime, facts.st_size, place))
        total = 0
        for written, size, place in sorted(held, reverse=True):
            total += size
            if total > self._max_bytes or time.time() - written > MAX_AGE:
                place.unlink(missing_ok=True)
