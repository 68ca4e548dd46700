"""Searches a two-dimensional box for critical points, and counts whether any is missing."""

from __future__ import annotations

import numpy as np

from explorer.saddles.evaluation import lanes
from explorer.saddles.runs import sweep
from explorer.saddles.spectral_steps import CAPPED, NEWTON
from explorer.saddles.stepping import AMOUNT, KIND, RULE, SECOND_ORDER, SETTINGS, STEP
from explorer.saddles.surface import CriticalPoints, Floats, Surface, classify

CERTIFIED = 1e-8
SAME = 1e-5  # of the box: candidates closer than this are one point
APART = 0.05  # of the box: listed points of a continuum are at least this far apart
STARTS = (25, 61)  # per axis; the second, denser grid is tried when the count does not come out
SEARCH, POLISH = 60, 150  # Newton steps; many are needed only where the Hessian is singular


def find_critical_points(surface: Surface) -> CriticalPoints:
    """Critical points of a two-dimensional surface in its box.

    Newton's method for ∇f = 0 from a grid of starts, once as it is and once with steps capped at a tenth of
    the box; what ends in the box with a gradient below 1e-8 is kept, doubles are dropped. The number of turns
    that the gradient makes around the edge of the box equals the sum of (−1)^index over non-degenerate points
    inside (Poincaré–Hopf), so a wrong count shows (a missed pair of opposite
    sign does not); the search is then repeated from a denser grid.

    Raises
        ValueError      when the surface is not two-dimensional

    Cost: about 10 ms (measured).
    Holds: known critical points of the named surfaces are found, and no others (tests).
    """
    if surface.dimension != 2:
        raise ValueError("Critical points are searched for in two dimensions only.")
    turns = winding(surface)
    for count in STARTS:
        starts = _grid(surface, count)
        scale = _typical_bend(surface, starts)
        found = classify(surface, _distinct(surface, _candidates(surface, starts, scale)), scale)
        listed = _thinned(found, APART * surface.size)
        missing = None if turns is None or found.nullity.any() else turns - _signs(found)
        if missing is None or missing == 0:
            break
    return classify(surface, listed, scale, missing)


def _typical_bend(surface: Surface, points: Floats) -> float:
    """Median over the points of the largest |eigenvalue| of the Hessian."""
    bend = np.abs(surface.eigenvalues(points)).max(axis=1)
    bend = bend[np.isfinite(bend)]
    return float(np.median(bend)) if len(bend) else 1.0


def _signs(found: CriticalPoints) -> int:
    return int(((-1) ** found.index).sum())


def _grid(surface: Surface, count: int) -> Floats:
    axes = [np.linspace(low, high, count) for low, high in surface.bounds]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)


def _candidates(surface: Surface, starts: Floats, scale: float) -> Floats:
    """Where Newton's method ends from the starts, as far as that is in the box."""
    ends = [_newton(surface, starts, rule, SEARCH, 1e-10 * scale) for rule in (NEWTON, CAPPED)]
    rough = _apart(_inside(surface, np.concatenate(ends)), SAME * surface.size, np.empty((0, 2)))
    found = _newton(surface, rough, NEWTON, POLISH, 0.0)
    found[np.abs(found) < 1e-12 * surface.size] = 0.0  # a symmetric point is hit to 1e-170, which reads badly
    return _inside(surface, found)


def _newton(surface: Surface, starts: Floats, rule: int, steps: int, tolerance: float) -> Floats:
    """Ends (N, 2) of Newton's method for a vanishing gradient."""
    settings = np.zeros(SETTINGS)
    settings[[KIND, RULE, STEP, AMOUNT]] = SECOND_ORDER, rule, 1.0, 0.1 * surface.size
    total = len(starts)
    points = np.array(surface.inward(starts).T, order="C")
    status, taken = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    limits = np.array([steps, 1e3 * (surface.size + np.abs(surface.bounds).max()), tolerance])
    none, still, paths = np.zeros((1, 2, 1)), np.empty((0, 2)), np.empty((0, total, 2))
    rows, wide = surface.rows, lanes(surface.rows, total)
    sweep(surface.kernel, settings, still, none, limits, rows, wide, points, status, taken, paths)
    return surface.outward(points.T)


def _inside(surface: Surface, points: Floats) -> Floats:
    margin = 1e-9 * surface.size
    low, high = surface.bounds[:, 0] - margin, surface.bounds[:, 1] + margin
    return points[((points >= low) & (points <= high)).all(axis=1)]  # NaN compares as outside


def _distinct(surface: Surface, found: Floats) -> Floats:
    """Certified points, one of each cluster: the one with the shortest gradient."""
    length = np.linalg.norm(surface.gradient(found), axis=1)
    found, length = found[length < CERTIFIED], length[length < CERTIFIED]
    found = found[np.argsort(length, kind="stable")]
    return _apart(found, SAME * surface.size, np.empty((0, 2)))


def _thinned(found: CriticalPoints, distance: float) -> Floats:
    """All non-degenerate points, and degenerate ones that are not too close to each other."""
    degenerate = found.nullity > 0
    return np.concatenate(
        [found.points[~degenerate], _apart(found.points[degenerate], distance, np.empty((0, 2)))]
    )


def _apart(points: Floats, distance: float, kept: Floats) -> Floats:
    """Points taken in order, without those within the distance of one taken before."""
    while len(points):
        kept = np.concatenate([kept, points[:1]])
        points = points[np.linalg.norm(points - points[0], axis=1) > distance]
    return kept


def winding(surface: Surface, samples: int = 4000) -> int | None:
    """How often the gradient turns while its foot goes once around the box, anticlockwise.

    Parameters
        samples : int   points on the edge to begin with; where the gradient turns by more than a right angle
                        between two of them more are put in

    Returns
        int             None when the gradient vanishes or is not finite on the edge or turns too fast
    """
    way = 4.0 * np.arange(samples) / samples
    for _ in range(8):
        slope = surface.gradient(_edge(surface, way))
        if not np.isfinite(slope).all() or (slope == 0.0).all(axis=1).any():
            return None
        angle = np.arctan2(slope[:, 1], slope[:, 0])
        turn = (np.diff(angle, append=angle[0]) + np.pi) % (2.0 * np.pi) - np.pi
        fast = np.flatnonzero(np.abs(turn) > 0.5 * np.pi)
        if len(fast) == 0:
            return round(float(turn.sum() / (2.0 * np.pi)))
        gap = np.diff(way, append=4.0)[fast]
        way = np.sort(np.concatenate([way, (way[fast] + np.outer(np.arange(1, 16) / 16.0, gap)).ravel()]))
    return None


def _edge(surface: Surface, way: Floats) -> Floats:
    """Points on the edge of the box: the sides are 0 to 1, 1 to 2, 2 to 3, 3 to 4, anticlockwise."""
    low, high = surface.bounds.T
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]], low])
    side = np.minimum(way.astype(int), 3)
    share = (way - side)[:, None]
    return (1.0 - share) * corners[side] + share * corners[side + 1]
