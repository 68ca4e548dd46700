"""What all tests share: the toy scene stands in the registry beside the real ones."""

from __future__ import annotations

import pytest

TOY = "toy/wave"


@pytest.fixture(scope="session", autouse=True)
def _toy_scene() -> None:
    from explorer.core import registry

    registry.register(TOY, "tests.toy.wave")
