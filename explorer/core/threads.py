"""One BLAS thread while a model computes.

Live problems are small: on a busy machine with two cores the thin SVD of 200 x 100 took 300 ms with two BLAS
threads that waited for each other, and 2 ms with one. One thread also gives the same digits however many cores
there are, so a digest can be compared between machines of one kind.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator
from typing import Any

_lock = threading.Lock()
_depth = 0
_limit: Any = None


@functools.cache
def _controller() -> Any:
    import scipy.linalg  # noqa: F401  it brings a BLAS of its own, which is not seen once the controller stands
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread; the setting before comes back when the last of several users leaves."""
    global _depth, _limit
    with _lock:
        _depth += 1
        if _depth == 1:
            _limit = _controller().limit(limits=1, user_api="blas")
            _limit.__enter__()
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0:
                _limit.__exit__(None, None, None)
                _limit = None
