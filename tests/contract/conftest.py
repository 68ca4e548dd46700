"""A page's thread for the tests of sessions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.desk import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.gates.go.set()
    made.session.close()
