"""What every surface offers: value, gradient, Hessian, spectrum, box and critical points."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.saddles.evaluation import GRADIENT, HESSIAN, VALUE, KernelSurface, evaluate_points, lanes

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CriticalPoints:
    """Places where the gradient vanishes, lowest Morse index first, then lowest value.

    Attributes
        points      : array (m, d)
        values      : array (m,)
        index       : int array (m,)    Morse index: how many eigenvalues of the Hessian are negative
        nullity     : int array (m,)    how many are zero to round-off; then the point is degenerate and the
                                        Hessian does not say whether it is a minimum. A continuum of critical
                                        points (a valley floor, a ring) is listed by a few of its points
        eigenvalues : array (m, d)      of the Hessian, ascending
        unaccounted : int or None       turns of the gradient around the box less the sum of (−1)^index: zero
                                        unless a point was missed; None where it cannot be known
    """

    points: Floats
    values: Floats
    index: NDArray[np.int64]
    nullity: NDArray[np.int64]
    eigenvalues: Floats
    unaccounted: int | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def kinds(self) -> tuple[str, ...]:
        """One of "minimum", "saddle", "maximum", "degenerate" for each point."""
        d = self.points.shape[1]
        names = {0: "minimum", d: "maximum"}
        return tuple(
            "degenerate" if z else names.get(int(k), "saddle")
            for k, z in zip(self.index, self.nullity, strict=True)
        )


class Surface(ABC):
    """A twice differentiable function of d unknowns on a box.

    Attributes
        name      : str
        dimension : int
        bounds    : array (d, 2)    the box that is drawn and searched; the function is defined beyond it
    """

    def __init__(self, name: str, bounds: ArrayLike) -> None:
        self.name = name
        box = np.array(bounds, dtype=float)
        if (
            box.ndim != 2
            or box.shape[1] != 2
            or not (np.isfinite(box).all() and (box[:, 0] < box[:, 1]).all())
        ):
            raise ValueError("bounds must be one finite (low, high) pair for each unknown, with low < high.")
        box.setflags(write=False)
        self.bounds: Floats = box
        self.dimension = len(box)
        self._found: CriticalPoints | None = None

    def __repr__(self) -> str:
        return f"<surface {self.name!r} in {self.dimension} dimensions>"

    @property
    def size(self) -> float:
        """The longest side of the box."""
        return float(np.ptp(self.bounds, axis=1).max())

    def value(self, x: ArrayLike) -> Floats:
        """Values at points x (..., d); array (...). Not finite where the function is not."""
        flat, shape = self._flat(x)
        return self._table(flat, VALUE)[0].reshape(shape)

    def gradient(self, x: ArrayLike) -> Floats:
        """Gradients at points x (..., d); array (..., d)."""
        flat, shape = self._flat(x)
        return self._gradient(self._table(flat, GRADIENT)[1:].T).reshape(*shape, self.dimension)

    def hessian(self, x: ArrayLike) -> Floats:
        """Hessians at points x (..., d); array (..., d, d), symmetric."""
        flat, shape = self._flat(x)
        table = self._table(flat, HESSIAN)[1 + self.dimension :].T
        return self._hessian(table).reshape(*shape, self.dimension, self.dimension)

    def eigenvalues(self, x: ArrayLike) -> Floats:
        """Eigenvalues of the Hessian at points x (..., d), ascending; array (..., d), NaN if not finite."""
        flat, shape = self._flat(x)
        table = self._table(flat, HESSIAN)[1 + self.dimension :].T
        return self._eigenvalues(table).reshape(*shape, self.dimension)

    def eigenvectors(self, x: ArrayLike) -> tuple[Floats, Floats]:
        """Eigenvalues (d,), ascending, and eigenvectors (d, d), as columns, of the Hessian at a point (d,)."""
        values, vectors = np.linalg.eigh(self.hessian(x))
        return values, vectors

    def critical_points(self) -> CriticalPoints:
        """The critical points in the box, found once.

        Holds: every gradient is below 1e-8 and every index is the number of negative eigenvalues.
        """
        if self._found is None:
            self._found = self._critical_points()
        return self._found

    @property
    @abstractmethod
    def kernel(self) -> KernelSurface:
        """The arrays that compiled kernels work on (see `evaluation`)."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """Rows of the register table that the kernels need."""

    @abstractmethod
    def inward(self, x: Floats) -> Floats:
        """Points (..., d) in the coordinates of the kernels."""

    @abstractmethod
    def outward(self, z: Floats) -> Floats:
        """Points (..., d) back from the coordinates of the kernels."""

    @abstractmethod
    def _gradient(self, table: Floats) -> Floats: ...

    @abstractmethod
    def _hessian(self, table: Floats) -> Floats: ...

    @abstractmethod
    def _eigenvalues(self, table: Floats) -> Floats: ...

    @abstractmethod
    def _critical_points(self) -> CriticalPoints: ...

    def _flat(self, x: ArrayLike) -> tuple[Floats, tuple[int, ...]]:
        points = np.asarray(x, dtype=float)
        if points.ndim == 0 or points.shape[-1] != self.dimension:
            raise ValueError(f"x must have a last axis of length {self.dimension}, not shape {points.shape}.")
        return self.inward(points.reshape(-1, self.dimension)), points.shape[:-1]

    def _table(self, z: Floats, level: int) -> Floats:
        """Rows of value, gradient, Hessian (k, N) at points (N, d) in the coordinates of the kernels."""
        d = self.dimension
        second = d if self.kernel[0].shape[0] == 0 else d * (d + 1) // 2
        out = np.empty(((1, 1 + d, 1 + d + second)[level], len(z)))
        rows = np.empty((self.rows, lanes(self.rows, len(z))))
        evaluate_points(self.kernel, level, np.ascontiguousarray(z.T), rows, out)
        return out


def classify(
    surface: Surface, points: Floats, scale: float, unaccounted: int | None = None
) -> CriticalPoints:
    """Order critical points and count their negative and vanishing eigenvalues.

    Parameters
        points : (m, d)
        scale  : float      typical size of the surface's curvature; below 1e-7 of it an eigenvalue is zero
    """
    eigenvalues = surface.eigenvalues(points)
    small = 1e-7 * max(scale, 1e-300)
    index = (eigenvalues < -small).sum(axis=1)
    nullity = (np.abs(eigenvalues) <= small).sum(axis=1)
    values = surface.value(points)
    order = np.lexsort((points[:, 0], np.round(values, 9), index))
    return CriticalPoints(
        points[order], values[order], index[order], nullity[order], eigenvalues[order], unaccounted
    )
