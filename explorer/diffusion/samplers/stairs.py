"""The fourth figure as a ruler of noise levels: where each solver's steps lie, and the error that each adds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.diffusion import SAMPLERS, distances, reference
from explorer.diffusion.samplers.curves import effort
from explorer.diffusion.samplers.handles import of_levels
from explorer.diffusion.samplers.levels import LEAST_SHARE
from explorer.diffusion.samplers.problem import Posed
from explorer.diffusion.samplers.tables import Run

ROWS = (30.0, 10.0)  # heights of both solvers' levels, above all errors
MARGIN = 0.08  # of the ruler beyond its ends, where a level may be dragged to
PARTICLES, PARTICLES_FINITE = 40, 12
SEEN = 1e-10  # smaller errors of a step are the yardstick's own
BLOWN = 1e6
Table = dict[str, np.ndarray]
NAMES = ("first", "second")


def empty() -> dict[str, Table]:
    """No stairs."""
    none = np.zeros(0)
    return {f"stairs_{name}": {f"{name}_stair_x": none, f"{name}_stair": none} for name in NAMES}


def rulers(found: Run) -> dict[str, Table]:
    """Both solvers' noise levels, those of the first to be dragged, and the ends of the axis."""
    other = of_levels(found.grids[1], ROWS[1])["rungs"]
    ends = np.concatenate([_places(grid)[[0, -1]] for grid in found.grids])
    margin = MARGIN * np.ptp(ends)
    return {
        **of_levels(found.grids[0], ROWS[0]),
        "second_rungs": {"second_rung_x": other["rung_x"], "second_rung_y": other["rung_y"]},
        "span": {
            "span_x": np.array([ends.min() - margin, ends.max() + margin]),
            "span_y": np.full(2, 3.0 * ROWS[0]),
        },
    }


def _places(grid: np.ndarray) -> np.ndarray:
    """Levels as powers of ten; a last 0 at a share of the level before."""
    return np.log10(np.append(grid[:-1], grid[-1] if grid[-1] > 0.0 else LEAST_SHARE * grid[-2]))


def why_no_stairs(posed: Posed, methods: tuple[str, str]) -> str:
    """A sentence, empty when the error of a step can be told for both solvers."""
    if not posed.flat:
        return "The error of a step is measured for targets in the plane."
    noisy = [SAMPLERS[method].label for method in methods if SAMPLERS[method].stochastic]
    return f"A step of {noisy[0]} adds noise, so that it has no error of its own." if noisy else ""


def stairs(
    posed: Posed, found: Run, methods: tuple[str, str], report: Callable[[float, str], None]
) -> dict[str, Table]:
    """Error of every step of the deterministic solvers, as one level line over the step."""
    drawn = empty()
    for name, method, path, grid in zip(NAMES, methods, found.paths, found.grids, strict=True):
        if posed.flat and not SAMPLERS[method].stochastic:
            held = step_errors(posed, path[:, :-1], grid, report)
            drawn[f"stairs_{name}"] = {
                f"{name}_stair_x": np.repeat(_places(grid), 2)[1:-1],
                f"{name}_stair": np.repeat(held, 2),
            }
    return drawn


def particles(posed: Posed) -> int:
    """How many particles the error of a step is the median of."""
    return PARTICLES if posed.target.components <= 50 else PARTICLES_FINITE


def step_errors(
    posed: Posed, path: np.ndarray, grid: np.ndarray, report: Callable[[float, str], None]
) -> np.ndarray:
    """Median distance (steps,) between where a step ends and where the exact flow leads from where it began."""
    some, tolerance = path[:, : particles(posed)], effort(posed)[2]
    errors = np.full(len(grid) - 1, np.nan)
    for i in range(len(errors)):
        report(0.75 + 0.2 * i / len(errors), "measuring every step")
        sound = (np.abs(some[i : i + 2]) < BLOWN).all(axis=(0, 2))
        if sound.any():
            exact = reference(posed.target.denoise, some[i, sound], grid[i : i + 2], tolerance).ends
            error = float(np.median(distances(some[i + 1, sound], exact)))
            errors[i] = error if error > SEEN else np.nan
    return errors
