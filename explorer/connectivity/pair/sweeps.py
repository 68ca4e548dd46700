"""The barrier against one of the inputs, a pair of networks a point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from explorer.connectivity.line import barrier, loss_curve
from explorer.connectivity.pair.study import Study, train
from explorer.connectivity.pair.tables import Table
from explorer.core.cache import Cache
from explorer.core.runner import Report

NAMES = {
    "width": "hidden width (log)",
    "rate": "learning rate (log)",
    "optimiser": "optimiser",
    "fork": "shared epochs",
}
OPTIMISERS = {"sgd": "SGD", "momentum": "momentum", "adam": "Adam"}
USUAL = {"sgd": 0.3, "momentum": 0.05, "adam": 3e-3}  # learning rates that do about the same here
WIDTHS = (4, 8, 16, 32, 64, 128, 256)
RATES = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0])
POINTS = 11  # of the line, on which a barrier of the grid is measured
_HEIGHTS = Cache(400)


def places(study: Study, over: str) -> np.ndarray:
    """Where the grid has its points, on the axis of the figure."""
    recipe = study.recipe
    if over == "width":
        return np.array(WIDTHS, dtype=float)
    if over == "rate":
        return recipe.rate * RATES
    if over == "optimiser":
        return np.arange(len(OPTIMISERS), dtype=float)
    return np.unique(np.round(np.linspace(0.0, 1.0, 9) ** 3 * recipe.epochs, 2))


def at(study: Study, over: str, place: float) -> Study:
    """The study with one input moved to a point of the grid."""
    recipe = study.recipe
    if over == "width":
        moved = replace(recipe, hidden=(int(place),) * len(recipe.hidden))
    elif over == "rate":
        moved = replace(recipe, rate=float(place))
    elif over == "optimiser":
        name = list(OPTIMISERS)[int(place)]
        moved = replace(recipe, optimiser=name, rate=recipe.rate * USUAL[name] / USUAL[recipe.optimiser])
    else:
        moved = replace(recipe, shared=float(place))
    return replace(study, recipe=moved)


def empty(study: Study, over: str) -> Table:
    """The grid before anything was trained for it."""
    x = places(study, over)
    nothing = np.full(len(x), np.nan)
    return {"sweep_x": x, "sweep_before": nothing, "sweep_after": nothing, "sweep_floor": np.zeros(len(x))}


def fill(study: Study, over: str, report: Report) -> Iterator[Table]:
    """The grid after each of its points; a training that diverges leaves its point empty."""
    table = empty(study, over)
    for place, x in enumerate(table["sweep_x"]):
        part = _part(report, place, len(table["sweep_x"]))
        heights = _kept(at(study, over, x), part)
        table = {name: held.copy() for name, held in table.items()}
        table["sweep_before"][place], table["sweep_after"][place] = heights
        yield table


def _part(report: Report, place: int, count: int) -> Report:
    """Progress within one point of the grid as progress of the whole."""

    def within(share: float, text: str = "") -> None:
        report((place + share) / count, f"point {place + 1} of {count}")

    return within


def _kept(point: Study, report: Report) -> tuple[float, float]:
    report(0.0, "")
    return _HEIGHTS.get(point, lambda: _heights(point, report))


def _heights(study: Study, report: Report) -> tuple[float, float]:
    """Barriers of the training loss as trained and matched. The networks themselves are not kept."""
    try:
        pair = train(study.posed, study.recipe, report)
    except ValueError:
        return np.nan, np.nan
    join = study.joined(pair, report)
    X, y = study.data(False)
    ts = np.linspace(0.0, 1.0, POINTS)
    before, after = (
        barrier(loss_curve(join.a, b, X, y, ts, study.recipe.activation)) for b in (join.b, join.moved)
    )
    return before, after if study.matched else np.nan
