"""One at a time, but nobody waits for ever, and what is no longer wanted does not wait at all."""

from __future__ import annotations

import threading

import pytest

from explorer.core.runner import Cancelled, silent
from explorer.core.turn import Turn
from tests.core.jobs import LONG


def in_a_thread(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_one_at_a_time():
    turn, waits, inside = Turn(), threading.Event(), threading.Event()

    def other():
        with turn.taken(lambda share, text: waits.set()):
            inside.set()

    with turn.taken(silent):
        thread = in_a_thread(other)
        assert waits.wait(LONG)
        assert not inside.is_set()
    thread.join(LONG)
    assert inside.is_set()


def test_an_endless_one_does_not_keep_the_others():
    turn, end, gone = Turn(patience=0.1), threading.Event(), threading.Event()
    holding = threading.Event()

    def endless():
        with turn.taken(silent):
            holding.set()
            end.wait(LONG)

    def other():
        with turn.taken(silent):
            gone.set()

    first = in_a_thread(endless)
    assert holding.wait(LONG)
    in_a_thread(other)
    assert gone.wait(LONG)
    end.set()
    first.join(LONG)
    with turn.taken(silent):  # and the turn is free again, once
        assert turn._held.locked()
    assert not turn._held.locked()


def test_what_is_no_longer_wanted_does_not_wait():
    turn = Turn(patience=LONG)

    def overtaken(share, text=""):
        raise Cancelled

    with turn.taken(silent):
        with pytest.raises(Cancelled), turn.taken(overtaken):
            pass
        assert turn._held.locked()
