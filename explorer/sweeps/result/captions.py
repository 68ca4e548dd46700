"""One sentence a figure about what it shows now."""

from __future__ import annotations

from explorer.sweeps.result import tables
from explorer.sweeps.result.cut import Cut
from explorer.sweeps.result.source import NONE


def write(cut: Cut, wanted_log: bool, log: bool) -> dict[str, str]:
    """figure name -> sentence."""
    ns = cut.values.shape[2]
    behind = f"mean over {ns} values of {cut.over}" if cut.over != NONE else "single cells"
    held = (
        "; held: " + ", ".join(cut.named(name, value) for name, value in cut.fixed.items())
        if cut.fixed
        else ""
    )
    scale = " Values that are not positive keep the scale linear." if wanted_log and not log else ""
    lines, there_are = len(tables.slots(cut)), _number(cut, cut.y)
    some = f" {lines} of {there_are} lines are drawn." if lines < there_are else ""
    alone = " A single value has no bar." if (cut.count == 1).any() else ""
    kept = len(tables.shown(cut))
    thinned = f", {kept} of {ns} drawn" if kept < ns else ""
    below = int((cut.values <= 0).sum()) if log else 0
    left_out = f" On this scale {below:,} values that are not positive are left out." if below else ""
    passed = " Cells without a number are passed over." if (cut.count < ns).any() else ""
    shown = f"{cut.result.scene}, {cut.measure}: {behind}{held}."
    return {
        "landscape": f"{shown}{_thinned(cut)}{_failures(cut)}{_not_finite(cut)}",
        "lines": f"Bars: one standard error of the mean, up and down.{alone}{some}{scale}"
        if cut.over != NONE
        else f"No bars: nothing is averaged.{some}{scale}",
        "spread": f"Each point is one cell{thinned}; circles: their mean and its standard error.{left_out}",
        "settling": f"The mean of the first 1 to {ns} values of {cut.over}, with its standard error.{passed}"
        if cut.over != NONE
        else "Nothing is averaged: sweep over a seed, or choose an axis to average over.",
    }


def _number(cut: Cut, axis: str) -> int:
    """How many values an axis has, drawn or not."""
    return len(cut.result.axis(axis)["values"]) if axis != NONE else 1


def _thinned(cut: Cut) -> str:
    """Which of the two drawn axes has more values than there is room for."""
    parts: list[str] = []
    for axis, levels in zip((cut.x, cut.y), cut.levels, strict=False):
        if len(levels) < _number(cut, axis):
            values = "" if parts else " values"
            parts.append(f"{len(levels)} of {_number(cut, axis)}{values} of {axis}")
    return f" The map shows {' and '.join(parts)}." if parts else ""


def _failures(cut: Cut) -> str:
    """How many cells of the cut failed, and for which reason most often."""
    number = int(cut.failed.sum())
    if not number:
        return " No cell failed."
    here = cut.reasons[cut.reasons != ""].tolist()
    foremost = max(sorted(set(here)), key=here.count)
    because = f"{here.count(foremost):,} of them because: {foremost.rstrip('.')}."
    return f" Crosses: {number:,} of {cut.values.size:,} cells failed, {because}"


def _not_finite(cut: Cut) -> str:
    """How many cells did not fail and have no place in the means all the same."""
    number = int(cut.not_finite.sum())
    if not number:
        return ""
    crosses = "Crosses too" if cut.failed.any() else "Crosses"
    verb = "is" if number == 1 else "are"
    means = " of the means" if cut.over != NONE else ""
    return (
        f" {crosses}: {number:,} of {cut.values.size:,} values {verb} not finite and {verb} left out{means}."
    )
