"""Gradients estimated from values alone, and how much such estimates scatter.

    sphere       ĝ = (d/m) Σ Dⱼ uⱼ    uⱼ uniform on the unit sphere     relative variance (d − 1)/m
    gaussian     ĝ = (1/m) Σ Dⱼ uⱼ    uⱼ standard normal                relative variance (d + 1)/m
    coordinate   ĝ = (d/m) Σ Dⱼ eⱼ    m different axes out of d         relative variance (d − m)/m

with Dⱼ = (f(x + μu) − f(x − μu))/(2μ), or (f(x + μu) − f(x))/μ for the forward difference. The variances
E‖ĝ − g‖²/‖g‖² are for a linear f, so for μ → 0 on any smooth one. On a quadratic the central estimates are
unbiased and the forward coordinate estimate has the bias μH_ii/2.

Ref: Nesterov and Spokoiny 2017, Random gradient-free minimization of convex functions (Gaussian); the
variances follow from E u uᵀ = I/d on the sphere and E z_i²z_j² = 1 + 2δ_ij for normal z.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.saddles.descent import Seed, sample_directions
from explorer.saddles.surface import Floats, Surface

KINDS = ("sphere", "gaussian", "coordinate")
DIFFERENCES = ("central", "forward")


def _check(kind: str, dimension: int, directions: int) -> None:
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}.")
    if directions < 1 or (kind == "coordinate" and directions > dimension):
        raise ValueError(f"directions must be at least 1, and at most {dimension} for coordinates.")


def estimate_gradient(
    surface: Surface,
    x: ArrayLike,
    kind: str,
    directions: int = 1,
    smoothing: float = 1e-4,
    samples: int = 1,
    rng: Seed = None,
    difference: str = "central",
) -> Floats:
    """Independent zeroth-order estimates of the gradient at one point.

    Parameters
        surface    : Surface
        x          : (d,)
        kind       : str            "sphere", "gaussian" or "coordinate"
        directions : int            m
        smoothing  : float          μ > 0
        samples    : int            how many estimates
        rng        : Generator, int
        difference : str            "central" (2m values each) or "forward" (m + 1)

    Returns
        array (samples, d)

    Raises
        ValueError                  for an unknown kind or a number out of range

    Cost: 2·m·samples values. Holds: zero at a point of symmetry; mean and variance by the formulas (tests).
    """
    d = surface.dimension
    point = np.asarray(x, dtype=float)
    _check(kind, d, directions)
    if point.shape != (d,):
        raise ValueError(f"x must have shape ({d},), not {point.shape}.")
    if difference not in DIFFERENCES or not smoothing > 0.0 or samples < 1:
        raise ValueError("difference must be central or forward, smoothing positive and samples at least 1.")
    u = sample_directions(kind, (samples, directions), d, np.random.default_rng(0 if rng is None else rng))
    ahead = surface.value(point + smoothing * u)
    if difference == "central":
        change = (ahead - surface.value(point - smoothing * u)) / (2.0 * smoothing)
    else:
        change = (ahead - surface.value(point)) / smoothing
    weight = (1.0 if kind == "gaussian" else float(d)) / directions
    return weight * np.einsum("sm,smd->sd", change, u)


def relative_variance(kind: str, dimension: int, directions: int = 1) -> float:
    """E‖ĝ − g‖²/‖g‖² of an estimate with m directions of a linear function of d unknowns.

    Raises
        ValueError      for an unknown kind, or more directions than axes
    """
    _check(kind, dimension, directions)
    return {"sphere": dimension - 1, "gaussian": dimension + 1, "coordinate": dimension - directions}[
        kind
    ] / directions
