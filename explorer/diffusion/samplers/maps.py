"""The fourth figure: where starts end, the law a solver really samples, or its distance to the target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.diffusion import (
    SAMPLERS,
    Brownian,
    crossed,
    distances,
    ends,
    energy_distance,
    pushed,
    reached,
    reference,
)
from explorer.diffusion.samplers import stairs
from explorer.diffusion.samplers.curves import HIGH_DIM_TOLERANCE
from explorer.diffusion.samplers.levels import Levels, scale
from explorer.diffusion.samplers.pictures import ASPECT, window
from explorer.diffusion.samplers.problem import Posed

KINDS = {
    "starts": "starts by the mode they reach",
    "likelihood": "log likelihood, exact and the solver's",
    "distance": "distance to the target against steps",
    "levels": "noise levels, to drag, and the error of each step",
}
MODES = 10
LATTICE = (54, 28)
LIKELY = 200
COUNTS = (2, 4, 8, 16, 32, 64)
SAMPLE, SAMPLE_HIGH_DIM, FRESH = 500, 160, 8
Table = dict[str, np.ndarray]


def empty(kind: str) -> dict[str, Table]:
    """The tables of a map before it is computed."""
    none = np.zeros(0)
    if kind == "starts":
        modes = {f"mode{k}": {f"mode{k}_x": none, f"mode{k}_y": none} for k in range(MODES)}
        return {**modes, "strays": {"stray_x": none, "stray_y": none}}
    if kind == "likelihood":
        likely = ("exact_log", "solver_log", "likely_x", "likely_y")
        return {"likely": dict.fromkeys(likely, none), "equal": {"same_x": none, "same_y": none}}
    if kind == "levels":
        return stairs.empty()
    columns = ("distance_at", "first_distance", "second_distance", "target_distance")
    return {"distance": dict.fromkeys(columns, none)}


def lattice(posed: Posed, sigma: float, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Starts (m, d) at noise sigma and their drawn places (m, 2)."""
    height = min(window(posed)[1], 3.0)
    xs, ys = (
        half * ((np.arange(n) + 0.5) / n * 2.0 - 1.0)
        for half, n in zip((ASPECT * height, height), LATTICE, strict=True)
    )
    drawn = np.column_stack([part.ravel() for part in np.meshgrid(xs, ys)])
    return float(scale(kind, sigma)) * drawn, drawn


def starts(
    posed: Posed, levels: np.ndarray, method: str, kind: str, seed: int, options: dict[str, Any]
) -> tuple[dict[str, Table], tuple[float, float]]:
    """The map of starts; the share that the solver sent to another mode, and their share of the mean error."""
    if posed.flat:
        x, drawn = lattice(posed, float(levels[0]), kind)
    else:
        x = posed.starts(posed.particles(10**6), float(levels[0]), seed)
        drawn = posed.plane.project(x) / scale(kind, levels[0])
    tolerance = 1e-8 if posed.flat else HIGH_DIM_TOLERANCE
    true = reference(posed.target.denoise, x, levels[[0, -1]], tolerance).ends
    found = ends(posed.target.denoise, x, levels, method, Brownian(seed), **options)
    found = np.where(np.abs(found).max(axis=1, keepdims=True) < 1e40, found, 0.0)
    sigma = float(levels[-1])
    mode = reached(posed.target, true, sigma, posed.groups)
    stray = crossed(posed.target, true, found, sigma, posed.groups)
    tables = {}
    for k in range(MODES):
        own = drawn[mode % MODES == k]
        tables[f"mode{k}"] = {f"mode{k}_x": own[:, 0], f"mode{k}_y": own[:, 1]}
    tables["strays"] = {"stray_x": drawn[stray, 0], "stray_y": drawn[stray, 1]}
    error = distances(true, found)
    return tables, (float(stray.mean()), float(error[stray].sum() / max(error.sum(), 1e-300)))


def why_no_likelihood(posed: Posed, levels: np.ndarray, method: str) -> str:
    """A sentence, empty when the solver's law has a density that can be computed."""
    if SAMPLERS[method].stochastic:
        return "A stochastic solver's map has no determinant: choose a deterministic one for its likelihood."
    if levels[-1] == 0.0:
        return "A grid that ends at σ = 0 ends where a density need not exist: end it above 0."
    return "" if posed.flat else "The solver's likelihood is computed for targets in the plane."


def likelihood(posed: Posed, levels: np.ndarray, method: str, seed: int) -> dict[str, Table]:
    """Log density at the solver's ends: of the target at the last level, and of the law the solver samples."""
    x = posed.starts(LIKELY, float(levels[0]), seed)
    found = pushed(posed.target, x, levels, method)
    sound = np.isfinite(found.log_density) & (np.abs(found.points).max(axis=1) < 1e40)
    exact = posed.target.log_density(found.points[sound], float(levels[-1]))
    solver = found.log_density[sound]
    kept = (exact > -60.0) & (np.abs(solver) < 60.0)
    exact, solver, at = exact[kept], solver[kept], found.points[sound][kept]
    line = np.array([exact.min(), exact.max()]) if len(exact) else np.zeros(0)
    return {
        "likely": {"exact_log": exact, "solver_log": solver, "likely_x": at[:, 0], "likely_y": at[:, 1]},
        "equal": {"same_x": line, "same_y": line},
    }


def counts(posed: Posed) -> tuple[int, ...]:
    """Steps at which the distance is measured: fewer where an evaluation is dear."""
    return COUNTS if posed.flat else COUNTS[:4]


def distance(
    posed: Posed,
    grid: Levels,
    methods: tuple[str, str],
    seed: int,
    options: dict[str, Any],
    report: Callable[[float, str], None],
) -> dict[str, Table]:
    """Energy distance of both solvers' samples to data, against steps; and of fresh samples of the target."""
    n = SAMPLE if posed.flat else SAMPLE_HIGH_DIM
    steps = counts(posed)
    last = float(grid(steps[-1])[-1])
    draw = np.random.default_rng(seed)
    data, *others = (
        posed.target.sample(size, draw) + last * draw.standard_normal((size, posed.target.dim))
        for size in (3 * n, *[n] * FRESH)
    )
    x = posed.starts(n, float(grid(steps[-1])[0]), seed)
    columns: list[list[float]] = [[], []]
    for i, count in enumerate(steps):
        report(0.75 + 0.2 * i / len(steps), "measuring distances")
        for own, method in zip(columns, methods, strict=True):
            found = ends(posed.target.denoise, x, grid(count), method, Brownian(seed), **options)
            own.append(energy_distance(found, data) if (np.abs(found) < 1e6).all() else float("nan"))
    floor = np.full(len(steps), np.mean([energy_distance(other, data) for other in others]))
    return {
        "distance": {
            "distance_at": np.array(steps, float),
            "first_distance": np.array(columns[0]),
            "second_distance": np.array(columns[1]),
            "target_distance": floor,
        }
    }
