"""A button that takes a file of the reader's own, and takes no more than it may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from explorer.core.table_error import DataError


class Upload(pmui.FileInput):
    """The browser refuses a file that is too large before it is sent; so does this, for browsers that do not.

    Parameters
        refused       : called with a DataError when more is sent than `max_file_size`
    """

    _esm_base = "FileInput.jsx"

    def __init__(self, refused: Callable[[ValueError], Any], **params: Any) -> None:
        super().__init__(**params)
        self._refused = refused

    def _handle_msg(self, msg: Any) -> None:
        try:
            super()._handle_msg(msg)
        except (KeyError, TypeError, ValueError):  # no browser's page sends such things
            self._forget()
            return
        if self._waiting_bytes() > self.max_file_size:
            self._forget()
            self._refused(
                DataError(f"A file has at most {self.max_file_size >> 20} MiB here: give a smaller one.")
            )

    def _waiting_bytes(self) -> int:
        pieces = (len(piece) for held in self._file_buffer.values() for piece in held["chunks"].values())
        return sum(pieces) + sum(len(held["value"]) for held in self._buffer)

    def _forget(self) -> None:
        self._file_buffer.clear()
        self._buffer.clear()
