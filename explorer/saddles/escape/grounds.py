"""The ground of this scene: the chosen surface, the plane it is drawn in, and the saddle that is left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from explorer.saddles.catalogue import SURFACES, deep_chain, four_wells
from explorer.saddles.escape_laws import escape_direction
from explorer.saddles.escape_prediction import quadratic_radius
from explorer.saddles.formula import surface_from_formula
from explorer.saddles.plane import Plane, drawing_plane, plane_through
from explorer.saddles.spectral_surface import SpectralSurface, plateau, random_quadratic
from explorer.saddles.surface import CriticalPoints, Surface

NAMES = {
    "four_wells": "four wells",
    "monkey": "monkey saddle",
    "rosenbrock": "Rosenbrock's valley",
    "beale": "Beale",
    "himmelblau": "Himmelblau",
    "muller_brown": "Müller–Brown",
    "camel": "six-hump camel",
    "deep_chain": "deep linear chain",
    "random_quadratic": "random quadratic, d dimensions",
    "plateau": "plateau with a saddle, d dimensions",
    "formula": "your own formula",
}
REACH = 9.5  # half the box of a plateau: its wells stand at two thirds of it
STRAIGHT = 0.02  # share by which the slope may leave the quadratic model within the escape radius


@dataclass(frozen=True)
class Chosen:
    """Everything that says which surface is meant; hashable, so that what is computed of it is kept."""

    name: str
    formula: str = ""
    half: float = 3.0
    coupling: float = 0.2
    layers: int = 2
    target: float = -1.0
    dimension: int = 10
    shift: float = 0.0
    psi: float = 0.1
    wells: int = 1
    seed: int = 0
    axes: tuple[int, int] = (1, 100)


@dataclass(frozen=True, eq=False)
class Ground:
    """A surface, its plane, what its axes are called, its critical points, and their places (m, 2) there."""

    surface: Surface
    plane: Plane
    axes: tuple[str, str]
    critical: CriticalPoints
    places: np.ndarray

    @property
    def basis(self) -> np.ndarray:
        """The plane's axes as columns (d, 2)."""
        return np.column_stack([self.plane.first, self.plane.second])


@dataclass(frozen=True, eq=False)
class Exit:
    """A saddle (or maximum) and its way out: lowest curvature, direction (d,), reach of the quadratic model."""

    kind: str
    point: np.ndarray
    curvature: float
    direction: np.ndarray
    radius: float


@lru_cache(maxsize=8)
def ground(chosen: Chosen) -> Ground:
    """The chosen surface with its plane and critical points.

    Raises    ValueError  one sentence, when a formula or a number does not make a surface
    """
    surface = _surface(chosen)
    plane, axes = _plane(surface, chosen)
    critical = surface.critical_points()
    return Ground(surface, plane, axes, critical, plane.coordinates(critical.points))


def _surface(chosen: Chosen) -> Surface:
    match chosen.name:
        case "formula":
            side = (-chosen.half, chosen.half)
            return surface_from_formula(chosen.formula, (side, side))
        case "four_wells":
            return four_wells(chosen.coupling)
        case "deep_chain":
            return deep_chain(chosen.layers, chosen.target)
        case "random_quadratic":
            return random_quadratic(chosen.dimension, chosen.shift, chosen.seed)
        case "plateau":
            depth = chosen.psi * (REACH / 3.0) ** 2
            return plateau(chosen.dimension, chosen.psi, chosen.wells, depth, chosen.seed)
    return SURFACES[chosen.name]


def _plane(surface: Surface, chosen: Chosen) -> tuple[Plane, tuple[str, str]]:
    """Two eigenvectors for many dimensions; for a chain the diagonal w = (1, …, 1) and a minimum."""
    d = surface.dimension
    if isinstance(surface, SpectralSurface):
        first, second = (min(axis, d) - 1 for axis in chosen.axes)
        if first == second:
            second = second - 1 if second == d - 1 else second + 1
        words = tuple(f"along eigenvector {axis + 1} of {d}" for axis in (first, second))
        return drawing_plane(surface, surface.centre, first, second), words  # type: ignore[return-value]
    if d == 2:
        return drawing_plane(surface), ("first weight", "second weight") if chosen.name == "deep_chain" else (
            "x",
            "y",
        )
    found = surface.critical_points()
    minima = found.points[found.values < 1e-9]
    plane = plane_through(surface, np.zeros(d), np.ones(d), minima[~_alike(minima)][0])
    return plane, ("along (1, …, 1)", "towards a minimum")


def _alike(points: np.ndarray) -> np.ndarray:
    """Whether a point (m, d) has all coordinates equal."""
    return np.ptp(points, axis=1) < 1e-9


@lru_cache(maxsize=64)
def _exit(chosen: Chosen, number: int) -> Exit:
    held = ground(chosen)
    point = held.critical.points[number]
    curvature, direction = escape_direction(held.surface, point)
    radius = quadratic_radius(held.surface, point, direction, STRAIGHT)
    return Exit(held.critical.kinds[number], point, curvature, direction, radius)


def nearest_exit(chosen: Chosen, start: np.ndarray) -> Exit | None:
    """The way out of the saddle or maximum nearest to a start (d,); None if there is no such point."""
    critical = ground(chosen).critical
    falling = np.flatnonzero(critical.index > 0)
    if len(falling) == 0:
        return None
    distance = np.linalg.norm(critical.points[falling] - start, axis=1)
    return _exit(chosen, int(falling[np.argmin(distance)]))
