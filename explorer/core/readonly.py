"""Mappings that refuse every write; one of them also notes what is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

# Stands for the list of names: who goes through all entries depends on which there are.
EVERY = "*"


class ReadOnly(dict):
    """A dict that cannot change: HoloViews reads it as plain columns, nobody can write to it."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("a frame is read-only: change the model's inputs and read the new frame.")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]

    def __copy__(self) -> ReadOnly:
        return self

    def __deepcopy__(self, _memo: dict) -> ReadOnly:
        return self

    def __reduce__(self) -> tuple:
        return (type(self), (dict(self),))


def _noting_all(method: str) -> Any:
    def read(self: Watched) -> Any:
        self._read.update((self._kind, name) for name in (*dict.keys(self), EVERY))
        return getattr(dict, method)(self)

    return read


class Watched(ReadOnly):
    """A part of a frame that notes which of its entries were read."""

    __iter__, __len__, keys, values, items = map(
        _noting_all, ("__iter__", "__len__", "keys", "values", "items")
    )

    def __init__(self, kind: str, entries: Mapping[str, Any], read: set[tuple[str, str]]) -> None:
        dict.__init__(self, entries)
        self._kind, self._read = kind, read

    def __getitem__(self, name: str) -> Any:
        self._read.add((self._kind, name))
        return dict.__getitem__(self, name)

    def __contains__(self, name: object) -> bool:
        self._read.add((self._kind, str(name)))
        return dict.__contains__(self, name)

    def get(self, name: str, default: Any = None) -> Any:
        self._read.add((self._kind, name))
        return dict.get(self, name, default)
