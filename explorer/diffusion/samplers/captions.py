"""One sentence a figure about what it shows now."""

from __future__ import annotations

import numpy as np

from explorer.diffusion import SAMPLERS, Curve, calls, distances
from explorer.diffusion.samplers.curves import effort, steady
from explorer.diffusion.samplers.maps import KINDS
from explorer.diffusion.samplers.problem import Posed
from explorer.diffusion.samplers.tables import Run

FIELDS = {
    "flow": "the flow",
    "denoiser": "to the denoised point",
    "score": "the score",
}


MIXTURE = (
    "Drag a mean (ring), its spread (square, two standard deviations) or its weight (diamond); "
    "a tap adds a mean, Backspace takes one away."
)
DRAWN = "Drag your points; a tap adds one, Backspace takes it away."
GREEN = "Green: the point that the denoiser makes of each sample."
STEPS = "Lines: the median error that one step adds."
LEVELS = "Drag a noise level to make a grid of your own; a tap adds one, Backspace takes it away."


def _short(value: float) -> str:
    return f"{value:.3g}"


def trajectories(found: Run, methods: tuple[str, str], peer: str = "") -> str:
    """Steps and evaluations of both, and how far apart they end."""
    cost = [calls(method, grid) for method, grid in zip(methods, found.grids, strict=True)]
    steps = [len(grid) - 1 for grid in found.grids]
    gap = distances(found.paths[0][-1, :-1], found.paths[1][-1, :-1])
    spent = " and ".join(
        f"{SAMPLERS[method].label}: {n} steps, {c} evaluations"
        for method, n, c in zip(methods, steps, cost, strict=True)
    )
    words = f"{spent}; their ends lie {_short(float(np.median(gap)))} apart by median, {_short(gap.max())} at most."
    return f"{words} {peer}".strip()


def field(posed: Posed, what: str) -> str:
    """What arrows or images are."""
    if posed.flat:
        words = f"Arrows: {FIELDS[what]}."
        return f"{words} {MIXTURE if posed.movable else DRAWN if posed.drawn else GREEN}"
    return "Rows: the sample, what the denoiser makes of it, and the stored image nearest to that."


def errors(posed: Posed, found: list[Curve]) -> str:
    """Fitted beside nominal orders, and the reference's own error."""
    if not found:
        return "Errors are being measured."
    fits = ", ".join(_fit(curve) for curve in found)
    own = max((curve.own_error for curve in found if not SAMPLERS[curve.method].stochastic), default=0.0)
    stated = f"; the reference's own error is {own:.0e}" if own else ""
    return f"Order, fitted (nominal): {fits}. {effort(posed)[1]} particles{stated}."


def _fit(curve: Curve) -> str:
    name = SAMPLERS[curve.method].label.replace("DPM-Solver++", "").replace("(DDIM)", "").strip()
    nominal = SAMPLERS[curve.method].order
    if not steady(curve):
        return f"{name} not yet ({nominal})"
    return f"{name} {curve.fit.order:.2f} ({nominal})"


def chart(posed: Posed, kind: str, share: tuple[float, float] | None, why: str, method: str) -> str:
    """What the fourth figure shows."""
    label = SAMPLERS[method].label
    if kind == "levels":
        return f"{why or STEPS} {LEVELS}"
    if why:
        return why
    if kind == "starts":
        if share is None:
            return f"{KINDS[kind].capitalize()}: being computed."
        where = "starts" if posed.flat else "particles"
        if not share[0]:
            return f"{label} sends every one of these {where} to the mode that the exact flow reaches."
        sent, part = (f"{100 * value:.2g} %" for value in share)
        return f"{label} sends {sent} of these {where} to another mode than the exact flow: {part} of the mean error."
    if kind == "likelihood":
        return f"On the line the law that {label} samples has the density of the target; off it, it has not."
    return "Energy distance to data. Dashed: what a sample of the target itself, of the same size, has on average."
