"""Laws of the methods on the quadratic model of a saddle: exact, whatever the axes."""

from __future__ import annotations

import numpy as np

from explorer.core.check import Check
from explorer.saddles.descent import descend
from explorer.saddles.escape.grounds import Exit, Ground
from explorer.saddles.escape_laws import escape_steps, measured_escape
from explorer.saddles.spectral_surface import SpectralSurface, random_frame

EXACT = 1e-10
START = 1e-4  # offset from the saddle along its way out, in units of the radius
NEWTON = "Newton's step solves the quadratic model: x⁺ = x − H⁻¹g is its critical point"
DOUBLING = "Dauphin et al. 2014: |H|⁻¹g doubles every falling coordinate at each full step"
STABLE = "Gradient descent on ½λx² multiplies x by 1 − ηλ"
FLAT = "The nearest saddle has a Hessian without an inverse."


def checks(ground: Ground, way: Exit | None, start: np.ndarray) -> list[Check]:
    """Newton lands on the saddle; saddle-free Newton leaves it; both whatever the axes; 2/L is the limit."""
    names = ("Newton lands on the saddle", "saddle-free: log₂(r/e₀) steps", "same after turning the axes")
    references = (NEWTON, DOUBLING, DOUBLING)
    model = None if way is None else _model(ground, way)
    if way is None or model is None:
        why = FLAT if way is not None else "No listed critical point has a negative curvature."
        pairs = zip(names, references, strict=True)
        return [
            *(Check.not_applicable(name, where, why) for name, where in pairs),
            Check.not_applicable("a step above 2/L diverges", STABLE, why),
        ]
    away = start - way.point
    away = away if np.linalg.norm(away) > 0.0 else way.direction * way.radius
    return [
        _lands(model, away, names[0]),
        _doubles(model, way, names[1]),
        _turns(model, away, names[2]),
        _limit(model),
    ]


def _model(ground: Ground, way: Exit) -> SpectralSurface | None:
    values, axes = np.linalg.eigh(ground.surface.hessian(way.point))
    if np.abs(values).min() < 1e-6 * np.abs(values).max():
        return None
    return SpectralSurface("model", values, np.zeros_like(values), axes, ground.surface.size)


def _lands(model: SpectralSurface, away: np.ndarray, name: str) -> Check:
    end = descend(model, away, "newton", 1)[-1]
    condition = np.abs(model.curvature).max() / np.abs(model.curvature).min()
    missed = np.linalg.norm(end) / (np.linalg.norm(away) * condition)
    return Check(name, float(missed), 0.0, EXACT, NEWTON)


def _doubles(model: SpectralSurface, way: Exit, name: str) -> Check:
    """Measured escape of saddle-free Newton from e₀ = r/10,000, against the whole step after log₂(r/e₀)."""
    path = descend(model, START * way.radius * way.direction, "saddle_free", 40)
    found = measured_escape(path, np.zeros(len(way.point)), way.direction, way.radius)
    law = escape_steps("saddle_free", way.curvature, START, 1.0, 1.0)
    gap = np.inf if found is None else found
    return Check(
        name, float(gap), float(np.ceil(np.log2(1.0 / START))), 1.0, DOUBLING, note=f"{law.steps:.2f} steps."
    )


def _turns(model: SpectralSurface, away: np.ndarray, name: str) -> Check:
    """Saddle-free and plain Newton on a turned and a permuted model give turned and permuted runs."""
    d, worst = len(away), 0.0
    rng = np.random.default_rng(d)
    for turn in (random_frame(d, rng), np.eye(d)[rng.permutation(d)]):
        turned = SpectralSurface("turned", model.curvature, model.quartic, turn @ model.basis, model.size)
        for method in ("newton", "saddle_free"):
            plain, other = descend(model, away, method, 3), descend(turned, turn @ away, method, 3)
            gap = np.abs(other - plain @ turn.T).max() / np.abs(plain).max()
            worst = max(worst, float(gap))
    return Check(name, worst, 0.0, EXACT, DOUBLING)


def _limit(model: SpectralSurface) -> Check:
    """The factor of one step along the steepest rising axis, below and above 2/L, against 1 − ηL."""
    name, top = "a step above 2/L diverges", float(model.curvature.max())
    if not top > 0.0:
        return Check.not_applicable(name, STABLE, "No direction curves up at the nearest saddle.")
    axis, gaps = model.basis[:, int(np.argmax(model.curvature))], []
    for share in (0.99, 1.01):  # one step each: in later ones round-off grows along steeper ways down
        eta = 2.0 * share / top
        factor = float(descend(model, axis, "gradient", 1, eta)[-1] @ axis)
        gaps.append(abs(factor - (1.0 - eta * top)))
        gaps.append(0.0 if (abs(factor) > 1.0) is (share > 1.0) else np.inf)
    return Check(name, float(max(gaps)), 0.0, EXACT, STABLE, note=f"2/L = {2.0 / top:.3g} at this saddle.")
