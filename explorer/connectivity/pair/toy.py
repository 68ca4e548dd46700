"""The landscape whose barrier is known: L = (w1 w2 - 1)^2 / 2 between two points of one arm of its minima."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.connectivity.hyperbola import (
    hyperbola_barrier,
    hyperbola_curvature,
    hyperbola_line,
    hyperbola_loss,
)
from explorer.connectivity.pair.study import TS
from explorer.connectivity.pair.tables import barrier_table, end_table, rule, spots
from explorer.core.frame import Field, Frame, Series

REACH = 4.8  # of the picture of the landscape
STEPS = TS[::5]
SWEPT = np.linspace(1.0, 4.0, 31)
X = np.linspace(-2.0, 2.0, 21)  # inputs at which the network at the cursor is drawn


def ends(a: float, balanced: bool) -> np.ndarray:
    """Both ends of the line and the second one rescaled: array (3, 2) of (w1, w2).

    A unit scaled by c on the way in and 1/c on the way out computes the same: (1/a, a) becomes (a, 1/a).
    """
    here, there = np.array([a, 1.0 / a]), np.array([1.0 / a, a])
    return np.array([here, there, here if balanced else there])


def on_line(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Loss at the points of a line, by the landscape itself."""
    w1, w2 = (first + TS[:, None] * (last - first)).T
    return hyperbola_loss(w1, w2)


def from_curvature(a: float) -> np.ndarray:
    """The excess at `STEPS` from the curvature alone, -int G phi''; exact, phi'' being a polynomial."""
    points, weights = np.polynomial.legendre.leggauss(4)
    excess = []
    for t in STEPS:
        total = 0.0
        for low, high in ((0.0, t), (t, 1.0)):
            s = low + 0.5 * (high - low) * (points + 1.0)
            green = np.minimum(s, t) * (1.0 - np.maximum(s, t))
            total -= 0.5 * (high - low) * float(weights @ (green * hyperbola_curvature(a, s)))
        excess.append(total)
    return np.array(excess)


def frame(a: float, balanced: bool) -> Frame:
    """Everything that the figures draw; nothing of it takes time."""
    corners, nothing = ends(a, balanced), np.full(len(TS), np.nan)
    line = {
        "t": TS,
        "before": on_line(corners[0], corners[1]),
        "after": on_line(corners[0], corners[2]) if balanced else nothing,
        "exact": hyperbola_line(a, TS),
        **dict.fromkeys(("mended", "before_test", "after_test", "mended_test", "best"), nothing),
    }
    grid = np.linspace(0.0, REACH, 81)
    values = np.log10(np.maximum(hyperbola_loss(grid[None, :], grid[:, None]), 1e-4))
    return Frame(
        tables={
            "line": line,
            "barriers": barrier_table(line),
            "bent": {"bent_t": STEPS, "bent": from_curvature(a), "kinks": np.zeros(len(STEPS))},
            **_plane(corners),
            **_sweep(a),
            "identity": {"input": X, "wanted": X},
        },
        series={
            "rule": rule(),
            "spots": spots(corners),
            "function": _function(corners),
        },
        fields={"plane": Field(grid, grid, values)},
        cursors={"alpha": TS},
        captions=_captions(a, balanced),
        facts={
            "kind": "toy",
            "lower": "toy",
            "measure": "loss",
            "matched": balanced,
            "mended": False,
            "narrow": False,
        },
    )


def _plane(corners: np.ndarray) -> dict[str, dict[str, Any]]:
    arm = np.geomspace(1.0 / REACH, REACH, 80)
    return {
        "ends": end_table(corners, ("a", "b", ""), 0.3),
        "sides": {"side_u": corners[[1, 0, 2], 0], "side_v": corners[[1, 0, 2], 1]},
        "arm": {"arm_u": arm, "arm_v": 1.0 / arm},
    }


def _sweep(a: float) -> dict[str, dict[str, np.ndarray]]:
    middle = int(np.argmin(np.abs(TS - 0.5)))
    measured = [on_line(*ends(value, False)[:2])[middle] for value in SWEPT]
    return {
        "sweep": {"sweep_x": SWEPT, "sweep_before": np.array(measured)},
        "law": {
            "law_x": np.linspace(1.0, 4.0, 200),
            "law": np.array([hyperbola_barrier(value) for value in np.linspace(1.0, 4.0, 200)]),
        },
        "chosen_sweep": {"chosen_x": np.array([a]), "chosen_y": np.array([hyperbola_barrier(a)])},
    }


def _function(corners: np.ndarray) -> Series:
    slopes = np.array([np.prod(corners[0] + t * (corners[1] - corners[0])) for t in TS])
    values = slopes[:, None] * X
    return Series("alpha", {"fed": np.broadcast_to(X, values.shape), "given": values})


def _captions(a: float, balanced: bool) -> dict[str, str]:
    height = hyperbola_barrier(a)
    ends = f"({a:.3g}, {1 / a:.3g}) to ({1 / a:.3g}, {a:.3g})"
    rescaled = " Rescaled, b is a itself, and the line has no length." if balanced else ""
    grown = "grown beyond 1, so the network overshoots" if a > 1 else "stayed 1: the network is"
    return {
        "line_between": f"From {ends}: barrier (a − 1/a)⁴/32 = {height:.3g}.{rescaled}",
        "plane": "All of the white curve w₁w₂ = 1 is a minimum: the straight line leaves it, a path along it "
        "does not.",
        "here": f"In the middle of the line as trained the product w₁w₂ has {grown} the identity.",
        "below": f"Points: measured in the middle of the line. At the chosen a = {a:.3g} the barrier is "
        f"{height:.3g}.",
    }
