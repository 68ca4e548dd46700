"""The one place that configures numba, and the list of kernels to compile before a page says ready.

Kernels are serial and release the GIL: parallel kernels called from several threads abort the process when
numba's threading layer is ``workqueue`` (numba issues 8563 and 10565). They are cached on disk, so a kernel
costs seconds once per machine and tenths of a second afterwards. They must live in the package: a cached
kernel in a file that a server runs as a script cannot be loaded again at its next start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numba

_KERNELS: list[tuple[Any, tuple[str, ...]]] = []
_COMPILING = threading.Lock()
_WARM: set[str] = set()


def kernel(*signatures: str, **options: Any) -> Callable[[Callable], Any]:
    """Compile a function with numba, and remember the signatures that pages will call it with.

    Parameters
        signatures : str        numba signatures such as ``"float64(float64[::1])"``; compiled by `warm`,
                                not at import. Without any, the kernel compiles at its first call.
        options                 passed on to ``numba.njit``, for example ``fastmath=True``.

    Returns
        a decorator that gives the numba dispatcher
    """

    def decorate(function: Callable) -> Any:
        dispatcher = numba.njit(cache=True, nogil=True, **options)(function)
        _KERNELS.append((dispatcher, signatures))
        return dispatcher

    return decorate


def warm(package: str, report: Callable[[float, str], None] | None = None) -> int:
    """Compile, or load from the disk cache, every kernel defined under a package.

    One thread at a time: concurrent writes of numba's cache can crash (numba issue 4807).

    Parameters
        package : str           dotted name, for example ``"explorer.ridge"``
        report  : callable      called with (share done, name of the kernel) before each kernel

    Returns
        number of kernels that were asked for
    """
    with _COMPILING:
        kernels = [
            (dispatcher, signatures)
            for dispatcher, signatures in _KERNELS
            if dispatcher.py_func.__module__ == package
            or dispatcher.py_func.__module__.startswith(package + ".")
        ]
        for done, (dispatcher, signatures) in enumerate(kernels):
            if report is not None:
                report(done / len(kernels), f"compiling {dispatcher.py_func.__name__}")
            for signature in signatures:
                dispatcher.compile(signature)
        _WARM.add(package)
        return len(kernels)


def warmed(package: str) -> bool:
    """Whether `warm` has gone through a package."""
    return package in _WARM
