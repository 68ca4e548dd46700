"""What the hand drags in these figures: where the handles stand, and what the inputs are once they are moved.

A mixture has three handles a component: its mean, a square on the ring of two standard deviations, and a
diamond on a bar as long as its weight. A drawn target has its points. The fourth figure has noise levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.diffusion import Target
from explorer.diffusion.samplers import levels, problem
from explorer.diffusion.samplers.pictures import joined

Table = dict[str, np.ndarray]
RING = 2.0  # standard deviations
NEAREST = 0.11  # a square stands no nearer to its mean than this, in half heights: both can be grasped
BASE, BAR = 0.1, 0.2  # where bars begin above their means, and the longest of them
PARTS = ("x", "y", "spread", "weight")
AROUND = np.linspace(0.0, 2.0 * np.pi, 49)


def of_mixture(target: Target, half: float) -> dict[str, Table]:
    """Means, rims and bars of round components, in a picture of this half height."""
    x, y = target.means.T
    spread, weight = np.sqrt(target.covariances[:, 0, 0]), target.weights
    held = dict(zip(PARTS, (x, y, spread, weight), strict=True))
    rim = x + np.maximum(RING * spread, NEAREST * half)
    base = y + BASE * half
    unit = np.full(len(x), BAR * half / weight.max())
    around = np.stack([np.cos(AROUND), np.sin(AROUND)], axis=1)[:, None]
    rings = joined(target.means + RING * spread[:, None] * around)
    bars = joined(np.array([[x, base], [x, base + unit * weight]]).swapaxes(1, 2))
    outline = np.concatenate([rings, bars])
    return {
        "means": {f"mean_{part}": values for part, values in held.items()},
        "rims": {"rim_at_x": rim, "rim_at_y": y, "rim_from": rim, **_named("rim", held)},
        "bars": {"bar_at_x": x, "bar_at_y": base + unit * weight, "bar_base": base, "bar_unit": unit}
        | _named("bar", held),
        "outline": {"outline_x": outline[:, 0], "outline_y": outline[:, 1]},
    }


def _named(handle: str, held: Table) -> Table:
    return {f"{handle}_{part}": values for part, values in held.items()}


def moved_means(means: Mapping[str, Any]) -> dict[str, str]:
    """The inputs of a mixture with these means; one just added gets the mean spread and weight of the others.

    Raises    ValueError  one sentence, when this is no mixture
    """
    x, y, spread, weight = (np.asarray(means[f"mean_{part}"]) for part in PARTS)
    return _mixture(x, y, _filled(spread, 0.25), _filled(weight, 1.0))


def moved_rims(rims: Mapping[str, Any]) -> dict[str, str]:
    """The inputs of a mixture whose rims are here; a rim that was taken away takes its component along.

    Raises    ValueError  one sentence, when this is no mixture
    """
    x, y, spread, weight = (np.asarray(rims[f"rim_{part}"]) for part in PARTS)
    at_x, at_y = np.asarray(rims["rim_at_x"]), np.asarray(rims["rim_at_y"])
    left = (np.abs(at_x - rims["rim_from"]) > 1e-9) | (np.abs(at_y - y) > 1e-9)
    return _mixture(x, y, np.where(left, np.hypot(at_x - x, at_y - y) / RING, spread), weight)


def moved_bars(bars: Mapping[str, Any]) -> dict[str, str]:
    """The inputs of a mixture whose bars end here; a bar that was taken away takes its component along.

    Raises    ValueError  one sentence, when this is no mixture
    """
    x, y, spread, _ = (np.asarray(bars[f"bar_{part}"]) for part in PARTS)
    length = np.asarray(bars["bar_at_y"]) - np.asarray(bars["bar_base"])
    return _mixture(x, y, spread, length / np.asarray(bars["bar_unit"]))


def _filled(values: np.ndarray, otherwise: float) -> np.ndarray:
    held = values[values > 0.0]
    return np.where(values > 0.0, values, held.mean() if len(held) else otherwise)


def _mixture(*parts: np.ndarray) -> dict[str, str]:
    text = "; ".join(" ".join(f"{value:.3g}" for value in row) for row in zip(*parts, strict=True))
    problem.bundled("own", text)
    return {"data": "own", "modes": text}


def of_points(points: np.ndarray) -> dict[str, Table]:
    """The points of a drawn target."""
    return {"dots": {"dot_x": points[:, 0], "dot_y": points[:, 1]}}


def moved_dots(dots: Mapping[str, Any]) -> dict[str, str]:
    """The inputs of a drawn target with these points.

    Raises    ValueError  one sentence, when there are none or too many
    """
    rows = zip(np.asarray(dots["dot_x"]), np.asarray(dots["dot_y"]), strict=True)
    text = "; ".join(f"{x:.3g} {y:.3g}" for x, y in rows)
    problem.bundled("drawn", text)
    return {"data": "drawn", "dots": text}


def of_levels(sigmas: np.ndarray, height: float) -> dict[str, Table]:
    """The noise levels of a grid above 0, as powers of ten at one height."""
    above = np.log10(sigmas[sigmas > 0.0])
    ends_at_zero = np.full(len(above), float(sigmas[-1] == 0.0))
    return {"rungs": {"rung_x": above, "rung_y": np.full(len(above), height), "rung_zero": ends_at_zero}}


def moved_levels(rungs: Mapping[str, Any]) -> dict[str, str]:
    """The inputs of a grid with these levels, in falling order.

    Raises    ValueError  one sentence, when they are no grid
    """
    with np.errstate(over="ignore"):
        sigmas = np.sort(10.0 ** np.asarray(rungs["rung_x"], float))[::-1]
    last = ["0"] if (np.asarray(rungs["rung_zero"]) == 1.0).any() else []
    words = [f"{sigma:.6g}" for sigma in sigmas]  # levels that nobody touched stay what they were typed as
    text = ", ".join([*words, *last])
    levels.levels("own", 0.0, 0.0, 0.0, text)
    return {"grid": "own", "own": text}
