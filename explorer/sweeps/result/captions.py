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
    lines = len(tables.slots(cut))
    some = f" {lines} of {cut.values.shape[1]} lines are drawn." if lines < cut.values.shape[1] else ""
    kept = len(tables.shown(cut))
    thinned = f", {kept} of {ns} drawn" if kept < ns else ""
    below = int((cut.values <= 0).sum()) if log else 0
    left_out = f" On this scale {below:,} values that are not positive are left out." if below else ""
    return {
        "landscape": f"{cut.result.scene}, {cut.measure}: {behind}{held}.{_failures(cut)}",
        "lines": f"Bars: one standard error of the mean, up and down.{some}{scale}"
        if cut.over != NONE
        else f"No bars: nothing is averaged.{some}{scale}",
        "spread": f"Each point is one cell{thinned}; circles: their mean and its standard error.{left_out}",
        "settling": f"The mean of the first 1 to {ns} values of {cut.over}, with its standard error."
        if cut.over != NONE
        else "Nothing is averaged: sweep over a seed, or choose an axis to average over.",
    }


def _failures(cut: Cut) -> str:
    """How many cells of the cut failed, and for which reason most often."""
    number = int(cut.failed.sum())
    if not number:
        return " No cell failed."
    here = cut.reasons[cut.reasons != ""].tolist()
    foremost = max(sorted(set(here)), key=here.count)
    because = f"{here.count(foremost):,} of them because: {foremost.rstrip('.')}."
    return f" Crosses: {number:,} of {cut.values.size:,} cells failed, {because}"
