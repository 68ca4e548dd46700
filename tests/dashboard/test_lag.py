"""A loop that is kept busy is seen to lag, and one that is not, is not."""

from __future__ import annotations

import asyncio
import time

from explorer.dashboard import lag
from explorer.dashboard.lag import Lag


def watched(run_async, busy):
    async def main():
        held = Lag()
        held.watch(asyncio.get_running_loop())
        held.watch(asyncio.get_running_loop())  # once is enough
        looks = []
        note = held.note
        held.note = lambda late: (looks.append(late), note(late))
        while len(looks) < 8:
            if busy:
                end = time.perf_counter() + 3 * lag.EVERY
                while time.perf_counter() < end:
                    pass
            await asyncio.sleep(0)
        return held, looks

    return run_async(main())


def test_a_busy_loop_lags_and_its_pages_pause(run_async):
    held, looks = watched(run_async, busy=True)
    assert min(looks[1:]) > lag.EVERY
    assert held.late
    assert held.pause > 0
    for _ in range(100):
        held.note(0.0)
    assert not held.late
    assert held.pause == 0


def test_no_lag_makes_a_page_pause_longer_than_the_longest():
    held = Lag()
    held.note(1e6)
    assert held.pause == lag.LONGEST_PAUSE
