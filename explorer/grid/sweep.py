"""A sweep: a grid of a scene's inputs, a measure of each cell, computed by many workers and kept as it comes."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer.core.values import InputError
from explorer.grid import cells
from explorer.grid.cells import Row
from explorer.grid.plan import Plan, plan_of
from explorer.grid.progress import Progress, silent
from explorer.grid.store import Store

MISSING = (
    'sweeps are computed by Dask: pip install "ridgeline-explorer[sweep]", or sweep in this process with workers=0 '
    "(--workers 0)."
)


def sweep(
    scene: str,
    over: Mapping[str, Any],
    measure: str | Sequence[str],
    to: str | os.PathLike[str] | None = None,
    *,
    fixed: Mapping[str, Any] | None = None,
    preset: str | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    retry: bool = False,
    progress: Progress = silent,
) -> Any:
    """A data frame with a row a cell of a grid of a scene's inputs, the last axis running fastest.

    Interrupted, it goes on where it was when it is called again with the same `to`: no cell is computed twice. A grid
    may also have grown meanwhile. Values do not depend on who computes what: the same grid gives the same file,
    byte for byte, on machines of one kind.

    Parameters
        scene     : str       such as ``"ridge/path"``
        over      : mapping   input -> its values: a sequence, or a text as in `explorer.grid.axes`
        measure   : str or sequence of str   ``"path.loo:min"``, see `explorer.grid.measures`
        to        : path      a .parquet file; None keeps nothing
        fixed     : mapping   inputs that are not at their default; a table or file of one's own may be among them
        preset    : str       start from this preset of the scene
        scheduler : str       address of a Dask scheduler; without one the cores of this machine are used
        workers   : int       processes on this machine, one a core by default; 0 computes in this process, without
                              Dask. In a script, processes need its usual ``if __name__ == "__main__":``
        retry     : bool      compute the cells again that failed
        progress  : callable  called with (cells done, failed among them, all cells)

    Returns
        pandas.DataFrame      axes, measures, digest, machine, link, reason (empty unless the cell failed)

    Raises    ValueError  one sentence, before anything is computed, when a name, a value or the place is wrong
    """
    check_workers(scheduler, workers)
    plan = plan_of(scene, over, measure, fixed, preset)
    return run(plan, Path(to) if to is not None else None, scheduler, workers, retry, progress).to_pandas()


def check_workers(scheduler: str | None, workers: int | None) -> None:
    """Raises InputError when the workers that are asked for cannot be had."""
    if workers is not None and (not isinstance(workers, int) or not 0 <= workers <= 1024):
        raise InputError("workers is a whole number of processes, 0 to 1024.")
    if scheduler and workers is not None:
        raise InputError("workers are those of the scheduler; leave one of the two out.")
    if workers != 0 and importlib.util.find_spec("distributed") is None:
        raise InputError(MISSING)


def run(
    plan: Plan,
    to: Path | None,
    scheduler: str | None = None,
    workers: int | None = None,
    retry: bool = False,
    progress: Progress = silent,
) -> Any:
    """The Arrow table of a plan, with what is missing computed."""
    with Store(plan, to, retry) as store:
        missing, total = store.missing(), len(plan)
        reasons = [row.reason for row in store.rows.values()]
        failed = sum(map(bool, reasons))
        progress(total - len(missing), failed, total)
        if missing:
            for found in _computed(plan, missing, failed == len(reasons), scheduler, workers):
                store.add(found)
                failed += sum(bool(row.reason) for _, row in found)
                progress(len(store.rows), failed, total)
        return store.finish()


def _computed(
    plan: Plan, missing: Sequence[int], strict: bool, scheduler: str | None, workers: int | None
) -> Iterator[list[tuple[int, Row]]]:
    """Rows of what is missing; `strict` while no cell has gone well yet, so that a wrong measure is told early."""
    if workers == 0:
        yield from _here(plan, missing, strict)
        return
    cells.warm(plan)  # into the cache on the disk, which the workers of this machine share
    from explorer.grid.cluster import computed, connected

    with connected(scheduler, workers) as client:
        yield from computed(client, plan, missing, strict)


def _here(plan: Plan, missing: Sequence[int], strict: bool) -> Iterator[list[tuple[int, Row]]]:
    """Cell by cell in this process."""
    first = cells.tried(missing, lambda cell: cells.compute(plan, cell, strict=True)) if strict else []
    if first:
        yield first
    known = {cell for cell, _row in first}
    for cell in missing:
        if cell not in known:
            yield [(cell, cells.compute(plan, cell))]
