"""A page's thread for the tests of sessions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.dashboard import session
from tests.contract.desk import Desk


@pytest.fixture
def desk(monkeypatch) -> Iterator[Desk]:
    monkeypatch.setattr(session, "SLOW", 2.0)  # on a busy machine a short computation takes its time
    made = Desk()
    yield made
    made.gates.go.set()
    made.session.close()
