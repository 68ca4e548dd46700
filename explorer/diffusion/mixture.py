"""The targets with an exact score: a Gaussian mixture and a finite set of points.

With x_σ = x_0 + σ ε the noisy density is again a mixture, p_σ = Σ_k w_k N(m_k, C_k + σ²I), and

    responsibility   r_k(x)   = w_k N(x; m_k, C_k + σ²I) / p_σ(x)
    denoiser         D(x, σ)  = E[x_0 | x_σ = x] = Σ_k r_k (m_k + C_k (C_k + σ²I)⁻¹ (x - m_k))
    score            ∇log p_σ = -Σ_k r_k (C_k + σ²I)⁻¹ (x - m_k) = (D - x)/σ²          (Tweedie)
    Jacobian         ∇D       = Σ_k r_k C_k (C_k + σ²I)⁻¹ + σ² Σ_k r_k (g_k - ḡ)(g_k - ḡ)ᵀ = Cov(x_0 | x)/σ²

with g_k the component's own score and ḡ = Σ_k r_k g_k the score of all.
A finite set is the mixture with C_k = 0: its denoiser at small noise answers with the nearest point, which
is how an exact score remembers its training set.
Ref: Efron, Tweedie's formula and selection bias, 2011; Karras et al. 2022, appendix B.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.diffusion import dense, inputs, lanes, tangent
from explorer.diffusion.law import Law

LANES_DIM = 16  # measured: above it matrix products win over the lane kernels


class Target:
    """A law of data whose noisy versions are known exactly. Made by `Mixture` or `PointSet`."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._in_lanes = law.means.shape[1] == 2 or (law.means.shape[1] <= LANES_DIM and law.round)

    @property
    def dim(self) -> int:
        """Number of dimensions d."""
        return self._law.means.shape[1]

    @property
    def components(self) -> int:
        """Number of components c."""
        return self._law.means.shape[0]

    @property
    def means(self) -> np.ndarray:
        """Centres of the components (c, d), a copy."""
        return self._law.means.copy()

    @property
    def weights(self) -> np.ndarray:
        """Probabilities of the components (c,), summing to 1."""
        return np.exp(self._law.log_weight)

    @property
    def covariances(self) -> np.ndarray:
        """Covariances of the components without noise (c, d, d)."""
        law, identity = self._law, np.eye(self.dim)
        if law.round:
            return np.broadcast_to(law.variances, (self.components, 1))[:, :, None] * identity
        return np.einsum("kie,ke,kje->kij", law.axes, law.variances, law.axes)

    @property
    def law(self) -> Law:
        """What the kernels read; not to be written to."""
        return self._law

    @property
    def compiled(self) -> bool:
        """Whether whole trajectories run in one compiled kernel (2 dimensions, or up to 16 when round)."""
        return self._in_lanes

    def denoise(self, x: Any, sigma: float) -> np.ndarray:
        """The posterior mean D(x, σ) = E[x_0 | x_0 + σ ε = x].

        Parameters
            x     : array (n, d)
            sigma : float >= 0      at 0: x itself for a mixture, the nearest point for a finite set

        Returns     array (n, d)
        Raises      ValueError      when x has another number of dimensions or is not finite, or sigma < 0
        Cost: O(n c d), about 1 ns per point and component in 2 dimensions.   Holds: D = x + σ² score to 1e-8.
        """
        return self._moments(inputs.points(x, "x", self.dim), inputs.noise_level(sigma), True)[0]

    def score(self, x: Any, sigma: float) -> np.ndarray:
        """∇log p_σ(x), (n, d), at points x (n, d).

        Raises    ValueError  as `denoise`; also for a finite set at sigma = 0, which has no density
        Holds: the gradient of `log_density` to 1e-8.
        """
        points, sigma = inputs.points(x, "x", self.dim), self._dense_level(sigma)
        return self._moments(points, sigma, False)[0]

    def log_density(self, x: Any, sigma: float) -> np.ndarray:
        """log p_σ(x), (n,), at points x (n, d).

        Raises    ValueError  as `score`
        """
        points, sigma = inputs.points(x, "x", self.dim), self._dense_level(sigma)
        return self._moments(points, sigma, False)[1]

    def responsibilities(self, x: Any, sigma: float) -> np.ndarray:
        """r_k(x), (n, c), at points x (n, d): the posterior probability of every component."""
        points, sigma = inputs.points(x, "x", self.dim), inputs.noise_level(sigma)
        return dense.responsibilities(points, self._law, sigma)[0]

    def jacobian(self, x: Any, sigma: float) -> np.ndarray:
        """∇D(x, σ), (n, d, d), at points x (n, d).

        Raises    ValueError  as `score`
        Holds: symmetric, positive semi-definite, the derivative of `denoise` to 1e-8.   Cost: O(n c d²).
        """
        return self.tangents(x, sigma)[1]

    def tangents(self, x: Any, sigma: float) -> tuple[np.ndarray, np.ndarray]:
        """`denoise` (n, d) and `jacobian` (n, d, d) in one pass; for what each is, see there."""
        points, sigma = inputs.points(x, "x", self.dim), self._dense_level(sigma)
        return tangent.tangents(points, self._law, sigma)

    def divergence(self, x: Any, sigma: float) -> np.ndarray:
        """Trace of `jacobian`, (n,): how much of the volume the denoiser keeps; 0 to d for one component."""
        return np.einsum("nii->n", self.jacobian(x, sigma))

    def sample(self, n: int, rng: np.random.Generator | int) -> np.ndarray:
        """`n` independent draws of clean data, (n, d).

        Raises    ValueError  when n is no count or rng is neither a Generator nor a seed
        """
        n, rng = inputs.count(n, "n", 0), inputs.generator(rng)
        law = self._law
        k = rng.choice(self.components, size=n, p=self.weights)
        scales = np.sqrt(np.broadcast_to(law.variances, (self.components, law.variances.shape[1])))
        spread = rng.standard_normal((n, self.dim)) * scales[k]
        if not law.round:
            spread = np.einsum("nij,nj->ni", law.axes[k], spread)
        return law.means[k] + spread

    def denoise_unchecked(self, x: np.ndarray, sigma: float) -> np.ndarray:
        """`denoise` for solvers: float64 points in C order that were checked once at the start."""
        return self._moments(x, sigma, True)[0]

    def _dense_level(self, sigma: Any) -> float:
        level = inputs.noise_level(sigma)
        if level == 0.0 and not self._law.variances.all():
            raise ValueError(
                "sigma must be positive here: a finite set of points has no density without noise."
            )
        return level

    def _moments(self, x: np.ndarray, sigma: float, denoiser: bool) -> tuple[np.ndarray, np.ndarray]:
        """Denoiser or score (n, d) with the log density (n,); arguments already checked."""
        law = self._law
        if not self._in_lanes:
            return dense.moments(x, law, sigma, denoiser)
        level = law.at(np.array([sigma]))
        gain, anchors = (level.shrink, law.means) if denoiser else (level.slope, law.zeros)
        out, log_density = np.empty_like(x), np.empty(len(x))
        lanes.moments(
            x, law.means, anchors, law.log_weight, level.offset[0], level.quad[0], gain[0], out, log_density
        )
        return out, log_density


