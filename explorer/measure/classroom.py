"""A class before one server: many open pages, each with a hand on a slider; and many that come and go."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import numpy as np
from tornado.httpclient import AsyncHTTPClient

from explorer.core import link, registry
from explorer.core.inputs import Real, Whole
from explorer.measure.seat import PATIENCE, Seat

Figures = dict[str, Any]
SCENE = "ridge/path"
ASKED = "data=synthetic"  # where every slider of the scene matters
AT_ONCE = 4  # pages that come at the same moment


def run(seats: int = 40, seconds: float = 60.0, visits: int = 500, workers: int = 2) -> int:
    """Start a server, sit a class before it, print the figures; 1 when something was lost."""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {workers} workers"
    )
    with server(workers) as host:
        lesson = asyncio.run(class_hour(host, seats, seconds))
        print(json.dumps(lesson, indent=1), flush=True)
        crowd = asyncio.run(come_and_go(host, visits))
        print(json.dumps(crowd, indent=1), flush=True)
    wrong = [lesson[name] for name in ("lost_final_values", "wrong_final_numbers", "errors")]
    wrong += [crowd[name] for name in ("sessions_left", "errors")]
    return 1 if any(wrong) or not lesson["pictures"] else 0


@contextmanager
def server(workers: int, *options: str) -> Iterator[str]:
    """A server of its own process on this machine; gives ``localhost:port``, and ends it."""
    from explorer.dashboard.server import free_port, wait_until_up

    port = free_port("localhost", None)
    command = [sys.executable, "-m", "explorer.cli", "serve", "--no-show", "--port", str(port)]
    command += ["--workers", str(workers), "--max-sessions", "10000", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until_up(port, 300)
        yield f"localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


async def class_hour(
    host: str, seats: int, seconds: float, scene: str = SCENE, asked: str = ASKED
) -> Figures:
    """Every seat moves one slider twice a second.

    Returns
        all_pages_stand_after_s
        pictures            moves whose picture, or a newer one, came
        p50_ms, p95_ms      from a move to that message; too short where a refinement of the setting before came just
                            then, which no message tells from it
        lost_final_values   seats whose address did not come to hold the last value and the receipt of its numbers
        wrong_final_numbers seats whose receipt is not that of the same setting computed here
        errors, memory_mib  of the server's workers before, and with all pages open at the end
    """
    name = _first_slider(scene)
    before = await memory(host)
    rng = np.random.default_rng(0)
    opened = [Seat(host, scene, asked) for _ in range(seats)]
    started = time.perf_counter()
    for start in range(0, seats, AT_ONCE):
        await asyncio.gather(*(seat.open() for seat in opened[start : start + AT_ONCE]))
    await asyncio.gather(*(seat.rests() for seat in opened))  # every first picture stands
    ready = time.perf_counter() - started
    streams = rng.spawn(seats)
    ends = await asyncio.gather(*map(_drag, opened, [name] * seats, [seconds] * seats, streams))
    during = await memory(host)
    lost = sum(not arrived for arrived in ends)
    wrong = sum(not _same_numbers(seat) for seat in opened)
    for seat in opened:
        await seat.close()
    moves = seats * max(1, round(2 * seconds))
    found = [t for seat in opened for t in seat.seconds]
    times = 1e3 * np.array(found or [np.nan])
    return {
        "scene": scene,
        "slider": name,
        "seats": seats,
        "seconds": seconds,
        "all_pages_stand_after_s": round(ready, 1),
        "moves": moves,
        "pictures": len(found),
        "p50_ms": round(float(np.quantile(times, 0.5)), 1),
        "p95_ms": round(float(np.quantile(times, 0.95)), 1),
        "worst_ms": round(float(times.max()), 1),
        "lost_final_values": lost,
        "wrong_final_numbers": wrong,
        "errors": [error for seat in opened for error in seat.errors],
        "memory_mib_before": before,
        "memory_mib_with_all_open": during,
    }


async def _drag(seat: Seat, name: str, seconds: float, rng: np.random.Generator) -> bool:
    """Twice a second another value; then let go, and see that the last one has arrived."""
    parameter = registry.find(seat.scene).model_class.inputs()[name]
    slider, low, high = seat.slider(parameter.label)
    whole = isinstance(parameter, Whole)
    await asyncio.sleep(rng.uniform(0.0, 0.5))  # hands do not move in step
    value: float = low
    moves = max(1, round(2 * seconds))
    for move in range(moves):
        value = int(rng.integers(int(low), int(high) + 1)) if whole else float(rng.uniform(low, high))
        due = time.perf_counter() + 0.5
        await seat.move(slider, value, release=move == moves - 1)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return await seat.rests(name, value)


def _first_slider(scene: str) -> str:
    inputs = registry.find(scene).model_class.inputs()
    return next(
        name
        for name, parameter in inputs.items()
        if isinstance(parameter, Real | Whole) and parameter.info.cost == "live" and not parameter.info.log
    )


def _same_numbers(seat: Seat) -> bool:
    """Whether the receipt in the seat's address is that of its setting, computed here."""
    name, texts = link.decode(urlencode({**seat.query, link.SCENE: seat.scene}))
    scene = registry.find(name)
    frame = scene.open(**link.read_inputs(scene.model_class, texts)).frame
    return frame.digest().startswith(seat.query.get("digest", "none"))


async def come_and_go(host: str, visits: int, scene: str = SCENE) -> Figures:
    """Pages that are opened and closed at once; a fifth of them first, to fill what fills but once.

    Returns
        memory_mib_before, memory_mib_after     of the workers, after the first fifth and after all
        sessions_left, errors
    """
    errors: list[str] = []
    await _visits(host, scene, max(1, visits // 5), errors)
    await _empty(host)
    before = await memory(host)
    await _visits(host, scene, visits, errors)
    left = await _empty(host)
    return {
        "visits": visits,
        "memory_mib_before": before,
        "memory_mib_after": await memory(host),
        "sessions_left": left,
        "errors": errors,
    }


async def _visits(host: str, scene: str, number: int, errors: list[str]) -> None:
    async def visit() -> None:
        try:
            seat = await Seat(host, scene).open()
            await seat.close()
            errors.extend(seat.errors)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")

    for start in range(0, number, AT_ONCE):
        await asyncio.gather(*(visit() for _ in range(min(AT_ONCE, number - start))))


async def _empty(host: str) -> int:
    """Wait until the server has let go of every page; gives how many are left."""
    deadline = time.monotonic() + PATIENCE
    while (left := (await health(host))["sessions"]) and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    return left


async def health(host: str) -> Figures:
    """What the server says of itself."""
    answer = await AsyncHTTPClient().fetch(f"http://{host}/health", request_timeout=PATIENCE)
    return json.loads(answer.body)


async def memory(host: str) -> Sequence[float]:
    """MiB of each worker that answers."""
    answers = [await health(host) for _ in range(40)]
    held = {answer["worker"]: answer["worker_memory_mib"] for answer in answers}
    return [held[worker] for worker in sorted(held)]
