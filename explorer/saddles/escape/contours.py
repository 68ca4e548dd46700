"""The drawn surface: heights on a grid, sorted into bands between readable levels, with the level lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator

from explorer.saddles.escape.grounds import Ground
from explorer.saddles.spectral_surface import SpectralSurface

GRID = 161
BANDS = 11


@dataclass(frozen=True, eq=False)
class Relief:
    """A surface as it is drawn.

    Attributes
        a, b   : array (n,)         plane coordinates
        height : array (n, n)       NaN where not finite
        band   : array (n, n)       how many levels lie below
        levels : array (k,)         heights of the level lines
        line   : array (q, 2)       all level lines, with NaN between them
        places : array (k, 2)       where each level's number stands, NaN where there is no room
    """

    a: np.ndarray
    b: np.ndarray
    height: np.ndarray
    band: np.ndarray
    levels: np.ndarray
    line: np.ndarray
    places: np.ndarray


def relief(ground: Ground, log: bool) -> Relief:
    """The surface in its plane; levels evenly spaced, or by ratio above the lowest height."""
    (left, right), (low, high) = ground.plane.bounds
    a, b = np.linspace(left, right, GRID), np.linspace(low, high, GRID)
    height = _heights(ground, a, b)
    levels = _ratio_levels(height) if log else _even_levels(height)
    lines = contour_generator(a, b, np.ma.masked_invalid(height))
    drawn: list[list[np.ndarray]] = [list(lines.lines(level)) for level in levels]  # type: ignore[arg-type]
    gap = np.full((1, 2), np.nan)
    parts = [piece for level in drawn for line in level for piece in (line, gap)]
    band = np.where(np.isnan(height), np.nan, np.searchsorted(levels, height).astype(float))
    line = np.concatenate(parts) if parts else np.empty((0, 2))
    return Relief(a, b, height, band, levels, line, _places(drawn, ground.plane.bounds))


def _heights(ground: Ground, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Values at all (a, b), array (n, n), NaN where not finite."""
    value, points = ground.surface.value, ground.plane.points
    if isinstance(ground.surface, SpectralSurface):  # a sum over its axes, and the plane is two of them
        return value(points(a, 0.0)) + (value(points(0.0, b)) - value(points(0.0, 0.0)))[:, None]
    with np.errstate(all="ignore"):
        height = value(points(a[None, :], b[:, None]))
    return np.where(np.isfinite(height), height, np.nan)


def _round(step: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    decade = 10.0 ** np.floor(np.log10(step))
    return float(decade * min(m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * decade >= step * (1.0 - 1e-9)))


def _even_levels(height: np.ndarray) -> np.ndarray:
    low, high = np.nanmin(height), np.nanquantile(height, 0.92)
    if not high - low > 1e-12 * max(1.0, abs(low)):
        return np.empty(0)
    step = _round((high - low) / BANDS)
    levels = step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)
    return np.round(levels[(levels > low) & (levels < np.nanmax(height))], 12) + 0.0  # no −0


def _ratio_levels(height: np.ndarray) -> np.ndarray:
    """Heights above the lowest that rise by equal ratios, from where 0.2% of the picture lies below."""
    low = float(np.nanmin(height))
    above = height - low
    first, last = np.nanquantile(above, 0.002), np.nanmax(above)
    if not last > first > 0.0:
        return np.empty(0)
    decades = np.log10(last / first)
    steps = (1.0, 3.0) if decades > BANDS / 3 else (1.0, 2.0, 5.0)
    powers = 10.0 ** np.arange(np.floor(np.log10(first)), np.ceil(np.log10(last)) + 1)
    found = np.outer(powers, steps).ravel()
    return low + found[(found > first) & (found < last)]


def _places(drawn: list[list[np.ndarray]], bounds: np.ndarray) -> np.ndarray:
    """One place a level, on its line, far from the edge and from the numbers placed before."""
    size = np.ptp(bounds, axis=1)
    centre = bounds.mean(axis=1)
    taken = np.empty((0, 2))
    places = np.full((len(drawn), 2), np.nan)
    for k, lines in enumerate(drawn):
        points = np.concatenate(lines)[::3] if lines else np.empty((0, 2))
        share = (points - centre) / size
        share = share[(np.abs(share) < 0.42).all(axis=1)]
        if len(share) == 0:
            continue
        room = (
            1.0 if len(taken) == 0 else np.abs((share[:, None] - taken) * (1.0, 2.0)).max(axis=2).min(axis=1)
        )
        best = int(np.argmax(room)) if len(taken) else len(share) // 3
        if len(taken) == 0 or np.max(room) > 0.14:
            taken = np.concatenate([taken, share[best : best + 1]])
            places[k] = centre + share[best] * size
    return places
