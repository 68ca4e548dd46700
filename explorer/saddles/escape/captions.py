"""One sentence a figure about what it shows now."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.saddles.basin_map import Basins
from explorer.saddles.escape.basins import STEPS
from explorer.saddles.escape.grounds import Exit, Ground
from explorer.saddles.escape.trails import LABELS
from explorer.saddles.escape_laws import Escape

FEW = 4
SEEN = 0.005  # a smaller share of the starts is told of minima and saddles only
HOW = {"path": "", "rms": " (r.m.s.)", "mean": " (mean)"}
KEY = "○\u00a0minimum, ×\u00a0saddle, △\u00a0maximum, ◇\u00a0flat."
WORDS = {
    "minimum": "end in minima",
    "saddle": "in saddles",
    "maximum": "in maxima",
    "degenerate": "at flat points",
}


def landscape(ground: Ground, start: np.ndarray) -> str:
    """Gradient, spectrum and Morse index at the start."""
    slope = float(np.linalg.norm(ground.surface.gradient(start)))
    values = ground.surface.eigenvalues(start)
    if not np.isfinite(values).all():
        return "At the start the function has no finite derivatives."
    if len(values) <= FEW:
        words = "Hessian eigenvalues " + ", ".join(f"{value:.3g}" for value in values)
    else:
        words = f"{len(values)} Hessian eigenvalues from {values[0]:.3g} to {values[-1]:.3g}"
    index = int((values < 0.0).sum())
    return (
        f"At the start: gradient {slope:.3g}, {words}; {index} of {len(values)} directions curve down. {KEY}"
    )


def progress(way: Exit | None, escapes: Mapping[str, tuple[Escape, int | None]]) -> str:
    """How many laws apply, and how close they come."""
    if way is None:
        return "No listed critical point has a negative curvature, so no law of escape applies."
    told = [
        f"{LABELS[name]}{HOW[predicted.kind]} {predicted.steps:.1f} → {found}"
        for name, (predicted, found) in escapes.items()
        if predicted.applies and found is not None and np.isfinite(predicted.steps)
    ]
    kind = {"degenerate": "flat point"}.get(way.kind, way.kind)
    about = f"Nearest {kind}: h = {way.curvature:.3g}, r = {way.radius:.3g}"
    if not told:
        reasons = [predicted.reason for predicted, _ in escapes.values() if predicted.reason]
        why = f": {reasons[0]}" if reasons else ""
        return f"{about}; no method has both a law that applies and an escape{why}."
    return f"{about}. Predicted step → first step outside: {', '.join(told[:FEW])}."


def spectrum(name: str, final: np.ndarray, what: str, dimension: int) -> str:
    """What the third figure says of the chosen method's last point, or of random surfaces."""
    if what == "heights":
        return f"Critical points of random surfaces in {dimension} dimensions: line, limit; bars, simulated means."
    if not np.isfinite(final).all():
        return f"{_opening(name)} left for infinity."
    index = int((final < 0.0).sum())
    where = (
        "where no direction curves down"
        if index == 0
        else f"where {index} of {len(final)} directions curve down"
    )
    return f"{_opening(name)} ends {where}; lowest eigenvalue {final[0]:.3g}."


def ends(name: str, found: Basins) -> str:
    """Shares of the basin map."""
    kinds, parts = np.array(found.critical.kinds), []
    for kind in ("minimum", "saddle", "maximum", "degenerate"):
        if (kinds == kind).any():
            share = found.shares[kinds == kind].sum()
            if share >= SEEN or kind in ("minimum", "saddle"):
                parts.append(f"{share:.0%} {WORDS[kind]}")
    others = (
        (found.left, "leave (dark)"),
        (found.restless, f"still move after {STEPS} steps (grey)"),
        (found.unlisted, "rest at no listed point (grey)"),
    )
    parts += [f"{share:.0%} {words}" for share, words in others if share >= SEEN]
    grid = f"{found.labels.shape[1]} × {found.labels.shape[0]}"
    return f"{_opening(name)} from {grid} starts: {', '.join(parts) or 'nothing is listed'}."


def _opening(name: str) -> str:
    return LABELS[name][0].upper() + LABELS[name][1:]
