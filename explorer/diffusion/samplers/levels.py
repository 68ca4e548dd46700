"""Noise levels: the grids of both solvers, and those at which pictures are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.diffusion import GRIDS, calls, custom

GRID_NAMES = {
    "karras": "Karras ρ: even in σ^(1/ρ)",
    "log": "even in log σ",
    "uniform": "even in σ",
    "linear": "linear β",
    "cosine": "cosine",
    "flow": "even in flow-matching time",
    "own": "your own levels",
}
LEAST_SHARE = 0.25  # a last level 0 is shown at this share of the level before


@dataclass(frozen=True)
class Levels:
    """A grid of noise levels that can be asked for any number of steps, all between the same ends."""

    kind: str
    low: float
    high: float
    rho: float
    own: tuple[float, ...]

    def __call__(self, steps: int) -> np.ndarray:
        if self.kind == "karras":
            return GRIDS["karras"](steps, self.low, self.high, self.rho)
        if self.kind != "own":
            return GRIDS[self.kind](steps, self.low, self.high)
        levels = np.array(self.own)
        if steps == len(levels) - 1:
            return levels
        above = levels[levels > 0]
        at, whole = np.linspace(0, len(levels) - 1, steps + 1), np.arange(len(above))
        finer = np.exp(np.interp(at, whole, np.log(above)))
        if levels[-1] == 0.0:  # even in σ from the last level above
            finer = np.where(at > whole[-1], above[-1] * (len(levels) - 1 - at), finer)
        finer[[0, -1]] = levels[[0, -1]]
        return finer


def levels(kind: str, low: float, high: float, rho: float, text: str) -> Levels:
    """The grid that the inputs describe.

    Raises    ValueError  one sentence, when levels of one's own are not falling numbers
    """
    if kind != "own":
        return Levels(kind, low, high, rho, ())
    try:
        own = [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        own = []
    if not 3 <= len(own) <= 201 or not (np.diff(own) < 0).all() or not 0 < own[0] <= 1000 or own[-1] < 0:
        raise ValueError(
            "Your own levels are 3 to 201 falling numbers of at most 1000, such as 10, 5, 2, 1, 0.5, 0.2, 0; "
            "only the last may be 0."
        )
    if own[-2] < 1e-4 or 0 < own[-1] < 1e-4:
        raise ValueError("Your own levels stay above 0.0001, except for a last one that is 0.")
    return Levels(kind, own[-1], own[0], rho, tuple(custom(own)))


def same_budget(grid: Levels, first: str, second: str, steps: int) -> int:
    """The most steps of the second solver that cost no more evaluations than the first one's."""
    if grid.kind == "own":
        return steps
    least, budget = 1, calls(first, grid(steps))
    most = 4 * steps + 4
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if calls(second, grid(middle)) <= budget else (least, middle - 1)
    return least


def scale(kind: str, sigma: Any) -> Any:
    """By what x is divided in the picture: √(1 + σ²), variance preserving, or 1 + σ, flow matching."""
    return np.sqrt(1.0 + np.square(sigma)) if kind == "vp" else 1.0 + np.asarray(sigma)


def pages(grid: np.ndarray, most: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Noise levels at which pictures are made, and their times: 0 at the noise, 1 at the data, even in log σ.

    All levels of a short grid with more between them; some of the levels of a long one.
    """
    steps = len(grid) - 1
    if steps >= most:
        shown = grid[np.unique(np.linspace(0, steps, most + 1).round().astype(int))]
    else:
        last = np.array([grid[-1]]) if grid[-1] == 0.0 else None
        above = grid[:-1] if last is not None else grid
        parts = most // steps
        at = np.linspace(0, len(above) - 1, parts * (len(above) - 1) + 1)
        shown = np.exp(np.interp(at, np.arange(len(above)), np.log(above)))
        shown[::parts] = above
        shown = shown if last is None else np.append(shown, last)
    log = np.log(np.append(shown[:-1], shown[-1] if shown[-1] > 0 else LEAST_SHARE * shown[-2]))
    return shown, (log[0] - log) / (log[0] - log[-1])


def along(path: np.ndarray, grid: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A solver's points (levels, n, d) at any noise levels: on the chord between its steps, straight in σ."""
    right = np.clip(np.searchsorted(-grid, -at, side="left"), 1, len(grid) - 1)
    share = (grid[right - 1] - at) / (grid[right - 1] - grid[right])
    share = np.clip(share, 0.0, 1.0)[:, None, None]
    with np.errstate(invalid="ignore", over="ignore"):
        between = path[right - 1] + share * (path[right] - path[right - 1])
    return np.where(share == 1.0, path[right], np.where(share == 0.0, path[right - 1], between))
