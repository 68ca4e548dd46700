"""The loss on the plane through three networks, and how much of a training lies in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.connectivity.network import Array, as_pair, pack, sizes_of, unpack
from explorer.connectivity.scores import ray_scores


@dataclass(frozen=True)
class Plane:
    """A plane in the space of all weights, with lengths as they are there.

    Attributes
        origin  : array (P,)        the first network
        axes    : array (2, P)      orthonormal; the first axis points from the first to the second network
        corners : array (3, 2)      the three networks in these axes
        rank    : int               2; 1 or 0 if they lie on a line or in one point; an axis is then made up
        sizes   : widths of the networks
    """

    origin: Array
    axes: Array
    corners: Array
    rank: int
    sizes: tuple[int, ...]

    def coordinates(self, theta: ArrayLike) -> Array:
        """Feet (..., 2) of the perpendiculars from flat parameters (..., P)."""
        return (np.asarray(theta, dtype=np.float64) - self.origin) @ self.axes.T


def plane_through(first: Sequence, second: Sequence, third: Sequence) -> Plane:
    """The plane through three networks of one architecture.

    Holds: the axes are orthonormal to 1e-12, distances between corners are those between the networks.
    Ref: Garipov, Izmailov, Podoprikhin, Vetrov, Wilson, "Loss surfaces, mode connectivity, and fast
    ensembling of DNNs", 2018 (the axes).
    """
    p, q = as_pair(first, second)
    _, r = as_pair(first, third)
    origin = pack(p)
    sides = np.array([pack(q) - origin, pack(r) - origin])
    smallest = 1e-10 * float(np.linalg.norm(sides))
    rng = np.random.default_rng(0)
    axes, rank = np.zeros((2, len(origin))), 0
    for place, side in enumerate(sides):
        rest = _beside(side, axes)
        if np.linalg.norm(rest) > smallest:
            rank += 1
        else:
            rest = _beside(rng.standard_normal(len(origin)), axes)
        axes[place] = rest / np.linalg.norm(rest)
    corners = np.vstack([np.zeros(2), sides @ axes.T])
    return Plane(origin, axes, corners, rank, sizes_of(p))


def _beside(side: Array, axes: Array) -> Array:
    """What is left of a vector beside the axes; taken away twice, because once leaves rounding behind."""
    for _ in range(2):
        side = side - axes.T @ (axes @ side)
    return side


@dataclass(frozen=True)
class Sheet:
    """Loss and error on a grid of a plane: u (m,) and v (k,) coordinates, loss and error (k, m), row by v."""

    u: Array
    v: Array
    loss: Array
    error: Array


def loss_plane(
    plane: Plane,
    X: ArrayLike,
    y: ArrayLike,
    activation: str = "relu",
    points: int = 31,
    margin: float = 0.25,
    report: Callable[[float, str], None] | None = None,
    covering: ArrayLike | None = None,
) -> Sheet:
    """Loss and error on a grid over the three corners and a margin around them.

    Parameters
        points : int            a side of the grid
        margin : float          room on each side, as a share of the extent
        report : callable(share, text) after every row; what it raises ends it
        covering : array (m, 2) more points of the plane that the grid has to reach, such as a training's

    Cost: points^2 networks, see `ray_scores`: 31 x 31, 64-128-10, 360 samples: 0.15 s.
    Holds: the value at a corner's coordinates is the corner's own loss to 1e-10.
    """
    if points < 2 or not margin >= 0:
        raise ValueError(f"points must be 2 or more and margin 0 or more, and are {points} and {margin}")
    reached = plane.corners if covering is None else np.vstack([plane.corners, covering])
    low, high = reached.min(axis=0), reached.max(axis=0)
    extent = high - low
    # networks on one line have no extent across it, but for rounding
    room = np.where(extent > 1e-9 * extent.max(), extent, extent.max() or 1.0)
    u, v = np.linspace(low - margin * room, high + margin * room, points).T
    loss, error = np.empty((points, points)), np.empty((points, points))
    across = unpack(plane.axes[0], plane.sizes)
    for row, height in enumerate(v):
        if report is not None:
            report(row / points, f"row {row} of {points}")
        base = unpack(plane.origin + height * plane.axes[1], plane.sizes)
        loss[row], error[row] = ray_scores(base, across, u, X, y, activation)
    return Sheet(u, v, loss, error)


@dataclass(frozen=True)
class Shadow:
    """A training seen from a plane.

    Attributes
        at       : array (t, 2)     feet of its points on the plane
        distance : array (t,)       of the points from the plane
        share    : array (t,)       of the squared way still to go to its end that runs within the plane,
                                    0 ... 1; 1 at the end itself
    """

    at: Array
    distance: Array
    share: Array


def shadow(plane: Plane, trajectory: ArrayLike) -> Shadow:
    """How much of a training lies in a plane, point by point.

    Parameters
        trajectory : array (t, P)   snapshots; for a matched network permute them with `permuted_places`

    Holds: shares lie in [0, 1]; a trajectory that runs within the plane has share 1 and distance 0.
    """
    path = np.asarray(trajectory, dtype=np.float64)
    at = plane.coordinates(path)
    above = path - plane.origin - at @ plane.axes
    ways = path[-1] - path
    whole = (ways**2).sum(axis=1)
    within = ((ways @ plane.axes.T) ** 2).sum(axis=1)
    share = np.divide(within, whole, out=np.ones_like(whole), where=whole > 0)
    return Shadow(at, np.linalg.norm(above, axis=1), np.minimum(share, 1.0))
