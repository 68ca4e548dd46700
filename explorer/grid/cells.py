"""One cell of a grid, computed: what a worker does. Equal cells give equal rows, wherever they are computed."""

from __future__ import annotations

import functools
import platform
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import NamedTuple

from explorer.core.values import InputError
from explorer.core.version import VERSION
from explorer.grid.measures import MeasureError
from explorer.grid.plan import Plan

LONGEST = 300  # characters of a reason


class Row(NamedTuple):
    """What became of a cell.

    Parameters
        values  : tuple of float   a number a measure; NaN where the cell failed
        digest  : str              of the whole frame; empty where the cell failed
        machine : str              on what it was computed: digits are only compared between equals
        reason  : str              why it failed, one line; empty where it did not
    """

    values: tuple[float, ...]
    digest: str
    machine: str
    reason: str = ""


def compute(plan: Plan, cell: int, strict: bool = False) -> Row:
    """The row of a cell; whatever goes wrong in it becomes its reason.

    Raises    MeasureError  if `strict`, when the frame lacks what is to be measured
    """
    try:
        model = plan.found.open(**plan.inputs(cell))
        measured = tuple(measure(model) for measure in plan.measures)
        return Row(measured, model.frame.digest(), machine())
    except Exception as error:
        if strict and isinstance(error, MeasureError):
            raise
        return failed(plan, reason_of(error))


def failed(plan: Plan, reason: str) -> Row:
    """The row of a cell that could not be computed."""
    return Row((float("nan"),) * len(plan.measures), "", machine(), reason)


def tried(wanted: Sequence[int], one: Callable[[int], Row]) -> list[tuple[int, Row]]:
    """Rows of the first cell and, until one goes well, of two more: enough to tell a wrong measure early.

    Parameters
        one : computes a cell, strictly

    Raises    MeasureError  when none goes well, and one of them lacks what is to be measured
    """
    found: list[tuple[int, Row]] = []
    wrong: MeasureError | None = None
    for cell in dict.fromkeys((wanted[0], wanted[len(wanted) // 2], wanted[-1])):
        try:
            found.append((cell, one(cell)))
        except MeasureError as error:
            wrong = wrong or error
        else:
            if not found[-1][1].reason:
                return found
    if wrong is not None:
        raise wrong
    return found


def chunk(plan: Plan, cells: Sequence[int]) -> tuple[list[Row], float]:
    """The rows of several cells, and the seconds they took.

    Raises    InputError  when this worker has another version than the plan
    """
    if plan.version != VERSION:
        raise InputError(
            f"a worker has explorer {VERSION}, and the sweep is of {plan.version}; use the same on both."
        )
    started = time.perf_counter()
    rows = [compute(plan, cell) for cell in cells]
    return rows, time.perf_counter() - started


def reason_of(error: BaseException) -> str:
    """What went wrong, on one line; an error that is no sentence for the user names its type."""
    text = " ".join(str(error).encode(errors="replace").decode().split())  # it may quote the name of any file
    kind = "" if isinstance(error, ValueError) and text else f"{type(error).__name__}: "
    line = (kind + text).rstrip(": ")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def warm(plan: Plan) -> str:
    """Import the scene and compile its kernels in this process; gives the version found here."""
    from explorer.core import jit

    _ = plan.found.model_class
    jit.warm(plan.found.package.rpartition(".")[0])
    return VERSION


@functools.cache
def machine() -> str:
    """Processor family and libraries: where these agree, equal inputs give equal digits."""
    import scipy.linalg  # noqa: F401  (brings its own BLAS, which is to be told as well)
    from threadpoolctl import threadpool_info

    blas = sorted(
        {
            f"{pool['internal_api']} {pool.get('version')} {pool.get('architecture', '')}".strip()
            for pool in threadpool_info()
            if pool["user_api"] == "blas"
        }
    )
    libraries = [f"{name} {version(name)}" for name in ("numpy", "scipy", "numba")]
    return ", ".join([f"{platform.system()} {platform.machine()}", *blas, *libraries])
