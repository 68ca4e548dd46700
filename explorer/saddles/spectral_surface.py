"""Surfaces in many dimensions whose Hessian has fixed eigenvectors: Gaussian quadratics, plateaus.

    f(x) = Σ ½ h_i z_i² + ¼ q_i z_i⁴ ,     z = Qᵀ(x − centre)

In the coordinates z the Hessian is diagonal, h_i + 3 q_i z_i², so that a step of any method costs O(d).
"""

from __future__ import annotations

from itertools import product
from typing import final

import numpy as np
from numpy.typing import ArrayLike

from explorer.saddles.evaluation import KernelSurface
from explorer.saddles.surface import CriticalPoints, Floats, Surface, classify

MOST_DIMENSIONS = 100
MOST_WELLS = 4


@final
class SpectralSurface(Surface):
    """A sum of ½hz² + ¼qz⁴ along orthonormal axes.

    Parameters
        name      : str
        curvature : (d,)        h
        quartic   : (d,)        q >= 0
        basis     : (d, d)      Q, orthonormal columns
        reach     : float       the box is centre ± reach in every coordinate
        centre    : (d,)        a critical point of every such surface; the origin if not given

    Raises
        ValueError              when the shapes do not fit, q < 0 or Q is not orthonormal
    """

    def __init__(
        self,
        name: str,
        curvature: ArrayLike,
        quartic: ArrayLike,
        basis: ArrayLike,
        reach: float,
        centre: ArrayLike | None = None,
    ) -> None:
        h, q = (np.array(part, dtype=float) for part in (curvature, quartic))
        frame = np.array(basis, dtype=float, order="C")
        d = h.size
        if h.shape != (d,) or q.shape != (d,) or frame.shape != (d, d):
            raise ValueError("curvature and quartic must be (d,) and basis (d, d), with the same d.")
        if (q < 0.0).any() or not np.allclose(frame.T @ frame, np.eye(d), atol=1e-10):
            raise ValueError("quartic must not be negative and basis must have orthonormal columns.")
        self.centre: Floats = np.zeros(d) if centre is None else np.array(centre, dtype=float)
        super().__init__(name, np.stack([self.centre - reach, self.centre + reach], axis=1))
        self.curvature, self.quartic, self.basis = h, q, frame
        nothing = np.empty((0, 4), dtype=np.int64), np.empty(0), np.zeros((3, 2), dtype=np.int64)
        self._kernel: KernelSurface = (*nothing, h, q, frame)

    @property
    def kernel(self) -> KernelSurface:
        return self._kernel

    @property
    def rows(self) -> int:
        return 3 * self.dimension + 1

    def inward(self, x: Floats) -> Floats:
        with np.errstate(all="ignore"):  # points that are not finite give values that are not
            return (x - self.centre) @ self.basis

    def outward(self, z: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return self.centre + z @ self.basis.T

    def eigenvectors(self, x: ArrayLike) -> tuple[Floats, Floats]:
        """As for every surface, in O(d log d): they are the fixed axes, in the order of their curvatures."""
        local = self.curvature + 3.0 * self.quartic * self.inward(np.asarray(x, dtype=float)) ** 2
        order = np.argsort(local, kind="stable")
        return local[order], self.basis[:, order]

    def _gradient(self, table: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return table @ self.basis.T

    def _hessian(self, table: Floats) -> Floats:
        with np.errstate(all="ignore"):
            full = (self.basis * table[:, None, :]) @ self.basis.T
            return 0.5 * (full + full.transpose(0, 2, 1))  # symmetric to the last digit

    def _eigenvalues(self, table: Floats) -> Floats:
        return np.sort(table, axis=1)

    def _critical_points(self) -> CriticalPoints:
        """Along each axis 0, and ±√(−h/q) where h < 0 < q; every combination."""
        wells = np.flatnonzero((self.curvature < 0.0) & (self.quartic > 0.0))
        if len(wells) > MOST_WELLS:
            raise ValueError(f"{3 ** len(wells)} critical points are too many to list; use fewer wells.")
        z = np.zeros((3 ** len(wells), self.dimension))
        distance = np.sqrt(-self.curvature[wells] / self.quartic[wells])
        z[:, wells] = np.array(list(product((-1.0, 0.0, 1.0), repeat=len(wells)))) * distance
        scale = float(np.abs(self.curvature).max())
        return classify(self, self.outward(z), scale, 0 if self.dimension == 2 else None)


def _check_dimension(dimension: int, least: int = 2) -> None:
    if not least <= dimension <= MOST_DIMENSIONS:
        raise ValueError(f"dimension must be from {least} to {MOST_DIMENSIONS}, not {dimension}.")


def random_frame(dimension: int, rng: np.random.Generator) -> Floats:
    """An orthonormal (d, d) matrix, uniform over rotations and reflections (Stewart 1980)."""
    q, r = np.linalg.qr(rng.standard_normal((dimension, dimension)))
    return q * np.sign(np.diag(r))


def random_quadratic(dimension: int = 50, shift: float = 0.0, seed: int = 0) -> SpectralSurface:
    """A quadratic ½xᵀHx whose Hessian is a Gaussian random matrix plus a shift.

        H = G + c·I ,   G symmetric, entries N(0, 1/d) off and N(0, 2/d) on the diagonal

    The spectrum fills the semicircle of radius 2 about c as d grows (Wigner 1958).

    Parameters
        dimension : int     2 to 100
        shift     : float   c; below −2 almost all directions go down, above 2 almost none
        seed      : int

    Returns
        SpectralSurface     with its one critical point at the origin

    Raises
        ValueError          when the dimension is out of range
    """
    _check_dimension(dimension)
    rng = np.random.default_rng(seed)
    raw = rng.standard_normal((dimension, dimension))
    values, vectors = np.linalg.eigh((raw + raw.T) / np.sqrt(2.0 * dimension))
    name = f"random quadratic, d = {dimension}"
    return SpectralSurface(name, values + shift, np.zeros(dimension), vectors, 2.0)


def plateau(
    dimension: int = 10, curvature: float = 0.05, wells: int = 1, depth: float = 1.0, seed: int = 0
) -> SpectralSurface:
    """A flat stretch with a saddle on it: it looks like a minimum, then the floor drops.

        f = Σ_stable ½ h_i z_i² + Σ_wells (−½ ψ z² + ¼ q z⁴) ,   q = ψ²/(4·depth)

    The stable h_i run from 0.2 to 1. Each well has its minima at z = ±√(ψ/q), lower than the saddle by
    ``depth``: the flatter the plateau, the further away they are.

    Parameters
        dimension : int     2 to 100
        curvature : float   ψ > 0, how fast the ground falls off
        wells     : int     1 to 4 directions down, fewer than the dimension or equal
        depth     : float   > 0
        seed      : int     of the frame of axes

    Returns
        SpectralSurface     with 3^wells critical points; the one at the origin has index ``wells``

    Raises
        ValueError          when a parameter is out of range
    """
    _check_dimension(dimension)
    if not (curvature > 0.0 and depth > 0.0):
        raise ValueError("curvature and depth of a plateau must be positive.")
    if not 1 <= wells <= min(MOST_WELLS, dimension):
        raise ValueError(f"wells must be from 1 to {min(MOST_WELLS, dimension)}, not {wells}.")
    h = np.concatenate([np.full(wells, -curvature), np.geomspace(0.2, 1.0, dimension - wells)])
    quartic = np.where(h < 0.0, curvature**2 / (4.0 * depth), 0.0)
    frame = random_frame(dimension, np.random.default_rng(seed))
    reach = 1.5 * 2.0 * np.sqrt(depth / curvature)
    return SpectralSurface(f"plateau, d = {dimension}", h, quartic, frame, reach)
