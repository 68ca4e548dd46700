"""The trap scene, in the registry for the tests of grids alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.core import registry

TRAP = "toy/trap"


@pytest.fixture(autouse=True)
def _trap() -> Iterator[None]:
    registry.register(TRAP, "tests.toy.trap")
    yield
    del registry._scenes()[TRAP]


class Notes:
    """What the trap computed, from whichever process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def fixed(self) -> dict[str, str]:
        return {"notes": str(self.path)}

    def taken(self) -> Counter[str]:
        """How often each cell was computed, since this was last asked."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        self.path.unlink(missing_ok=True)
        return Counter(text.splitlines())


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / "notes.txt")