class Mixture(Target):
    """A Gaussian mixture Σ_k w_k N(m_k, C_k) with exact denoiser, score and log density at every noise level.

    Parameters
        weights : array (c,)        positive; normalised to sum 1
        means   : array (c, d)
        scales  : float, array (c,) one standard deviation for all, or one a component; or
                  array (c, d, d)   covariances, symmetric and positive definite

    Raises      ValueError          when shapes disagree, a weight or scale is not positive, or a covariance
                                    is not symmetric and positive definite
    Example     Mixture([0.5, 0.5], [[-1, 0], [1, 0]], 0.3).denoise(x, sigma=2.0)
    """

    def __init__(self, weights: Any, means: Any, scales: Any) -> None:
        centres = _centres(means, "means").copy()
        variances, axes = _spreads(scales, *centres.shape)
        super().__init__(Law(_log_weights(weights, len(centres)), centres, variances, axes))


class PointSet(Target):
    """A finite set of points, equally likely or weighted, with the methods of `Mixture`.

    Parameters
        points  : array (c, d)
        weights : array (c,)        optional, positive; normalised to sum 1

    Raises      ValueError          when points is not (c, d) or a weight is not positive
    """

    def __init__(self, points: Any, weights: Any = None) -> None:
        centres = _centres(points, "points").copy()
        log_weights = _log_weights(np.ones(len(centres)) if weights is None else weights, len(centres))
        super().__init__(Law(log_weights, centres, np.zeros((1, 1)), np.empty((0, *2 * centres.shape[1:]))))


def _centres(value: Any, name: str) -> np.ndarray:
    centres = inputs.points(value, name)
    if not len(centres):
        raise ValueError(f"{name} must hold at least one component.")
    return centres


def _log_weights(value: Any, components: int) -> np.ndarray:
    weights = inputs.real_array(value, "weights")
    if weights.shape != (components,):
        raise ValueError(
            f"weights must be one number a component ({components}), not of shape {weights.shape}."
        )
    if not weights.min() > 0.0:
        raise ValueError("weights must be positive; leave a component of weight 0 out.")
    log_weights = np.log(weights)
    return log_weights - np.log(np.exp(log_weights - log_weights.max()).sum()) - log_weights.max()


def _spreads(value: Any, components: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Variances and axes as in `Law`."""
    scales, none = inputs.real_array(value, "scales"), np.empty((0, dim, dim))
    if scales.ndim <= 1 and scales.size in (1, components):
        if not scales.min() >= inputs.NOISE_FLOOR:
            raise ValueError("scales must be positive; a set of points without spread is a PointSet.")
        equal = (scales == scales.flat[0]).all()
        return np.square(scales.reshape(-1, 1)[:1] if equal else scales.reshape(-1, 1)), none
    if scales.shape != (components, dim, dim):
        raise ValueError(
            f"scales must be one standard deviation, one for each component ({components},), or covariances "
            f"({components}, {dim}, {dim}), not of shape {scales.shape}."
        )
    size = np.abs(scales).max(axis=(1, 2), keepdims=True)
    if not (np.abs(scales - scales.transpose(0, 2, 1)) <= 1e-10 * size).all():
        raise ValueError("covariances must be symmetric.")
    variances, axes = np.linalg.eigh(0.5 * (scales + scales.transpose(0, 2, 1)))
    if not (variances > 1e-14 * size[:, 0]).all():
        raise ValueError("covariances must be positive definite, with no direction of zero spread.")
    if (variances == variances[:, :1]).all():
        return variances[:, :1].copy(), none
    return variances, axes
