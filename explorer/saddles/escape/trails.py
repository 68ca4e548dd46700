"""Ten methods from one start, and what is seen along the way of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.saddles.descent import descend
from explorer.saddles.escape.grounds import Exit, Ground
from explorer.saddles.escape_laws import Escape, measured_escape
from explorer.saddles.escape_prediction import Approach
from explorer.saddles.methods import METHODS, Option, suggest_step
from explorer.saddles.spectral_surface import SpectralSurface
from explorer.saddles.stepping import NOISE

LABELS = {
    "gradient": "gradient descent",
    "heavy_ball": "heavy ball",
    "nesterov": "Nesterov",
    "adam": "Adam",
    "noisy": "noisy descent",
    "newton": "Newton",
    "damped_newton": "damped Newton",
    "saddle_free": "saddle-free Newton",
    "cubic": "cubic",
    "zeroth": "zeroth order",
}


OUTSIDE = "the start is already beyond the escape radius"


@dataclass(frozen=True)
class Settings:
    """How the methods run; hashable.

    Parameters
        common : bool       one step size for all, or each method its own times the factor
        eta    : float      the common step size; second-order methods take at most the full step
    """

    steps: int
    common: bool
    factor: float
    eta: float
    momentum: float
    noise: float
    probes: str
    directions: int
    seed: int


@dataclass(frozen=True, eq=False)
class Trail:
    """The run of one method.

    Attributes
        kind    : str                   key in METHODS
        options : dict
        step    : float                 its step size
        asked   : int                   numbers a step asks of the surface: 1 a value, d a gradient,
                                        d(d + 1)/2 a Hessian
        path    : array (steps + 1, d)
    """

    kind: str
    options: Mapping[str, Option]
    step: float
    asked: int
    path: np.ndarray


def recipe(ground: Ground, name: str, settings: Settings) -> tuple[str, dict[str, Option], float]:
    """Key in METHODS, options and step size of one of the ten."""
    kind = settings.probes if name == "zeroth" else name
    surface, options = ground.surface, dict[str, Option]()
    if name in ("heavy_ball", "nesterov"):
        options["momentum"] = settings.momentum
    if name == "noisy":
        base = METHODS["noisy"].settings(surface, 1.0, {})[NOISE]
        options["noise"] = settings.noise * float(base)
    if name == "zeroth":
        most = surface.dimension if kind == "coordinate" else settings.directions
        options["directions"] = min(settings.directions, most)
    if settings.common:
        return kind, options, min(settings.eta, 1.0) if METHODS[kind].order == 2 else settings.eta
    return kind, options, suggest_step(surface, kind, **options) * settings.factor


def run(ground: Ground, name: str, start: np.ndarray, settings: Settings) -> Trail:
    """The trail of one method from a start (d,)."""
    kind, options, step = recipe(ground, name, settings)
    path = descend(ground.surface, start, kind, settings.steps, step, settings.seed, **options)
    d = ground.surface.dimension
    count = METHODS[kind].evaluations(d, options.get("directions"))  # type: ignore[arg-type]
    asked = count.values + d * count.gradients + d * (d + 1) // 2 * count.hessians
    return Trail(kind, options, step, asked, path)


def escapes(
    ground: Ground, way: Exit | None, start: np.ndarray, trails: Mapping[str, Trail]
) -> dict[str, tuple[Escape, int | None]]:
    """Predicted and measured step at which each trail leaves a saddle; no statement for a start outside."""
    if way is None:
        return {}
    approach = Approach(ground.surface, way.point, start, way.radius)
    if abs(approach.along) >= way.radius:
        return dict.fromkeys(trails, (Escape(np.nan, "none", OUTSIDE), None))
    return {
        name: (
            approach.predict(trail.kind, trail.step, **trail.options),
            measured_escape(trail.path, way.point, way.direction, way.radius),
        )
        for name, trail in trails.items()
    }


def spectra(ground: Ground, path: np.ndarray) -> np.ndarray:
    """Eigenvalues of the Hessian along a path (t, d), ascending; array (t, d), NaN where a run left."""
    held = np.isfinite(path).all(axis=1)
    found = np.full(path.shape, np.nan)
    found[held] = ground.surface.eigenvalues(path[held])
    return found


def bends(ground: Ground, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curvatures (t, 2), ascending, and axes (t, 2, 2), as columns, of the Hessian within the drawn plane."""
    inside = _plane_hessian(ground, path)
    held = np.isfinite(inside).all(axis=(1, 2))
    values, vectors = np.full((len(path), 2), np.nan), np.full((len(path), 2, 2), np.nan)
    values[held], vectors[held] = np.linalg.eigh(inside[held])
    return values, vectors


def _plane_hessian(ground: Ground, path: np.ndarray) -> np.ndarray:
    surface, basis = ground.surface, ground.basis
    if not isinstance(surface, SpectralSurface):
        return basis.T @ surface.hessian(path) @ basis
    local = surface.curvature + 3.0 * surface.quartic * surface.inward(path) ** 2  # O(d) a point, not O(d²)
    turned = surface.basis.T @ basis
    return np.einsum("td,da,db->tab", local, turned, turned)
