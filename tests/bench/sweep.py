"""What a sweep costs beside a bare loop: overhead a cell, start of the workers, and the speed-up of two over one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

from explorer.core import registry
from explorer.grid import cells
from explorer.grid.plan import Plan, plan_of

TRAP = "toy/trap"
CHEAP = {"n": "20:220", "seed": "0:10"}
DEAR = {"noise": "0.25:1:lin8", "seed": "0:16"}
REPEATS = 2


def rows() -> list[dict]:
    """Return a row a comparison; times are the best of a few runs, the cluster's own start apart.

    Raises    ImportError  without the extra ``sweep``
    """
    from explorer.grid.cluster import connected

    cheap, dear = _plans()
    starts: dict[int, float] = {}
    swept: dict[int, float] = {}
    found: list[dict] = []
    for workers in (1, 2):
        started = time.perf_counter()
        with connected(workers=workers) as client:
            starts[workers] = time.perf_counter() - started
            if workers == 1:
                found += _overhead(client, cheap)
            swept[workers] = _best(lambda client=client: _sweep(client, dear))
    found.append(
        {
            "name": "ridge/path on 2 workers over 1",
            "one_s": swept[1],
            "two_s": swept[2],
            "speed_up": swept[1] / swept[2],
            "note": f"{len(dear)} cells of 150 x 150",
        }
    )
    return [*found, {"name": "start of the workers", "one_s": starts[1], "two_s": starts[2]}]


def _plans() -> tuple[Plan, Plan]:
    registry.register(TRAP, "tests.toy.trap")
    try:
        cheap = plan_of(TRAP, CHEAP, "one.value")
        _ = cheap.found
    finally:
        del registry._scenes()[TRAP]
    square = {"data": "synthetic", "n": 150, "p": 150, "draws": 10}
    return cheap, plan_of("ridge/path", DEAR, "limit.limit_error:last", square)


def _sweep(client: Any, plan: Plan) -> None:
    from explorer.grid.cluster import computed

    assert sum(len(part) for part in computed(client, plan, range(len(plan)), strict=True)) == len(plan)


def _best(call: Callable[[], None]) -> float:
    """Seconds of the best of a few runs; the first one warms what it runs on."""
    best = math.inf
    for _ in range(REPEATS):
        started = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - started)
    return best


def _bare(plan: Plan) -> None:
    """What one would write by hand: open the model, read the number."""
    for cell in range(len(plan)):
        model = plan.found.open(**plan.inputs(cell))
        _ = model.frame.tables["one"]["value"][0]


def _overhead(client: Any, plan: Plan) -> Iterator[dict]:
    """A cheap scene swept on one worker, against loops in that very process."""
    swept = _best(lambda: _sweep(client, plan))
    whole = _best(lambda: client.submit(cells.chunk, plan, range(len(plan)), pure=False).result())
    bare = _best(lambda: client.submit(_bare, plan, pure=False).result())
    for name, seconds in (("a bare loop over the model", bare), ("a loop over whole rows", whole)):
        yield {
            "name": f"overhead a cell against {name}",
            "loop_ms": 1e3 * seconds / len(plan),
            "sweep_ms": 1e3 * swept / len(plan),
            "overhead_ms": 1e3 * (swept - seconds) / len(plan),
            "note": f"{len(plan)} cheap cells, 1 worker",
        }


if __name__ == "__main__":
    for row in rows():
        numbers = {key: f"{value:.3g}" for key, value in row.items() if isinstance(value, float)}
        print(f"{row['name']:50}", numbers, row.get("note", ""))
