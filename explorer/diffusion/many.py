"""A great many particles in bounded memory: chunks through `ends`, and only what is shown is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.diffusion import inputs
from explorer.diffusion.brownian import Brownian
from explorer.diffusion.trajectories import Denoiser, ends, integrate

CHUNK = 16_384  # particles; their noise of 200 steps in 2 dimensions takes 50 MB
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Many:
    """What is kept of a run of many particles.

    Parameters
        path   : array (steps + 1, shown, d)    whole paths of the first particles
        counts : array (b, a)                   ends in every cell of the picture; empty (0, 0) without edges
        n      : int                            particles that were run
        total  : array (d,), square : array (d, d)      Σ x and Σ x xᵀ of the ends, for means and covariances
    """

    path: np.ndarray
    counts: np.ndarray
    n: int
    total: np.ndarray
    square: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Mean of the ends, (d,)."""
        return self.total / self.n

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of the ends, (d, d)."""
        return self.square / self.n - np.outer(self.mean, self.mean)


def run_many(
    denoise: Denoiser,
    n: int,
    dim: int,
    sigmas: Any,
    method: str,
    seed: int,
    *,
    edges: tuple[Any, Any] | None = None,
    shown: int = 500,
    report: Report | None = None,
    take: Callable[[np.ndarray], None] | None = None,
    chunk: int = CHUNK,
    **options: Any,
) -> Many:
    """Run `n` particles from N(0, σ_max² I), keeping the paths of a few and a histogram of all ends.

    Parameters
        denoise, sigmas, method, options    as for `integrate`
        n, dim  : int           particles and dimensions
        seed    : int           starts and noise; particle i is the same whatever n and chunk
        edges   : pair of arrays (a + 1,), (b + 1,)     of the picture's cells along the first two coordinates
        shown   : int           particles whose whole path is kept
        report  : callable      (share done, text) before each chunk; an exception it raises ends the run
        take    : callable      receives the ends (m, d) of every chunk, for statistics of your own
        chunk   : int           particles at a time

    Returns     Many
    Raises      ValueError      when an argument is out of its range
    Cost: time of `ends`; memory O(chunk steps dim) with noise, O(chunk dim) without, and steps x shown x dim.
    Holds: the same ends, bit for bit, as one `ends` of all particles.
    """
    n, dim, shown = inputs.count(n, "n"), inputs.count(dim, "dim"), inputs.count(shown, "shown", 0)
    chunk, levels, noise = inputs.count(chunk, "chunk"), inputs.grid(sigmas), Brownian(seed)
    cells, total, square = _Cells(edges, dim), np.zeros(dim), np.zeros((dim, dim))
    for first in range(0, n, chunk):
        if report is not None:
            report(first / n, f"{first:,} of {n:,} particles")
        part = noise.shifted(first)
        starts = levels[0] * part.starts(min(chunk, n - first), dim)
        last = ends(denoise, starts, levels, method, part, **options)
        total += last.sum(axis=0)
        square += last.T @ last
        cells.add(last)
        if take is not None:
            take(last)
    few = levels[0] * noise.starts(min(shown, n), dim)
    return Many(integrate(denoise, few, levels, method, noise, **options), cells.counts, n, total, square)


class _Cells:
    """Counts points in the cells of a picture."""

    def __init__(self, edges: tuple[Any, Any] | None, dim: int) -> None:
        self._edges = None if edges is None else tuple(inputs.real_array(edge, "edges") for edge in edges)
        self.counts = np.zeros((0, 0), np.int64)
        if self._edges is None:
            return
        if (
            dim < 2
            or len(self._edges) != 2
            or any(e.ndim != 1 or not (np.diff(e) > 0).all() or len(e) < 2 for e in self._edges)
        ):
            raise ValueError(
                "edges must be two increasing lists of cell borders, for points in 2 or more dimensions."
            )
        self.counts = np.zeros((len(self._edges[1]) - 1, len(self._edges[0]) - 1), np.int64)

    def add(self, points: np.ndarray) -> None:
        if self._edges is not None:
            found = np.histogram2d(points[:, 1], points[:, 0], bins=self._edges[::-1])[0]
            self.counts += found.astype(np.int64)
