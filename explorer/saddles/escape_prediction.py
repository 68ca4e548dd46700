"""Escape laws on a real surface: with its own numbers, and with a verdict on whether they apply."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from explorer.saddles import stepping
from explorer.saddles.escape_laws import Escape, _growth, _without, escape_direction, escape_steps
from explorer.saddles.methods import Option, method_named
from explorer.saddles.surface import Floats, Surface

ALLOWED = 0.5  # steps by which the surface may shift a law that is still said to apply
SAMPLES = 200
SEGMENT = 17  # points between the saddle and the start at which the step must suit the curvature


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
    the escaping direction, with and without the start's other offsets, the law is integrated with the slope
    and curvature of the surface, ∫ d ln e / ln(growth(e)), and the difference is `Escape.error`. The law is
    said not to apply when that exceeds half a step, when between saddle and start the step is too long for the
    other directions, or when the start has no offset.

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
    foot, begin = np.asarray(saddle, dtype=float), np.asarray(start, dtype=float)
    curvature, v = escape_direction(surface, foot)
    if not curvature < 0.0:
        return _without("no direction goes down at this point")
    merged = _resolved(surface, method, step_size, options)
    along = float(v @ (begin - foot))
    if abs(along) >= radius:
        return Escape(0.0, "path")
    law = escape_steps(method, curvature, abs(along), radius, step_size, **merged)
    if law.reason:
        return law
    limit = _stable_step(method, merged)
    across = np.linspace(0.0, 1.0, SEGMENT)[:, None] * (begin - foot)
    highest = float(surface.eigenvalues(foot + across)[:, -1].max())
    if limit is not None and not step_size * highest < limit:
        return _without(f"the step is above {limit:.3g}/L, so the other directions diverge")
    if along == 0.0 and method != "noisy":
        return _without("the start has no offset along the escaping direction")
    least = abs(along) or 1e-3 * radius
    side = math.copysign(1.0, along) * v
    errors = [
        _shift(surface, foot + rest, side, curvature, least, radius, method, step_size, merged)
        for rest in (np.zeros_like(foot), begin - foot - along * v)
    ]
    error = max(errors)
    if not error <= ALLOWED:
        return Escape(law.steps, "none", "the surface bends away from its quadratic model", error)
    return Escape(law.steps, law.kind, "", error)


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
    surface: Surface,
    foot: Floats,
    v: Floats,
    curvature: float,
    least: float,
    radius: float,
    method: str,
    step_size: float,
    options: Mapping[str, Option],
) -> float:
    """Steps by which the slope along foot + e·v moves the law between e = least and e = radius."""
    e = np.geomspace(least, radius, SAMPLES)
    secant, tangent = slope_and_bend(surface, foot, v, e)
    model = float(_growth(method, curvature, curvature, step_size, options))
    with np.errstate(all="ignore"):
        growth = _growth(method, secant, tangent, step_size, options)
        if not model > 1.0:  # the law says "never": no step from these places may lead out
            return 0.0 if (growth * e < radius).all() else math.inf
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
