"""What must be true of what is drawn of a sweep."""

from __future__ import annotations

import math
import zlib
from fractions import Fraction
from functools import lru_cache

import numpy as np

from explorer.core import link, registry
from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.model import Model
from explorer.core.version import VERSION
from explorer.grid.cells import machine, reason_of
from explorer.grid.measures import Measure, measure_of
from explorer.sweeps.result import tables
from explorer.sweeps.result.cut import Cut
from explorer.sweeps.result.source import NONE

EXACT = 1e-10
ELSEWHERE = 1e-6  # relative, where another machine computed the file: its last digits are others
MEAN = "The mean of the rows of the file with these values, summed without round-off"
ERROR = "Student, The probable error of a mean, 1908: s/√n"
RUNNING = "The mean of the first of these rows, at every count that is drawn, summed without round-off"
COUNT = "Every row of the cut is counted once: a number, a failure or not finite"
AGAIN = "Equal inputs give equal numbers: the link in the row, opened and computed now"
OWN = "sweeps/result"
Rows = dict[tuple[int, int], list[float]]


def checks(cut: Cut, frame: Frame, recompute: bool) -> list[Check]:
    """Every check of the scene, on the columns that the figures draw."""
    rows = _rows(cut)
    return [
        *_against_the_file(cut, frame, rows),
        _counts(cut, frame, rows),
        _again(cut, frame, recompute),
    ]


def _rows(cut: Cut) -> Rows:
    """Places on the map -> values in the file's order, found by going through its rows and nothing else."""
    columns = cut.result.columns
    found: Rows = {place: [] for place in np.ndindex(cut.values.shape[:2])}
    kept = np.ones(len(columns[cut.measure]), bool)
    for name, value in cut.fixed.items():
        kept &= columns[name] == value
    places = [{value: place for place, value in enumerate(levels)} for levels in cut.levels[:2]]
    across, along = columns[cut.x][kept].tolist(), [""] * int(kept.sum())
    if cut.y != NONE:
        along = columns[cut.y][kept].tolist()
    for x, y, value in zip(across, along, columns[cut.measure][kept].tolist(), strict=True):
        if x in places[0] and y in places[1]:
            found[places[0][x], places[1][y]].append(value)
    return found


def _against_the_file(cut: Cut, frame: Frame, rows: Rows) -> list[Check]:
    """The map, the lines, the running means and all their bars against sums over the file's rows."""
    log, averaged = frame.facts["log"], cut.over != NONE
    cells, lines, means = frame.tables["cells"], frame.tables["lines"], frame.series["means"]
    slot_of = {int(place): slot for slot, place in enumerate(tables.slots(cut))}
    off_mean, off_bar, off_running = [0.0], [0.0], [0.0]
    for row, ((i, j), values) in enumerate(rows.items()):
        mean, error, scale = _moments(values)
        off_mean.append(_gap(cells["cell_mean"][row], mean, scale))
        off_bar.append(_gap(cells["cell_error"][row], error, scale))
        drawn = [tuple(means[name][i, j] for name in ("mean", "mean_low", "mean_high"))]
        if j in slot_of:
            drawn.append(tuple(lines[f"{name}{slot_of[j]}"][i] for name in ("line", "low", "high")))
            off_running += _running_gaps(frame, values, i, slot_of[j])
            off_bar += _running_bar_gaps(frame, values, i, slot_of[j])
        for middle, low, high in drawn:
            off_mean.append(_gap(middle, mean, scale, log))
            off_bar += _bar_gaps(low, high, mean, error if averaged else 0.0, scale, log)
    return [
        Check("means = the file's", _worst(off_mean), 0.0, EXACT, MEAN),
        Check("bars = standard errors", _worst(off_bar), 0.0, EXACT, ERROR),
        Check("running means = the file's", _worst(off_running), 0.0, EXACT, RUNNING),
    ]


def _moments(values: list[float]) -> tuple[float, float, float]:
    """Mean, its standard error and the mean size of the finite ones among some values; NaN where too few are."""
    found = [value for value in values if math.isfinite(value)]
    n, unit = len(found), _unit(values)
    if not n:
        return math.nan, math.nan, 1.0
    parts = [value / unit for value in found]
    mean, size = math.fsum(parts) / n, math.fsum(map(abs, parts)) / n
    square = math.fsum((part - mean) ** 2 for part in parts) / (n * (n - 1)) if n > 1 else math.nan
    return mean * unit, math.sqrt(square) * unit, size * unit or 1.0


def _unit(values: list[float]) -> float:
    """The largest value: in units of it no sum of squares overflows."""
    return max((abs(value) for value in values if math.isfinite(value)), default=0.0) or 1.0


def _gap(drawn: float, wanted: float, scale: float, log: bool = False) -> float:
    """How far a drawn number is off; infinite where one is missing. A logarithmic scale has only positive ones."""
    if math.isnan(drawn):
        return 0.0 if math.isnan(wanted) or (log and wanted <= EXACT * scale) else math.inf
    return math.inf if math.isnan(wanted) else abs(drawn - wanted) / scale


def _bar_gaps(
    low: float, high: float, mean: float, error: float, scale: float, log: bool
) -> tuple[float, float]:
    """How far both ends of a bar are off; on a logarithmic scale one that reaches zero ends far below the mean."""
    above = _gap(high, mean + error, scale, log)
    if log and mean - error <= EXACT * scale and not math.isnan(low):
        return above, 0.0 if 0 < low < mean / 2 + EXACT * scale else math.inf
    return above, _gap(low, mean - error, scale, log and mean <= EXACT * scale)


