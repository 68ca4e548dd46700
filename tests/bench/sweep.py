"""What a sweep costs beside a bare loop: overhead a cell, start of the workers, and the speed-up of two over one."""

from __future__ import annotations

import time
from collections.abc import Iterator

import explorer
from explorer.core import registry
from explorer.grid import cells
from explorer.grid.plan import Plan, plan_of

TRAP = "toy/trap"
CHEAP = {"n": "20:220", "seed": "0:10"}
DEAR = {"noise": "0.25:1:lin4", "seed": "0:8"}
REPEATS = 2


def rows() -> list[dict]:
    """Return a row a comparison; times are the best of a few runs, the cluster's own start apart.

    Raises    ImportError  without the extra ``sweep``
    """
    from explorer.grid.cluster import connected

    cheap, dear = _plans()
    starts, swept = {}, {}
    for workers in (1, 2):
        started = time.perf_counter()
        with connected(workers=workers) as client:
            starts[workers] = time.perf_counter() - started
            swept[workers] = {plan.scene: _best(client, plan) for plan in (cheap, dear)}
    return [
        *_overhead(cheap, swept[1][TRAP]),
        {
            "name": "ridge/path on 2 workers over 1",
            "one_s": swept[1]["ridge/path"],
            "two_s": swept[2]["ridge/path"],
            "speed_up": swept[1]["ridge/path"] / swept[2]["ridge/path"],
            "note": f"{len(dear)} cells of 150 x 150",
        },
        {"name": "start of the workers", "one_s": starts[1], "two_s": starts[2]},
    ]


def _plans() -> tuple[Plan, Plan]:
    registry.register(TRAP, "tests.toy.trap")
    try:
        cheap = plan_of(TRAP, CHEAP, "one.value")
        _ = cheap.found
    finally:
        del registry._scenes()[TRAP]
    square = {"data": "synthetic", "n": 150, "p": 150, "draws": 10}
    return cheap, plan_of("ridge/path", DEAR, "limit.limit_error:last", square)


def _best(client: object, plan: Plan) -> float:
    """Seconds of a whole sweep on workers that are up; the first run warms them."""
    from explorer.grid.cluster import computed

    def swept() -> float:
        started = time.perf_counter()
        found = sum(len(part) for part in computed(client, plan, range(len(plan)), strict=True))  # type: ignore[arg-type]
        assert found == len(plan)
        return time.perf_counter() - started

    return min(swept() for _ in range(REPEATS))


def _overhead(plan: Plan, swept: float) -> Iterator[dict]:
    """A cheap scene on one worker against loops in this process: the bare model, and whole rows with digest."""

    def bare() -> None:
        for cell in range(len(plan)):
            model = plan.found.open(**plan.inputs(cell))
            _ = model.frame.tables["one"]["value"][0]

    def whole() -> None:
        for cell in range(len(plan)):
            cells.compute(plan, cell)

    for name, loop in (("a bare loop over the model", bare), ("a loop over whole rows", whole)):
        seconds = min(_timed(loop) for _ in range(REPEATS))
        yield {
            "name": f"overhead a cell against {name}",
            "loop_ms": 1e3 * seconds / len(plan),
            "sweep_ms": 1e3 * swept / len(plan),
            "overhead_ms": 1e3 * (swept - seconds) / len(plan),
            "note": f"{len(plan)} cheap cells, 1 worker",
        }


def _timed(call) -> float:  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    for row in rows():
        print(
            row["name"],
            {key: f"{value:.3g}" for key, value in row.items() if isinstance(value, float)},
            explorer.__version__,
        )
