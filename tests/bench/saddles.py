"""Saddle kernels beside a plain NumPy loop and SciPy's minimisers doing the same starts, as ratios in one run.

Run with ``python -m tests.bench.saddles``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize

from explorer.saddles import METHODS, SURFACES, Surface, basins, descend, random_quadratic, suggest_step

TEN = [name for name in METHODS if name not in ("gaussian", "coordinate")]
STEPS = 500


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """The shortest of a few runs, in seconds; the first, which may compile, is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def row(name: str, ours: float, theirs: float, note: str) -> dict[str, Any]:
    return {"name": name, "ours_s": ours, "theirs_s": theirs, "ratio": theirs / ours, "note": note}


def himmelblau_gradient(p: np.ndarray) -> np.ndarray:
    """What one would write by hand: points (..., 2)."""
    x, y = p[..., 0], p[..., 1]
    a, b = x * x + y - 11.0, x + y * y - 7.0
    return np.stack([4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b], axis=-1)


def himmelblau_value(p: np.ndarray) -> float:
    return float((p[0] ** 2 + p[1] - 11.0) ** 2 + (p[0] + p[1] ** 2 - 7.0) ** 2)


def himmelblau_hessian(p: np.ndarray) -> np.ndarray:
    x, y = p
    return np.array(
        [[12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y)], [4.0 * (x + y), 4.0 * x + 12.0 * y * y - 26.0]]
    )


Map = Callable[[np.ndarray], np.ndarray]


def numpy_descent(gradient: Map, hessian: Map | None, x: np.ndarray, eta: float, steps: int) -> np.ndarray:
    """One run by a plain loop: gradient descent, or saddle-free Newton where a Hessian is given."""
    for _ in range(steps):
        g = gradient(x)
        if hessian is not None:
            values, vectors = np.linalg.eigh(hessian(x))
            g = vectors @ ((vectors.T @ g) / np.abs(values))
        x = x - eta * g
    return x


def ten_methods(surface: Surface, start: np.ndarray, gradient: Map, hessian: Map) -> dict[str, Any]:
    """Ten runs of ours beside ten plain loops: a gradient a step, or an eigendecomposition a step."""
    ours = best(lambda: [descend(surface, start, name, STEPS, 1e-3) for name in TEN])
    first = best(lambda: numpy_descent(gradient, None, start, 1e-3, STEPS), 3)
    second = best(lambda: numpy_descent(gradient, hessian, start, 1e-3, STEPS // 10), 2) * 10
    theirs = sum(second if METHODS[name].order == 2 else first for name in TEN)
    name = f"10 methods x {STEPS} steps, d = {surface.dimension}"
    return row(name, ours, theirs, "NumPy: a gradient or an eigh a step, same counts")


def ten_methods_in_many_dimensions() -> dict[str, Any]:
    surface = random_quadratic(50)
    matrix = surface.hessian(np.zeros(50))
    start = np.random.default_rng(0).standard_normal(50)
    return ten_methods(surface, start, lambda x: matrix @ x, lambda x: matrix)


def basin_map(count: int, repeats: int = 3) -> list[dict[str, Any]]:
    surface = SURFACES["himmelblau"]
    eta = suggest_step(surface, "gradient")
    found = basins(surface, "gradient", count)
    steps = int(found.steps.max())
    ours = best(lambda: basins(surface, "gradient", count), repeats)
    starts = found.plane.points(found.a[None, :], found.b[:, None])

    def loop() -> None:
        x = starts
        for _ in range(steps):
            x = x - eta * himmelblau_gradient(x)

    name = f"basin map {count} x {count}"
    rows = [row(name, ours, best(loop, 1), f"NumPy: all starts at once, {steps} steps")]
    some = starts.reshape(-1, 2)[:: starts.size // 2 // 100][:100]
    each = best(
        lambda: [minimize(himmelblau_value, p, jac=himmelblau_gradient, method="BFGS") for p in some], 1
    )
    scaled = each / len(some) * count * count
    rows.append(row(name, ours, scaled, "scipy.optimize.minimize, BFGS; 100 starts, scaled up"))
    newton = best(lambda: basins(surface, "newton", count), repeats)
    trust = best(
        lambda: [
            minimize(
                himmelblau_value, p, jac=himmelblau_gradient, hess=himmelblau_hessian, method="trust-exact"
            )
            for p in some
        ],
        1,
    )
    scaled = trust / len(some) * count * count
    rows.append(row(f"{name}, Newton", newton, scaled, "scipy.optimize.minimize, trust-exact; scaled up"))
    return rows


def muller_brown_map() -> dict[str, Any]:
    surface = SURFACES["muller_brown"]
    ours = best(lambda: basins(surface, "gradient", 100), 3)
    some = np.random.default_rng(0).uniform(surface.bounds[:, 0], surface.bounds[:, 1], (50, 2))
    each = best(lambda: [minimize(surface.value, p, jac=surface.gradient, method="BFGS") for p in some], 1)
    return row(
        "basin map 100 x 100, Müller–Brown", ours, each / 50 * 10_000, "scipy BFGS on our gradient, scaled"
    )


def rows() -> list[dict[str, Any]]:
    """name, ours_s, theirs_s, ratio (theirs / ours), note."""
    return [
        ten_methods(SURFACES["himmelblau"], np.array([0.3, -0.8]), himmelblau_gradient, himmelblau_hessian),
        ten_methods_in_many_dimensions(),
        *basin_map(100),
        muller_brown_map(),
        *basin_map(300, 1),
    ]


if __name__ == "__main__":
    for entry in rows():
        print("{name:38s} {ours_s:9.4f} s {theirs_s:10.4f} s  x{ratio:<8.1f} {note}".format(**entry))
