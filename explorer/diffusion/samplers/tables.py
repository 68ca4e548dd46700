"""From both solvers' paths to the columns of a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.core.frame import Series
from explorer.diffusion import Brownian, integrate
from explorer.diffusion.samplers import handles, pictures
from explorer.diffusion.samplers.levels import Levels, along, pages, same_budget, scale
from explorer.diffusion.samplers.problem import Posed

SHOWN, SHOWN_HIGH_DIM = 24, 6  # particles with a whole trajectory
CLOUD = 400  # data points drawn where the density cannot be


@dataclass(frozen=True, eq=False)
class Run:
    """Both solvers' runs; the last particle is the start of the reader's own.

    Parameters
        grids  : two arrays (steps + 1,)    noise levels of each solver
        paths  : two arrays (steps + 1, n + 1, d)
        sigmas, times : arrays (levels,)    noise levels at which pictures are made, and their times
    """

    grids: tuple[np.ndarray, np.ndarray]
    paths: tuple[np.ndarray, np.ndarray]
    sigmas: np.ndarray
    times: np.ndarray

    def at_pages(self, which: int) -> np.ndarray:
        """One solver's points at every page, (levels, n + 1, d)."""
        return along(self.paths[which], self.grids[which], self.sigmas)


def run(
    posed: Posed,
    grid: Levels,
    steps: int,
    methods: tuple[str, str],
    budget: str,
    n: int,
    seed: int,
    start: tuple[float, float],
    kind: str,
    options: dict[str, Any],
) -> Run:
    """Both solvers from the same starts with the same noise."""
    levels = grid(steps)
    other = levels if budget == "steps" else grid(same_budget(grid, *methods, steps))
    count = posed.particles(n)
    x = posed.starts(count + 1, float(levels[0]), seed)
    x[-1:] = posed.plane.place(x[-1:], np.array(start) * scale(kind, levels[0]))
    paths = tuple(
        integrate(posed.target.denoise, x, own, method, Brownian(seed), **options)
        for own, method in zip((levels, other), methods, strict=True)
    )
    sigmas, times = pages(levels)
    return Run((levels, other), (paths[0], paths[1]), sigmas, times)


def moving(posed: Posed, found: Run, kind: str, what: str) -> dict[str, Series]:
    """Everything that the cursor turns."""
    first, second = found.at_pages(0), found.at_pages(1)
    sigmas = found.sigmas
    clean = pictures.denoised(posed, first[:, :-1], sigmas)
    guess = posed.plane.project(clean) / scale(kind, 0.0)
    own = posed.plane.project(first[:, -1:]) / scale(kind, sigmas)[:, None, None]
    half = pictures.window(posed)
    series = {
        "swarm": pictures.swarm(posed, first[:, :-1], second[:, :-1], sigmas, kind),
        "clean": Series("time", {"clean_x": guess[..., 0], "clean_y": guess[..., 1]}),
        "own_now": Series("time", {"own_x": own[..., 0], "own_y": own[..., 1]}),
        "clock": pictures.clock(sigmas, (0.98 * half[0], 1.25 * half[1])),
    }
    if posed.flat:
        series["arrows"] = pictures.arrows(posed, sigmas, kind, what)
    else:
        series["images"] = pictures.images(posed, first[:, :-1], clean, sigmas, kind)
    return series


def still(posed: Posed, found: Run, kind: str) -> dict[str, dict[str, np.ndarray]]:
    """Trajectories, window and cloud; exact trajectories come with a refinement."""
    half = pictures.window(posed)
    tables = {
        "window": {
            "corner_x": half[0] * np.array([-1.0, 1.0]),
            "corner_y": half[1] * np.array([-1.0, pictures.TITLE]),
        }
    }
    for which, name in enumerate(("first", "second")):
        points = found.at_pages(which)
        tables |= trajectories(posed, name, some(posed, points.swapaxes(0, 1)).swapaxes(0, 1), found, kind)
    tables |= trajectories(posed, "exact", np.zeros((0, 0, posed.target.dim)), found, kind)
    if posed.movable:
        tables |= handles.of_mixture(posed.target, half[1])
    if posed.drawn:
        tables |= handles.of_points(posed.target.means)
    if not posed.flat:
        cloud = posed.plane.project(posed.target.sample(CLOUD, 0))
        tables["cloud"] = {"cloud_x": cloud[:, 0], "cloud_y": cloud[:, 1]}
    return tables


def some(posed: Posed, x: np.ndarray) -> np.ndarray:
    """The first few particles of (n + 1, ...) and the reader's own, the last."""
    shown = SHOWN if posed.flat else SHOWN_HIGH_DIM
    return np.concatenate([x[:-1][:shown], x[-1:]])


def trajectories(
    posed: Posed, name: str, points: np.ndarray, found: Run, kind: str
) -> dict[str, dict[str, np.ndarray]]:
    """Lines of some particles (levels, m, d) in drawn coordinates, that of the reader's own start apart."""
    if not len(points):
        line = own = np.zeros((0, 2))
    else:
        drawn = posed.plane.project(points) / scale(kind, found.sigmas)[:, None, None]
        line, own = pictures.joined(drawn[:, :-1]), drawn[:, -1]
    return {
        f"lines_{name}": {f"{name}_line_x": line[:, 0], f"{name}_line_y": line[:, 1]},
        f"own_{name}": {f"{name}_own_x": own[:, 0], f"{name}_own_y": own[:, 1]},
    }
