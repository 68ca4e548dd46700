"""A loop that is kept busy is seen to lag; pages pause by the lag, and by how many others draw."""

from __future__ import annotations

import asyncio
import time

from explorer.dashboard import lag
from explorer.dashboard.lag import Lag


class Page:
    pass


PAGES = [Page() for _ in range(20)]


def crowded(pages=20, held=None):
    held = held or Lag()
    for page in PAGES[:pages]:
        held.drawn(page)
    return held


def busily_watched(run_async):
    async def main():
        held = Lag()
        held.watch(asyncio.get_running_loop())
        held.watch(asyncio.get_running_loop())  # once is enough
        looks = []
        note = held.note
        held.note = lambda late: (looks.append(late), note(late))
        while len(looks) < 4:
            end = time.perf_counter() + 3 * lag.EVERY
            while time.perf_counter() < end:
                pass
            await asyncio.sleep(0)
        return crowded(held=held), looks

    return run_async(main())


def test_a_busy_loop_lags_and_its_pages_pause(run_async):
    held, looks = busily_watched(run_async)
    assert min(looks[1:]) > lag.EVERY
    assert held.late
    assert held.pause > 0
    for _ in range(100):
        held.note(0.0)
    assert not held.late
    assert held.pause == 0


def test_no_lag_makes_a_page_pause_longer_than_the_longest():
    held = crowded()
    held.note(1e6)
    assert held.pause == lag.LONGEST_PAUSE


def test_a_page_alone_never_pauses_and_more_pages_pause_longer():
    """Its own slow pictures make the loop late; nobody else waits."""
    pauses = []
    for pages in (0, 1, 2, 5):
        held = crowded(pages)
        held.note(0.5)
        assert held.late == (pages > 1)
        pauses.append(held.pause)
    assert pauses[:2] == [0, 0]
    assert 0 < pauses[2] < pauses[3]
