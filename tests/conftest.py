"""What all tests share: the toy scene stands in the registry beside the real ones."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

TOY = "toy/wave"


def pytest_sessionstart(session: Any) -> None:
    """Before several processes start, one compiles every kernel: they must not write the cache at the same time."""
    if getattr(session.config.option, "numprocesses", None) and not session.config.option.collectonly:
        from explorer.core import registry

        for scene in registry.scenes():
            scene.prepare()


@pytest.fixture(scope="session", autouse=True)
def _toy_scene() -> None:
    from explorer.core import registry

    registry.register(TOY, "tests.toy.wave")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The one browser of this process; its driver keeps an event loop running in the main thread."""
    from explorer.measure import browser as measure

    if measure.chromium() is None:
        words = "no Chromium on this machine: the pages are not driven (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    with measure.browser() as launched:
        yield launched


@pytest.fixture
def run_async() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end, in a thread of its own: the main thread may belong to a browser's driver."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, coroutine).result()

    return run
