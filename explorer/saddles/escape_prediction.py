"""Escape laws on a real surface: with its own numbers, and with a verdict on whether they apply."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from explorer.saddles import stepping
from explorer.saddles.descent import descend
from explorer.saddles.escape_laws import Escape, _growth, _without, escape_direction, escape_steps
from explorer.saddles.methods import Option, method_named
from explorer.saddles.surface import Floats, Surface

ALLOWED = 0.5  # steps by which the surface may shift a law that is still said to apply
MISSED = 0.25  # share by which the first step of a method that uses the Hessian may miss the model's
SAMPLES = 200
SEGMENT = 17  # points between the saddle and the start at which the step must suit the curvature
_Way = tuple[Floats, Floats, Floats]  # offsets, secant curvatures and curvatures there


def predict_escape(
    surface: Surface,
    saddle: ArrayLike,
    start: ArrayLike,
    method: str,
    radius: float,
    step_size: float,
    **options: Option,
) -> Escape:
    """Steps from a start until the offset along the saddle's lowest eigenvector reaches the radius.

    The law holds on the quadratic model. How far the surface bends away from it is judged beforehand: along
    the escaping direction, from the saddle and from beside it, as far aside as the start, the law is integrated
    with the slope and curvature of the surface, ∫ d ln e / ln(growth(e)), and the difference is `Escape.error`.
    The law is said not to apply when that exceeds half a step, when between saddle and start the step is too
    long for the other directions, when another falling direction leads out first, when a method that uses the
    Hessian begins with a step unlike the model's, or when the start has no offset.

    Parameters
        surface   : Surface
        saddle    : (d,)        a critical point
        start     : (d,)
        method    : str         key in METHODS
        radius    : float       > 0
        step_size : float       η
        options                 as for `descend`

    Returns
        Escape

    Holds: where it applies to a path, the run crosses within one step of `Escape.step` (tests).
    """
    return Approach(surface, saddle, start, radius).predict(method, step_size, **options)


class Approach:
    """A start near a saddle and how the surface bends on the way out: what the laws of all methods share.

    Parameters
        surface : Surface
        saddle  : (d,)      a critical point
        start   : (d,)
        radius  : float     > 0
    """

    def __init__(self, surface: Surface, saddle: ArrayLike, start: ArrayLike, radius: float) -> None:
        self.surface, self.radius = surface, radius
        self._foot, begin = np.asarray(saddle, dtype=float), np.asarray(start, dtype=float)
        self._offset = begin - self._foot
        self.curvature, self._v = escape_direction(surface, self._foot)
        self.along = float(self._v @ self._offset)

    def predict(self, method: str, step_size: float, **options: Option) -> Escape:
        """The law of one method; see `predict_escape`."""
        if not self.curvature < 0.0:
            return _without("no direction goes down at this point")
        merged = _resolved(self.surface, method, step_size, options)
        if abs(self.along) >= self.radius:
            return Escape(0.0, "path")
        law = escape_steps(method, self.curvature, abs(self.along), self.radius, step_size, **merged)
        if law.reason:
            return law
        limit = _stable_step(method, merged)
        if limit is not None and not step_size * self._highest < limit:
            return _without(f"the step is above {limit:.3g}/L, so the other directions diverge")
        if self.along == 0.0 and method != "noisy":
            return _without("the start has no offset along the escaping direction")
        if self._leaves_elsewhere(law.steps, method, step_size, merged):
            return _without("the start leaves along another falling direction first")
        if method_named(method).order == 2 and self._strays(method, step_size, options, merged):
            return _without("the first step is not that of the quadratic model")
        ways = self._ways if method in ("heavy_ball", "nesterov") else self._ways[:2]  # momentum swings over
        error = max(_shift(way, self.curvature, method, step_size, merged) for way in ways)
        if not error <= ALLOWED:
            return Escape(law.steps, "none", "the surface bends away from its quadratic model", error)
        return Escape(law.steps, law.kind, "", error)

    def _leaves_elsewhere(
        self, steps: float, method: str, step_size: float, options: Mapping[str, Option]
    ) -> bool:
        """Whether the offset along another falling direction reaches the radius before the given step."""
        for curvature, offset in self._others:
            if offset >= self.radius:
                return True
            if escape_steps(method, curvature, offset, self.radius, step_size, **options).steps < steps:
                return True
        return False

    def _strays(
        self, method: str, step_size: float, options: Mapping[str, Option], merged: Mapping[str, Option]
    ) -> bool:
        """Whether the first step leads further aside, or along the way out by another factor than the model's."""
        start = self._foot + self._offset
        path = descend(self.surface, start, method, 1, step_size, None, **options) - self._foot
        along = path @ self._v
        aside = np.linalg.norm(path - np.multiply.outer(along, self._v), axis=1)
        factor = float(_growth(method, self.curvature, self.curvature, step_size, merged))
        missed = abs(abs(along[1]) - factor * abs(along[0]))
        near = missed <= MISSED * max(factor, 1.0) * abs(along[0])
        return not (near and aside[1] <= max(aside[0], self.radius))

    @cached_property
    def _others(self) -> list[tuple[float, float]]:
        """Curvature of each other falling direction in which the start has an offset, and that offset."""
        values, vectors = self.surface.eigenvectors(self._foot)
        offsets = np.abs(vectors.T @ self._offset)
        offsets[0] = 0.0
        some = (values < 0.0) & (offsets > 1e-9 * self.radius)
        return list(zip(values[some].tolist(), offsets[some].tolist(), strict=True))

    @cached_property
    def _highest(self) -> float:
        """The highest curvature between the saddle and the start."""
        across = np.linspace(0.0, 1.0, SEGMENT)[:, None] * self._offset
        return float(self.surface.eigenvalues(self._foot + across)[:, -1].max())

    @cached_property
    def _ways(self) -> list[_Way]:
        """The way out from the saddle itself, beside it, as far aside as the start, and on the other side."""
        least = abs(self.along) or 1e-3 * self.radius
        side = math.copysign(1.0, self.along) * self._v
        e = np.geomspace(least, self.radius, SAMPLES)
        aside = self._offset - self.along * self._v
        feet = (self._foot, self._foot + aside, self._foot - aside)
        return [(e, *slope_and_bend(self.surface, foot, side, e)) for foot in feet]


