"""The work of a sweep, handed to Dask distributed: the only module that imports it.

Cells travel in chunks of about half a second of work, a few a thread at a time, so that a chunk's own cost is
small and an interruption loses little. A worker that dies is replaced by its nanny or by another one, and what
it had not handed over is computed again. A cell that kills its workers again and again is found by computing
the cells of its chunk one by one, with nothing else running, and becomes a row with that reason.
"""

from __future__ import annotations

import contextlib
import logging
import math
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, WorkerPlugin, as_completed

from explorer.core.values import InputError
from explorer.core.version import VERSION
from explorer.grid import cells
from explorer.grid.cells import Row
from explorer.grid.plan import Plan

CHUNK_S = 0.5
LARGEST = 1000  # cells of a chunk
AHEAD = 3  # chunks a thread that are handed over at a time
KEEP_S = 1.0
PATIENCE_S = 10.0
LOST = "the scheduler is gone; what it had computed is kept, and the same command goes on from there."

Found = list[tuple[int, Row]]


@contextlib.contextmanager
def connected(scheduler: str | None = None, workers: int | None = None) -> Iterator[Client]:
    """A client of the scheduler at an address, or of a cluster of this machine: one process a core.

    Raises    InputError  when nobody answers at the address, or no worker has joined
    """
    with _quiet():
        if scheduler:
            with _reached(scheduler) as client:
                yield client
        else:
            with _local(workers or CPU_COUNT) as client:
                yield client


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What goes wrong is told in sentences, not in Dask's log."""
    logs = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


@contextlib.contextmanager
def _local(number: int) -> Iterator[Client]:
    # Processes, not threads: kernels that hold the interpreter's lock run beside each other, and a crash is one
    # worker's. Their BLAS has one thread: Dask tells them so as they start.
    with (
        LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        _kept(cluster, number),
        Client(cluster) as client,
    ):
        client.register_plugin(_Deaf())
        yield client


