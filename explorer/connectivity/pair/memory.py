"""Results that are kept by what they came from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Memory:
    """The newest few results by their key; threads may share it."""

    def __init__(self, size: int) -> None:
        self._size, self._held, self._lock = size, OrderedDict[Hashable, Any](), threading.Lock()

    def has(self, key: Hashable) -> bool:
        """Whether the result of this key is held."""
        with self._lock:
            return key in self._held

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The result of this key, made now unless it is held."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        self.put(key, made)
        return made

    def put(self, key: Hashable, made: Any) -> None:
        """Hold a result, and let go of the oldest ones."""
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._size:
                self._held.popitem(last=False)