def _resolved(
    surface: Surface, method: str, step_size: float, options: Mapping[str, Option]
) -> dict[str, Option]:
    """The options with the numbers that suit the surface in the place of None."""
    chosen = method_named(method)
    table = chosen.settings(surface, step_size, options)
    merged = {**chosen.options, **options}
    places = {"damping": stepping.AMOUNT, "noise": stepping.NOISE, "cubic_constant": stepping.AMOUNT}
    return {
        name: float(table[places[name]]) if value is None and name in places else value
        for name, value in merged.items()
    }


def _stable_step(method: str, options: Mapping[str, Option]) -> float | None:
    """The limit of ηλ on a quadratic, None where a method has none."""
    momentum = float(options.get("momentum") or 0.0)
    if method == "heavy_ball":
        return 2.0 * (1.0 + momentum)
    if method == "nesterov":
        return 2.0 * (1.0 + momentum) / (1.0 + 2.0 * momentum)
    return 2.0 if method_named(method).order < 2 else None


def _shift(
    way: _Way, curvature: float, method: str, step_size: float, options: Mapping[str, Option]
) -> float:
    """Steps by which the slope along a way out moves the law between its first place and its last."""
    e, secant, tangent = way
    model = float(_growth(method, curvature, curvature, step_size, options))
    with np.errstate(all="ignore"):
        growth = _growth(method, secant, tangent, step_size, options)
        if not model > 1.0:  # the law says "never": no step from these places may lead out
            return 0.0 if (growth * e < e[-1]).all() else math.inf
        rate = 1.0 / np.log(growth)
    if not (np.isfinite(rate).all() and (rate > 0.0).all()):
        return math.inf
    return float(np.trapezoid(np.abs(rate - 1.0 / math.log(model)), np.log(e)))


def slope_and_bend(surface: Surface, foot: Floats, v: Floats, e: Floats) -> tuple[Floats, Floats]:
    """Secant curvature v·∇f/e and curvature along v at foot + e·v, arrays like e.

    The slope at foot itself is taken off the secant only if foot is a critical point, where it is zero.
    """
    h = 1e-4
    points = foot + np.multiply.outer(np.stack([e, e * (1.0 + h), e * (1.0 - h)]), v)
    slope = surface.gradient(points) @ v
    return slope[0] / e, (slope[1] - slope[2]) / (2.0 * h * e)


def quadratic_radius(
    surface: Surface, saddle: ArrayLike, direction: ArrayLike, tolerance: float = 0.05
) -> float:
    """The distance along ±direction up to which the slope is that of the quadratic model, within a share.

    Parameters
        saddle    : (d,)        a critical point
        direction : (d,)        length 1
        tolerance : float       allowed |slope/(h e) − 1|

    Returns
        float                   at most half the box
    """
    foot, v = np.asarray(saddle, dtype=float), np.asarray(direction, dtype=float)
    e = np.geomspace(1e-4, 0.5, 400) * surface.size
    curvature = float(v @ surface.hessian(foot) @ v)
    good = np.ones(len(e), dtype=bool)
    for side in (v, -v):
        secant, _ = slope_and_bend(surface, foot, side, e)
        good &= np.abs(secant - curvature) <= tolerance * abs(curvature)
    return float(e[-1] if good.all() else e[max(0, int(np.argmin(good)) - 1)])
