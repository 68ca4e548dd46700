"""A worker that shares its frames, with one reader; prints how many pages are open while he reads, and afterwards.

In a process of its own: that frames are shared holds for a whole process.
"""

from __future__ import annotations

import asyncio
import time

import panel as pn

from explorer.dashboard import server, workers
from explorer.dashboard.doors import Doors
from explorer.dashboard.limits import Limits
from explorer.measure import browser as measure
from explorer.measure.seat import PATIENCE, Seat

SCENE = "ridge/path"
SOON = {"check_unused_sessions_milliseconds": 200, "unused_session_lifetime_milliseconds": 500}


def main() -> None:
    doors = Doors(Limits(), workers=2)
    with measure.serving(server.applications([SCENE], doors), **SOON) as port:
        while not pn.state._servers:
            time.sleep(0.05)
        ((serving, _, _),) = pn.state._servers.values()
        workers.share_frames()
        loop = serving.io_loop.asyncio_loop
        asyncio.run_coroutine_threadsafe(workers.make_frames(serving), loop).result(PATIENCE)

        async def read() -> None:
            seat = await Seat(f"localhost:{port}", SCENE).open()
            assert await seat.rests()
            print(doors.open_pages)
            await seat.close()

        asyncio.run(read())
        deadline = time.monotonic() + PATIENCE / 2
        while doors.open_pages and time.monotonic() < deadline:
            time.sleep(0.05)
        print(doors.open_pages)


if __name__ == "__main__":
    main()
