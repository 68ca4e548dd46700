"""The plane in which a surface is drawn: the whole of it for two unknowns, a slice for more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.saddles.surface import Floats, Surface


@dataclass(frozen=True)
class Plane:
    """Points origin + a·first + b·second.

    Attributes
        origin        : array (d,)
        first, second : array (d,)      orthonormal
        bounds        : array (2, 2)    ranges of a and b to draw
    """

    origin: Floats
    first: Floats
    second: Floats
    bounds: Floats

    def points(self, a: ArrayLike, b: ArrayLike) -> Floats:
        """Points (..., d) of plane coordinates a and b, which are broadcast against each other."""
        left, right = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
        return self.origin + left[..., None] * self.first + right[..., None] * self.second

    def coordinates(self, x: ArrayLike) -> Floats:
        """Plane coordinates (..., 2) of points x (..., d), which are projected onto the plane."""
        offset = np.asarray(x, dtype=float) - self.origin
        return np.stack([offset @ self.first, offset @ self.second], axis=-1)


def drawing_plane(
    surface: Surface, origin: ArrayLike | None = None, first: int = 0, second: int = -1
) -> Plane:
    """The plane of x and y for two unknowns; for more, the plane of two eigenvectors of the Hessian.

    Parameters
        surface       : Surface
        origin        : (d,)    where the Hessian is taken, for d > 2; the middle of the box if not given
        first, second : int     which eigenvectors, counted from the lowest eigenvalue; −1 is the highest

    Raises
        ValueError              when the same eigenvector is chosen twice or there is no such one
    """
    d = surface.dimension
    if d == 2 and origin is None and (first, second) == (0, -1):
        return Plane(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]), surface.bounds)
    for which in (first, second):
        if not -d <= which < d:
            raise ValueError(f"there are {d} eigenvectors, so {which} is not one of them.")
    if first % d == second % d:
        raise ValueError("the two eigenvectors of a plane must be different.")
    foot = surface.bounds.mean(axis=1) if origin is None else np.asarray(origin, dtype=float)
    vectors = surface.eigenvectors(foot)[1]
    half = 0.5 * surface.size
    return Plane(foot, vectors[:, first], vectors[:, second], np.array([[-half, half], [-half, half]]))


def plane_through(surface: Surface, origin: ArrayLike, one: ArrayLike, other: ArrayLike) -> Plane:
    """The plane through three points (d,), its first axis towards the second of them.

    Raises
        ValueError      when the points lie on a line
    """
    foot, right, up = (np.asarray(point, dtype=float) for point in (origin, one, other))
    frame, size = np.linalg.qr(np.stack([right - foot, up - foot], axis=1))
    if not np.abs(np.diag(size)).min() > 1e-12 * np.abs(size).max():
        raise ValueError("three points on a line do not span a plane.")
    frame = frame * np.sign(np.diag(size))
    half = 0.5 * surface.size
    return Plane(foot, frame[:, 0], frame[:, 1], np.array([[-half, half], [-half, half]]))
