"""Results that are kept by what they came from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")


class Cache:
    """The few results last used, by their key. Safe to use from several threads.

    Parameters
        size : int      how many are kept
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Any:
        """The result of this key, or None when it is not held."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The result of this key, made now unless it is held. Two threads may make the same one at once."""
        held = self.find(key)
        return self.put(key, make()) if held is None else held

    def put(self, key: Hashable, made: Made) -> Made:
        """Hold a result, and let go of what was not used for longest."""
        with self._lock:
            self._held[key] = made
            self._held.move_to_end(key)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return made