def _running_gaps(frame: Frame, values: list[float], i: int, slot: int) -> list[float]:
    """How far each mean of the first values is off; sums go on from count to count, with one rounding each."""
    pages, unit = frame.series["running"], _unit(values)
    off: list[float] = []
    total, size, number, before = Fraction(), 0.0, 0, 0
    for count, drawn in zip(pages["first"][i].tolist(), pages[f"running{slot}"][i].tolist(), strict=True):
        parts = [value / unit for value in values[before : int(count)] if math.isfinite(value)]
        total += Fraction(math.fsum(parts))
        size += math.fsum(map(abs, parts))
        number += len(parts)
        before = int(count)
        mean = float(total) / number if number else math.nan
        off.append(_gap(drawn / unit, mean, size / number if size else 1.0, frame.facts["log"]))
    return off if before == len(values) else [*off, math.inf]


def _running_bar_gaps(frame: Frame, values: list[float], i: int, slot: int) -> list[float]:
    bars = frame.series["running_bars"]
    off: list[float] = []
    columns = (bars[name][i].tolist() for name in ("bar", f"bar_low{slot}", f"bar_high{slot}"))
    for count, low, high in zip(*columns, strict=True):
        off += _bar_gaps(low, high, *_moments(values[: int(count)]), frame.facts["log"])
    return off


def _worst(found: list[float]) -> float:
    """The largest; NaN, which no check passes, if one is."""
    return float(np.max(found))


def _counts(cut: Cut, frame: Frame, rows: Rows) -> Check:
    """Numbers, failures and what is not finite, at every place, and the crosses over all of them."""
    cells, crosses = frame.tables["cells"], frame.tables["failed"]
    numbers = [sum(map(math.isfinite, values)) for values in rows.values()]
    every = [len(values) for values in rows.values()]
    missing = [
        np.abs(cells["cell_count"] - numbers).sum(),
        np.abs(cells["cell_count"] + cells["cell_failed"] + cells["cell_not_finite"] - every).sum(),
        abs(cells["cell_failed"].sum() - (cut.reasons != "").sum()),
        abs(crosses["failed_cells"].sum() - cells["cell_failed"].sum()),
        abs(crosses["failed_not_finite"].sum() - cells["cell_not_finite"].sum()),
    ]
    return Check("every cell is counted once", float(sum(missing)), 0.0, 0.0, COUNT)


def _again(cut: Cut, frame: Frame, recompute: bool) -> Check:
    """One drawn value against the scene, opened by the row's link and computed now; which one, the file decides."""
    name, result = "a cell computed again", cut.result
    drawn = frame.series["values"]["value"].reshape(*cut.values.shape[:2], -1)
    kept = cut.rows[:, :, tables.shown(cut)]
    candidates = np.argwhere(np.isfinite(drawn) & (result.columns["reason"][kept] == ""))
    if not recompute:
        return Check.not_applicable(name, AGAIN, "It is switched off.")
    if result.said["version"] != VERSION:
        why = f"The file was computed with version {result.said['version']}, and this is {VERSION}."
        return Check.not_applicable(name, AGAIN, why)
    if not len(candidates):
        return Check.not_applicable(name, AGAIN, "No cell of this cut has a number.")
    digest = str(result.columns["digest"][kept[tuple(candidates[0])]])
    spot = tuple(candidates[zlib.crc32(digest.encode()) % len(candidates)])
    row = int(kept[spot])
    now = recomputed(result.scene, str(result.columns["link"][row]), cut.measure)
    if isinstance(now, str):
        return Check.not_applicable(name, AGAIN, now)
    same = str(result.columns["machine"][row]) == machine()
    gap = abs(now - float(drawn[spot])) / (abs(now) or 1.0)
    places = zip(result.axes, np.unravel_index(row, result.shape), strict=True)
    told = ", ".join(cut.named(axis, result.axis(axis)["values"][place]) for axis, place in places)
    note = f"{result.scene} at {told}" + (
        ": to the last bit." if same else "; the file is from another machine."
    )
    return Check(name, gap, 0.0, 0.0 if same else ELSEWHERE, AGAIN, note=note)


def recomputed(scene: str, text: str, measure: str) -> float | str:
    """A measure of the setting that a link describes, NaN if it fails; a sentence where it cannot be opened here."""
    if scene == OWN:
        return "A sweep of this scene itself is not computed again."
    try:
        _opened(scene, text, measure)
    except ValueError as error:
        reason = reason_of(error).rstrip(".")
        return f"The setting cannot be opened here: {reason}."
    try:
        return computed(scene, text, measure)
    except Exception:  # a scene may fail in any way, and there was a number
        return math.nan


@lru_cache(maxsize=64)
def computed(scene: str, text: str, measure: str) -> float:
    """The number; what is raised instead is not remembered, for it may pass."""
    model, wanted = _opened(scene, text, measure)
    return wanted(model)


def _opened(scene: str, text: str, measure: str) -> tuple[Model, Measure]:
    """The setting that a link describes, and what is to be measured of it.

    Raises    ValueError  one sentence, when the scene, an input or a table is not here
    """
    _, texts = link.decode(text)
    found = registry.find(scene)
    return found.open(**link.read_inputs(found.model_class, texts)), measure_of(measure)
