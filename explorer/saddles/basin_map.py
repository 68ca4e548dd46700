"""Which critical point each start of a grid ends in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.saddles.descent import Seed, Task, prepare
from explorer.saddles.methods import Option, method_named
from explorer.saddles.plane import Plane, drawing_plane
from explorer.saddles.runs import DIVERGED, SETTLED
from explorer.saddles.scales import curvature_scale
from explorer.saddles.surface import CriticalPoints, Floats, Surface

LEFT, RESTLESS, UNLISTED = -1, -2, -3
CHUNK = 4096  # starts between two reports
NEAR = 0.02  # of the box: a run that is not at rest at its end belongs to a minimum this close
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Basins:
    """Where the starts of a grid end.

    Attributes
        labels   : int array (nb, na)       number of the critical point in ``critical``; −1 the run left,
                                            −2 it did not come to rest, −3 it rests at a point not listed
        steps    : int array (nb, na)       steps taken until then
        ends     : array (nb, na, d)        last points, NaN for runs that left
        a, b     : array (na,), (nb,)       plane coordinates of the columns and rows
        plane    : Plane
        critical : CriticalPoints           m points
        shares   : array (m,)               share of the starts that ends in each critical point
        left, restless, unlisted : float    shares of the rest; all shares sum to 1
    """

    labels: NDArray[np.int64]
    steps: NDArray[np.int64]
    ends: Floats
    a: Floats
    b: Floats
    plane: Plane
    critical: CriticalPoints

    @property
    def shares(self) -> Floats:
        return np.array([np.mean(self.labels == k) for k in range(len(self.critical))])

    @property
    def left(self) -> float:
        return float(np.mean(self.labels == LEFT))

    @property
    def restless(self) -> float:
        return float(np.mean(self.labels == RESTLESS))

    @property
    def unlisted(self) -> float:
        return float(np.mean(self.labels == UNLISTED))


def basins(
    surface: Surface,
    method: str,
    grid: int | tuple[ArrayLike, ArrayLike] = 100,
    step_size: float | None = None,
    steps: int = 500,
    rng: Seed = None,
    plane: Plane | None = None,
    report: Report | None = None,
    tolerance: float = 1e-6,
    **options: Option,
) -> Basins:
    """Follow a method from every point of a grid and name the critical point where it ends.

    A run has settled when its gradient (and its momentum) is below ``tolerance`` × curvature × box. It is
    then named after the listed point it lies at: closer than the tolerance allows for the curvature there, or
    for a degenerate point the nearest of the same value. A run that still moves after the last step, as noise
    makes it, is named after a minimum within 2% of the box, and is restless otherwise.

    Parameters
        surface   : Surface
        method    : str             key in METHODS
        grid      : int n           n × n points over the plane's bounds, or two arrays (a, b) of coordinates
        step_size : float           as in `descend`
        steps     : int             at most this many
        rng       : Generator, int  one noise path, the same for every start
        plane     : Plane           where the starts lie; `drawing_plane` if not given
        report    : callable        called with (share done, text) at the start and after every 4096 starts;
                                    raise from it to cancel
        tolerance : float           > 0
        options                     see METHODS[method].options

    Returns
        Basins

    Raises
        ValueError                  as `descend`, and when the grid is empty or the tolerance not positive

    Cost: 100 × 100 starts take 10 to 100 ms (measured in tests/bench).
    Holds: starts next to a minimum get its label; the symmetry of the surface is the symmetry of the map.
    """
    if not tolerance > 0.0:
        raise ValueError(f"tolerance must be positive, not {tolerance}.")
    floor = drawing_plane(surface) if plane is None else plane
    a, b = _axes(grid, floor)
    starts = floor.points(a[None, :], b[:, None]).reshape(-1, surface.dimension)
    task = prepare(surface, method_named(method), steps, step_size, rng, options)
    scale = curvature_scale(surface)
    ends, status, taken = _in_chunks(task, surface.inward(starts), tolerance * scale * surface.size, report)
    ends = surface.outward(ends)
    labels = _labels(surface, ends, status, tolerance, scale)
    shape = len(b), len(a)
    return Basins(
        labels.reshape(shape),
        taken.reshape(shape),
        ends.reshape(*shape, surface.dimension),
        a,
        b,
        floor,
        surface.critical_points(),
    )


def _axes(grid: int | tuple[ArrayLike, ArrayLike], plane: Plane) -> tuple[Floats, Floats]:
    if isinstance(grid, int | np.integer):
        a, b = (np.linspace(low, high, max(0, int(grid))) for low, high in plane.bounds)
    else:
        a, b = (np.asarray(axis, dtype=float).ravel() for axis in grid)
    if len(a) == 0 or len(b) == 0 or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("grid must be a positive number of points or two arrays of finite coordinates.")
    return a, b


def _in_chunks(
    task: Task, starts: Floats, tolerance: float, report: Report | None
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    none = np.empty((0, 1, starts.shape[1]))
    parts = []
    for first in range(0, len(starts), CHUNK):
        if report is not None:
            report(first / len(starts), f"{first} of {len(starts)} starts")
        parts.append(task.run(starts[first : first + CHUNK], tolerance, none))
    if report is not None:
        report(1.0, f"{len(starts)} starts")
    ends, status, taken = zip(*parts, strict=True)
    return np.concatenate(ends), np.concatenate(status), np.concatenate(taken)


def _labels(
    surface: Surface, ends: Floats, status: NDArray[np.int64], tolerance: float, scale: float
) -> NDArray[np.int64]:
    """Names of ends (N, d) by status; see `basins`."""
    found = surface.critical_points()
    labels = np.full(len(ends), UNLISTED)
    best = np.full(len(ends), np.inf)
    inside = status != DIVERGED
    values = np.full(len(ends), np.nan)
    values[inside] = surface.value(ends[inside])
    for k in range(len(found)):
        distance = np.linalg.norm(ends - found.points[k], axis=1)
        rest, near = _tolerances(found, k, tolerance, scale, surface.size)
        gap = np.abs(values - found.values[k]) if found.nullity[k] else distance
        here = (gap <= np.where(status == SETTLED, rest, near)) & inside & (distance < best)
        labels[here], best[here] = k, distance[here]
    labels[(labels == UNLISTED) & (status != SETTLED)] = RESTLESS
    labels[~inside] = LEFT
    return labels


def _tolerances(
    found: CriticalPoints, k: int, tolerance: float, scale: float, size: float
) -> tuple[float, float]:
    """How close to point k a run at rest, and one that still moves, must end; −1 for never.

    Distances, or differences of the value where the point is degenerate.
    """
    valley = found.index[k] == 0 and found.nullity[k] < found.points.shape[1]
    if found.nullity[k]:
        return 10.0 * tolerance * scale * size**2, 0.5 * scale * (NEAR * size) ** 2 if valley else -1.0
    least = np.abs(found.eigenvalues[k]).min()
    return size * min(NEAR, 10.0 * tolerance * scale / least), NEAR * size if valley else -1.0
