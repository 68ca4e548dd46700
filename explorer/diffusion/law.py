"""What the kernels are told about a mixture: its components at given noise levels, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

LOG_2PI = float(np.log(2.0 * np.pi))
SMALLEST_VARIANCE = 1e-200  # stands for σ² = 0 where the data are points: the nearest takes all the weight


@dataclass(frozen=True)
class Level:
    """A mixture at the noise levels of the leading axis (r,); the last axes as in lanes.py.

    offset (r, c)   quad, shrink, slope (r, c, 3), where c is the number of components or 1 if all share.
    shrink = C(C + σ²I)⁻¹ is the denoiser's gain, slope = -(C + σ²I)⁻¹ the score's, quad = ½(C + σ²I)⁻¹.
    """

    offset: np.ndarray
    quad: np.ndarray
    shrink: np.ndarray
    slope: np.ndarray


@dataclass(frozen=True)
class Law:
    """Σ_k w_k N(m_k, C_k), with every C_k in its own axes: C_k = U_k diag(variances_k) U_kᵀ.

    Parameters
        log_weight : array (c,)         log of the normalised weights
        means      : array (c, d)
        variances  : array (c, d)       eigenvalues; (c, 1) when every C_k is a multiple of the identity ("round"),
                                        (1, 1) when they all are the same one
        axes       : array (c, d, d)    eigenvectors in columns; empty (0, d, d) when round
    """

    log_weight: np.ndarray
    means: np.ndarray
    variances: np.ndarray
    axes: np.ndarray

    @property
    def round(self) -> bool:
        """Whether every covariance is a multiple of the identity."""
        return len(self.axes) == 0

    @cached_property
    def zeros(self) -> np.ndarray:
        """The anchors of the score, (c, d)."""
        return np.zeros_like(self.means)

    def noisy(self, sigmas: np.ndarray) -> np.ndarray:
        """Eigenvalues of C_k + σ²I, (r, c or 1, d or 1)."""
        squares = np.square(np.asarray(sigmas, float))[:, None, None]
        return np.maximum(self.variances + squares, SMALLEST_VARIANCE)

    def log_normaliser(self, noisy: np.ndarray) -> np.ndarray:
        """-½ log det(2π(C_k + σ²I)), (r, c or 1)."""
        d = self.means.shape[1]
        repeats = d if self.round else 1
        return -0.5 * (d * LOG_2PI + repeats * np.log(noisy).sum(axis=2))

    def at(self, sigmas: np.ndarray) -> Level:
        """The components at the noise levels (r,), for the kernels: round, or in two dimensions."""
        noisy = self.noisy(sigmas)
        inverse = 1.0 / noisy
        return Level(
            self.log_normaliser(noisy),
            self._entries(0.5 * inverse),
            self._entries(self.variances / noisy),
            self._entries(-inverse),
        )

    def _entries(self, diagonal: np.ndarray) -> np.ndarray:
        """Entries 00, 01, 11 of U diag(.) Uᵀ, (r, c or 1, 3)."""
        if self.round:
            return np.ascontiguousarray(diagonal * np.array([1.0, 0.0, 1.0]))
        u, v = self.axes[:, 0, :], self.axes[:, 1, :]
        return np.stack([(diagonal * p).sum(axis=2) for p in (u * u, u * v, v * v)], axis=2)
