"""Laws that hold on average: estimators of the gradient, the semicircle, index and height."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.saddles.escape.grounds import Ground
from explorer.saddles.spectral_surface import SpectralSurface
from explorer.saddles.zeroth_order import KINDS, estimate_gradient, relative_variance

SAMPLES = 2000
LIMIT = 4.5  # standard errors; beyond them chance alone goes once in 100,000
TWO_POINT = "Nesterov and Spokoiny 2017; E uuᵀ = I/d on the sphere: variances (d−1)/m, (d+1)/m, (d−m)/m"
WIGNER = "Wigner 1958; the squares of all entries of G sum to (2/d)·χ² with d(d+1)/2 degrees of freedom"
BRAY_DEAN = "Bray and Dean 2007: at height 0 half of the directions go down, by symmetry"


def symmetric_estimate(ground: Ground, seed: int) -> Check:
    """Two-point estimates at the saddle of a quadratic: both values are equal, so they are exactly zero."""
    name, critical = "estimate at a symmetric saddle is 0", ground.critical
    falling = np.flatnonzero((critical.index > 0) & (critical.nullity == 0))
    if len(falling) == 0:
        return Check.not_applicable(name, TWO_POINT, "No listed saddle has a Hessian with an inverse.")
    values, axes = np.linalg.eigh(ground.surface.hessian(critical.points[falling[0]]))
    model = SpectralSurface("model", values, np.zeros_like(values), axes, ground.surface.size)
    rng = np.random.default_rng(seed)
    found = [estimate_gradient(model, np.zeros(len(values)), kind, 1, 1e-2, 20, rng) for kind in KINDS]
    return Check(name, float(np.abs(found).max()), 0.0, 0.0, TWO_POINT)


def estimators(ground: Ground, start: np.ndarray, seed: int) -> Check:
    """Relative variance of three estimators at the start, in standard errors from their formulas."""
    name, slope = "variance of the estimators", ground.surface.gradient(start)
    length, d = float(np.linalg.norm(slope)), len(start)
    if not (np.isfinite(length) and length > 0.0):
        return Check.not_applicable(name, TWO_POINT, "The gradient at the start is zero or not finite.")
    rng, worst = np.random.default_rng(seed), 0.0
    spread = 1e-6 * ground.surface.size
    bend = float(np.abs(ground.surface.eigenvalues(start)).max())
    if not spread * bend < 1e-3 * length:
        return Check.not_applicable(name, TWO_POINT, "The surface is not near linear at the start.")
    for kind in KINDS:
        found = estimate_gradient(ground.surface, start, kind, 1, spread, SAMPLES, rng)
        squares = ((found - slope) ** 2).sum(axis=1) / length**2
        error = squares.std(ddof=1) / np.sqrt(SAMPLES)
        gap = squares.mean() - relative_variance(kind, d, 1)
        worst = max(worst, abs(gap) / max(error, 1e-6))
    return Check(name, float(worst), 0.0, LIMIT, TWO_POINT, note="The largest |z| of three.")


def semicircle(ground: Ground, frame: Frame, shift: float | None) -> Check:
    """The second moment of the drawn spectrum about its shift, on the normal scale."""
    name = "spectrum has the semicircle's variance"
    if shift is None:
        return Check.not_applicable(name, WIGNER, "The surface is not a random quadratic.")
    d = ground.surface.dimension
    if "spectrum" in frame.series:
        values = frame.series["spectrum"]["eigenvalue"][0]
    else:
        values = ground.surface.eigenvalues(ground.plane.origin)
    ratio = 0.5 * d * float(np.sum((values - shift) ** 2))
    low, high = chi2.cdf(ratio, d * (d + 1) / 2), chi2.sf(ratio, d * (d + 1) / 2)
    return Check(name, float(abs(ndtri(min(low, high)))), 0.0, LIMIT, WIGNER, note="|z| of one spectrum.")


def index_is_even(frame: Frame) -> Check:
    """The drawn mean share of falling directions at height 0 against one half."""
    name, means = "half go down at height 0", frame.tables["height_means"]
    if len(means["mean_height"]) == 0:
        return Check.not_applicable(name, BRAY_DEAN, "Random surfaces are not shown.")
    middle = int(np.argmin(np.abs(means["mean_height"])))
    error = 0.5 * (means["mean_high"][middle] - means["mean_low"][middle])
    z = abs(means["mean_share"][middle] - 0.5) / error
    return Check(name, float(z), 0.0, LIMIT, BRAY_DEAN, note="|z| of the simulated mean.")
