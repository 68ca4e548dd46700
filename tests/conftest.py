"""What all tests share: the toy scene stands in the registry beside the real ones."""

from __future__ import annotations

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
