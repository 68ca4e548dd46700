"""What must be true of what is drawn of a sweep."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from explorer.core import link, registry
from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.version import VERSION
from explorer.grid.cells import machine, reason_of
from explorer.grid.measures import measure_of
from explorer.sweeps.result import tables
from explorer.sweeps.result.cut import Cut
from explorer.sweeps.result.source import NONE

EXACT = 1e-10
ELSEWHERE = 1e-6  # relative, where another machine computed the file: its last digits are others
MEAN = "The mean of the rows of the file with these values, summed without round-off"
ERROR = "Student, The probable error of a mean, 1908: s/√n"
COUNT = "Every row of the cut is counted once: a number, a failure or not finite"
AGAIN = "Equal inputs give equal numbers: the link in the row, opened and computed now"
OWN = "sweeps/result"


def checks(cut: Cut, frame: Frame, recompute: bool) -> list[Check]:
    """Every check of the scene, on the columns that the figures draw."""
    return [
        *_against_the_file(cut, frame),
        _counts(cut, frame),
        _settled(cut, frame),
        _again(cut, frame, recompute),
    ]


def _groups(cut: Cut) -> dict[tuple[int, int], list[float]]:
    """Places on the map -> finite values, found by going through the rows of the file and nothing else."""
    columns = cut.result.columns
    found: dict[tuple[int, int], list[float]] = {}
    kept = np.ones(len(columns[cut.measure]), bool)
    for name, value in cut.fixed.items():
        kept &= columns[name] == value
    places = [{value: place for place, value in enumerate(levels)} for levels in cut.levels[:2]]
    across, along = columns[cut.x][kept].tolist(), [""] * int(kept.sum())
    if cut.y != NONE:
        along = columns[cut.y][kept].tolist()
    for x, y, value in zip(across, along, columns[cut.measure][kept].tolist(), strict=True):
        if x in places[0] and y in places[1] and math.isfinite(value):
            found.setdefault((places[0][x], places[1][y]), []).append(value)
    return found


def _against_the_file(cut: Cut, frame: Frame) -> list[Check]:
    """The map, the lines and their bars against sums over the file's rows."""
    cells, lines, means = frame.tables["cells"], frame.tables["lines"], frame.series["means"]
    width = cut.values.shape[1]
    slot_of = {int(place): slot for slot, place in enumerate(tables.slots(cut))}
    off_mean, off_error = [0.0], [0.0]
    for (i, j), values in _groups(cut).items():
        n, row = len(values), i * width + j
        mean = math.fsum(values) / n
        error = (
            math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n * (n - 1))) if n > 1 else 0.0
        )
        scale = math.fsum(map(abs, values)) / n or 1.0
        drawn = [cells["cell_mean"][row], means["mean"][i, j]]
        bars = [(means["mean_high"][i, j], mean)]
        if j in slot_of:
            drawn.append(lines[f"line{slot_of[j]}"][i])
            bars.append((lines[f"high{slot_of[j]}"][i], mean))
        if frame.facts["log"] and mean <= 0:
            drawn, bars = drawn[:1], []
        off_mean += [abs(value - mean) / scale for value in drawn]
        off_error += [abs(high - middle - error) / scale for high, middle in bars]
        if n > 1:
            off_error.append(abs(cells["cell_error"][row] - error) / scale)
    return [
        Check("means = the file's", _worst(off_mean), 0.0, EXACT, MEAN),
        Check("bars = standard errors", _worst(off_error), 0.0, EXACT, ERROR),
    ]


def _worst(found: list[float]) -> float:
    """The largest; NaN, which no check passes, if one is."""
    return float(np.max(found))


def _counts(cut: Cut, frame: Frame) -> Check:
    cells = frame.tables["cells"]
    wild = int(((cut.reasons == "") & ~np.isfinite(cut.values)).sum())
    told = int(cells["cell_count"].sum() + cells["cell_failed"].sum()) + wild
    crosses = int(frame.tables["failed"]["failed_cells"].sum())
    missing = abs(told - cut.values.size) + abs(crosses - int((cut.reasons != "").sum()))
    return Check("every cell is counted once", float(missing), 0.0, 0.0, COUNT)


def _settled(cut: Cut, frame: Frame) -> Check:
    """The running mean over all values is the mean that is drawn as a line."""
    running, lines = frame.series["running"], frame.tables["lines"]
    off = []
    for slot in range(len(tables.slots(cut))):
        last, line = running[f"running{slot}"][:, -1], lines[f"line{slot}"]
        scale = np.nanmax(np.abs(line), initial=0.0) or 1.0
        gaps = np.isnan(last) != np.isnan(line)
        off.append(np.inf if gaps.any() else np.nanmax(np.abs(last - line), initial=0.0) / scale)
    return Check("running means end at the mean", float(max(off)), 0.0, EXACT, MEAN)


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
    spot = tuple(
        candidates[int(result.columns["digest"][kept[tuple(candidates[0])]] or "0", 16) % len(candidates)]
    )
    row = int(kept[spot])
    now = recomputed(result.scene, str(result.columns["link"][row]), cut.measure)
    if isinstance(now, str):
        return Check.not_applicable(name, AGAIN, now)
    same = str(result.columns["machine"][row]) == machine()
    gap = abs(now - float(drawn[spot])) / (abs(now) or 1.0)
    told = ", ".join(cut.named(axis, result.columns[axis].tolist()[row]) for axis in result.axes)
    note = f"{result.scene} at {told}" + (
        ": to the last bit." if same else "; the file is from another machine."
    )
    return Check(name, gap, 0.0, 0.0 if same else ELSEWHERE, AGAIN, note=note)


@lru_cache(maxsize=64)
def recomputed(scene: str, text: str, measure: str) -> float | str:
    """A measure of the setting that a link describes, NaN if it fails; a sentence where it cannot be opened here."""
    if scene == OWN:
        return "A sweep of this scene itself is not computed again."
    try:
        _, texts = link.decode(text)
        found = registry.find(scene)
        model, wanted = found.open(**link.read_inputs(found.model_class, texts)), measure_of(measure)
    except ValueError as error:
        reason = reason_of(error).rstrip(".")
        return f"The setting cannot be opened here: {reason}."
    try:
        return wanted(model)
    except Exception:  # a scene may fail in any way, and there was a number
        return math.nan