class _Deaf(WorkerPlugin):
    """Ctrl-C in a terminal goes to the workers as well; they are ended by the one who started them."""

    name = "explorer-deaf"

    def setup(self, worker: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _kept(cluster: LocalCluster, number: int) -> Iterator[None]:
    """A worker that dies as it starts takes its nanny with it; here it gets another one."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(KEEP_S):
            if len(cluster.workers) < number:
                cluster.scale(number)

    keeper = threading.Thread(target=keep, name="explorer-sweep-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _reached(address: str) -> Client:
    try:
        client = Client(address, timeout=PATIENCE_S)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"no scheduler answers at {address[:80]}; start one with 'dask scheduler' and give its address, such as "
            "tcp://127.0.0.1:8786."
        ) from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        client.close()
        raise InputError(
            f"the scheduler at {address[:80]} has no workers; start 'dask worker {address}'."
        ) from None
    return client


def computed(client: Client, plan: Plan, wanted: Sequence[int], strict: bool) -> Iterator[Found]:
    """The rows of the wanted cells, as they come, some at a time.

    The first one is computed alone: kernels without signatures are then compiled by one worker, while no other
    one writes their cache.

    Parameters
        strict : bool   tell a measure that no frame has, before anything else is computed

    Raises    MeasureError  if `strict`, see `explorer.grid.cells.tried`
              InputError    when the workers have another version, or the scheduler is lost
    """
    try:
        _prepare(client, plan)
        held = client.submit(_itself, plan, pure=False)

        def one(cell: int) -> Row:
            return _value(client.submit(cells.compute, held, cell, strict=True, pure=False))

        first: Found = []
        with contextlib.suppress(KilledWorker):  # such a cell is dealt with among the others
            first = cells.tried(wanted, one) if strict else []
        if first:
            yield first
        known = {cell for cell, _row in first}
        yield from _Flight(client, held, plan).land([cell for cell in wanted if cell not in known])
    except (OSError, TimeoutError, _Lost) as error:
        raise InputError(LOST) from error


class _Lost(Exception):
    """Work was taken from us: the scheduler restarted, or somebody cancelled it."""


def _prepare(client: Client, plan: Plan) -> None:
    """Compile the kernels, on one worker of each machine before the others; and see that it is the same explorer."""
    hosts: dict[str, str] = {}
    for address in client.nthreads():
        hosts.setdefault(address.rpartition(":")[0], address)
    try:
        found = client.run(cells.warm, plan, workers=list(hosts.values()))
    except PermissionError as error:
        raise InputError(
            f"a worker could not compile the scene: {(error.strerror or 'unknown').lower()}."
        ) from None
    except ModuleNotFoundError as error:
        raise InputError(
            f"the workers have no module {error.name!r}; install the same explorer {VERSION} there."
        ) from None
    others = sorted({version for version in found.values() if version != VERSION})
    if others:
        raise InputError(
            f"the workers have explorer {others[0]}, and here it is {VERSION}; use the same on both."
        )


def _itself(plan: Plan) -> Plan:
    """The plan as the value of a task: it travels once to a worker, and is made again where one that held it dies."""
    return plan


def _value(future: Future) -> Any:
    """What a task gave.

    Raises    _Lost  when it was cancelled
    """
    error = future.exception() if future.status != "cancelled" else None
    if future.status in ("cancelled", "lost"):
        raise _Lost
    if error is not None:
        raise error
    return future.result()


class _Flight:
    """Chunks that are under way."""

    def __init__(self, client: Client, held: Future, plan: Plan) -> None:
        self._client, self._held, self._plan = client, held, plan
        self._landing = as_completed()
        self._flying: dict[Future, list[int]] = {}
        self._seconds, self._cells = 0.0, 0
        self._threads, self._asked = 1, -math.inf

    def land(self, wanted: Sequence[int]) -> Iterator[Found]:
        """The rows of all cells; first everything that goes well, then what killed its workers, one by one."""
        waiting, suspects = deque(wanted), deque[int]()
        while waiting or self._flying:
            while waiting and len(self._flying) < AHEAD * self._ask_threads():
                number = self._number(len(waiting))
                self._send([waiting.popleft() for _ in range(min(number, len(waiting)))])
            for cells_of, rows in self._arrived():
                if rows is None:
                    suspects.extend(cells_of)
                else:
                    yield list(zip(cells_of, rows, strict=True))
        for cell in suspects:
            self._held = self._client.submit(
                _itself, self._plan, pure=False
            )  # it may have died with the others
            self._send([cell])
            ((_, rows),) = self._arrived()
            died = "the worker that computed it died each time, perhaps for want of memory."
            yield [(cell, rows[0] if rows else cells.failed(self._plan, died))]

    def _send(self, some: list[int]) -> None:
        future = self._client.submit(cells.chunk, self._held, some, pure=False)
        self._flying[future] = some
        self._landing.add(future)

    def _arrived(self) -> list[tuple[list[int], list[Row] | None]]:
        """Cells and rows of what has come in, at least one chunk; None where it killed its workers."""
        found: list[tuple[list[int], list[Row] | None]] = []
        for future in self._landing.next_batch(block=True):
            some = self._flying.pop(future)
            try:
                rows, seconds = _value(future)
            except KilledWorker:
                found.append((some, None))
                continue
            self._seconds += seconds
            self._cells += len(some)
            found.append((some, rows))
        return found

    def _ask_threads(self) -> int:
        """How many threads the workers have now; asked once a second."""
        if time.monotonic() - self._asked > 1.0:
            self._asked = time.monotonic()
            self._threads = max(1, sum(self._client.nthreads().values()))
        return self._threads

    def _number(self, left: int) -> int:
        """How many cells the next chunk has: half a second of them, but some left for every thread at the end."""
        if not self._cells:
            return 1
        fitting = CHUNK_S * self._cells / max(self._seconds, 1e-9)
        fair = left / (2 * self._threads)
        return max(1, min(int(fitting), math.ceil(fair), LARGEST))
