"""How many steps a method needs to leave a saddle, predicted from the quadratic model and measured on a path.

Near a saddle with lowest curvature h < 0 and eigenvector v the offset e = v·(x − saddle) grows by a factor a
step. From e₀ the distance r is reached after (η the step size, β the momentum, δ the damping)

    gradient descent        ln(r/e₀) / ln(1 + η|h|)
    heavy ball, Nesterov    t with Aρ₊ᵗ + (1 − A)ρ₋ᵗ = r/e₀, ρ± the roots of ρ² = pρ − q,
                            p = 1 + β + η|h|, q = β;   p = (1 + β)(1 + η|h|), q = β(1 + η|h|)
    noisy gradient descent  ln((r² + s²)/(e₀² + s²)) / (2 ln(1 + η|h|)),  s² = η²σ²/((1 + η|h|)² − 1);
                            when the root mean square over the noise is r
    Newton                  ln(r/e₀) / ln|1 − η|: never for 0 < η <= 2
    damped Newton           ln(r/e₀) / ln(1 + η|h|/δ)
    saddle-free Newton      ln(r/e₀) / ln(1 + η|h|/(|h| + δ)), which is log₂(r/e₀) for η = 1, δ = 0
    coordinates, all of d   as gradient descent, because central differences are exact on a quadratic
    other zeroth order      as gradient descent for the mean over the directions
    Adam, cubic             no closed form

Ref: each line is the solution of the method's recursion on f = ½he²; Polyak 1964 for the two roots; the
doubling of saddle-free Newton follows from its definition in Dauphin et al. 2014.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.saddles.methods import Option, method_named
from explorer.saddles.surface import Floats, Surface

_NO_LAW = {
    "adam": "an Adam step has about the length of the step size whatever the gradient",
    "cubic": "the cubic constant changes from step to step",
}


@dataclass(frozen=True)
class Escape:
    """A predicted number of steps.

    Attributes
        steps  : float      infinite: never; NaN: no statement, see `reason`
        kind   : str        what reaches the radius then: "path" the run itself, "mean" and "rms" the mean and
                            the root mean square over the random draws, "none" without a statement
        reason : str        why the law does not apply; empty when it does
        error  : float      steps by which the surface's deviation from its quadratic model shifts the law
    """

    steps: float
    kind: str
    reason: str = ""
    error: float = 0.0

    @property
    def applies(self) -> bool:
        """Whether the number is a statement about the surface."""
        return not self.reason

    @property
    def step(self) -> int | None:
        """The whole step that should be the first beyond the radius; None for never or no statement."""
        return math.ceil(self.steps) if math.isfinite(self.steps) else None


def _without(reason: str) -> Escape:
    return Escape(math.nan, "none", reason)


def escape_steps(
    method: str, curvature: float, offset: float, radius: float, step_size: float, **options: Option
) -> Escape:
    """Steps until the offset along the lowest eigenvector reaches a radius, on an exact quadratic.

    Parameters
        method    : str     key in METHODS
        curvature : float   h < 0, the lowest eigenvalue
        offset    : float   e₀, with 0 < e₀ < radius; 0 is allowed for the noisy method
        radius    : float   r > 0
        step_size : float   η > 0
        options             as in METHODS[method].options; ``damping`` and ``noise`` must be given where they
                            have no number by default, and ``directions`` matters for coordinates

    Returns
        Escape              a real number; the run crosses at the next whole step

    Raises
        ValueError          when a number is out of range

    Holds: every law of kind "path" names the very step on quadratics; the others hold for the mean and the
    root mean square over many runs (tests).
    """
    chosen = method_named(method)
    merged = {**chosen.options, **options}
    chosen.checked(2**31, step_size, options)
    if not curvature < 0.0:
        raise ValueError(f"curvature must be negative, not {curvature}.")
    if not 0.0 <= offset < radius:
        raise ValueError(f"offset must be from 0 to below the radius {radius}, not {offset}.")
    if method in _NO_LAW:
        return _without(_NO_LAW[method])
    if method == "noisy":
        return Escape(_noisy_steps(curvature, offset, radius, step_size, _number(merged, "noise")), "rms")
    if offset == 0.0:
        return Escape(math.inf, "path")
    ratio = radius / offset
    if method in ("heavy_ball", "nesterov"):
        return Escape(_two_root_steps(*_recursion(method, curvature, step_size, merged), ratio), "path")
    growth = float(_growth(method, curvature, curvature, step_size, merged))
    steps = math.log(ratio) / math.log(growth) if growth > 1.0 else math.inf
    partial = method == "coordinate" and merged["directions"] is not None
    return Escape(steps, "mean" if partial or method in ("sphere", "gaussian") else "path")


def _number(options: Mapping[str, Option], name: str) -> float:
    value = options[name]
    if value is None:
        raise ValueError(f"{name} must be given as a number.")
    return float(value)


def _noisy_steps(h: float, offset: float, radius: float, step: float, noise: float) -> float:
    growth = 1.0 - step * h
    spread = (step * noise) ** 2 / (growth * growth - 1.0)
    if spread + offset * offset == 0.0:
        return math.inf
    return math.log((radius**2 + spread) / (offset**2 + spread)) / (2.0 * math.log(growth))


def _recursion(method: str, h: float, step: float, options: Mapping[str, Option]) -> tuple[float, float]:
    """p and q of e_{t+1} = p e_t − q e_{t−1}."""
    momentum = _number(options, "momentum")
    if method == "heavy_ball":
        return 1.0 + momentum - step * h, momentum
    return (1.0 + momentum) * (1.0 - step * h), momentum * (1.0 - step * h)


def _roots(p: float, q: float) -> tuple[float, float]:
    """ρ₊ > 1 and ρ₋ < 1 of ρ² = pρ − q."""
    upper = 0.5 * (p + math.sqrt(p * p - 4.0 * q))
    return upper, q / upper


def _two_root_steps(p: float, q: float, ratio: float) -> float:
    """t with Aρ₊ᵗ + (1 − A)ρ₋ᵗ = ratio for a start at rest, e₋₁ = e₀."""
    upper, lower = _roots(p, q)
    share = (p - q - lower) / (upper - lower)
    t = math.log(ratio / share) / math.log(upper)
    for _ in range(50):  # the second term dies away, so this settles at once
        t = max(0.0, math.log(max(ratio - (1.0 - share) * lower**t, share) / share) / math.log(upper))
    return t


def _growth(
    method: str, secant: ArrayLike, tangent: ArrayLike, step: float, options: Mapping[str, Option]
) -> Floats:
    """Growth of the offset in one step where the slope is secant · e and the curvature is tangent."""
    s, t = np.asarray(secant, dtype=float), np.asarray(tangent, dtype=float)
    if method in ("heavy_ball", "nesterov"):
        rows = [_roots(*_recursion(method, float(h), step, options))[0] for h in np.minimum(s, 0.0).flat]
        return np.array(rows).reshape(s.shape)
    if method == "newton":
        return np.abs(1.0 - step * s / np.where(t == 0.0, np.inf, t))
    if method == "damped_newton":
        below = t + _number(options, "damping") + np.maximum(0.0, -t)
        return 1.0 - step * s / np.where(below == 0.0, np.inf, below)
    if method == "saddle_free":
        return 1.0 - step * s / (np.abs(t) + _number(options, "damping"))
    return 1.0 - step * s


def escape_direction(surface: Surface, saddle: ArrayLike) -> tuple[float, Floats]:
    """The lowest eigenvalue of the Hessian at a point and its eigenvector (d,), largest entry positive."""
    values, vectors = surface.eigenvectors(saddle)
    lowest = vectors[:, 0]
    return float(values[0]), lowest * np.sign(lowest[np.argmax(np.abs(lowest))])


def measured_escape(path: ArrayLike, saddle: ArrayLike, direction: ArrayLike, radius: float) -> int | None:
    """The first step at which |v·(x − saddle)| reaches the radius; None if it does not on this path.

    Parameters
        path      : (steps + 1, d)      NaN after a run left counts as reached
        saddle    : (d,)
        direction : (d,)                v, length 1
    """
    offset = np.abs((np.asarray(path, dtype=float) - np.asarray(saddle)) @ np.asarray(direction))
    reached = ~(offset < radius)
    return int(np.argmax(reached)) if reached.any() else None
