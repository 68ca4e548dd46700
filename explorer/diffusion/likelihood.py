"""Log likelihoods: exact along the flow, by the change of variables, and of the law a solver really samples.

    d/dσ log p_σ(x(σ)) = -div f,   f = (x - D)/σ,   div f = (d - tr ∇D)/σ            (instantaneous)
    log q(x_N) = log p_start(x_0) - log |det ∂x_N/∂x_0|                              (of a solver's own map)

Both ride on the same solvers: every solver is linear in the state and in the denoiser's answers, so its own
derivative is the solver applied to a longer state, with a "denoiser" that answers for the extra entries too.
Ref: Chen et al., Neural ordinary differential equations, 2018, theorem 1; Song et al. 2021, section 4.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.diffusion import inputs
from explorer.diffusion.certified import reference
from explorer.diffusion.law import LOG_2PI
from explorer.diffusion.mixture import Target
from explorer.diffusion.solvers import sampler
from explorer.diffusion.trajectories import ends

LogDensity = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Likelihood:
    """Points with a log density.

    Parameters
        points      : array (n, d)
        log_density : array (n,)
        error       : array (n,)    stated error of points and log density together; 0 where the map is exact
    """

    points: np.ndarray
    log_density: np.ndarray
    error: np.ndarray


def pushed(target: Target, x: Any, sigmas: Any, method: str, start: LogDensity | None = None) -> Likelihood:
    """Where a deterministic solver takes `x`, and the exact log density there of the law it samples.

    Parameters
        target : Mixture or PointSet
        x      : array (n, d)   starts at sigmas[0], distributed as `start`
        sigmas : array (steps + 1,)     down to a positive level, where the law still has a density
        method : str            a deterministic solver
        start  : callable       log density of the starts, (n, d) -> (n,); by default the target's at sigmas[0]

    Returns     Likelihood      at the ends; log density -inf where the solver's map is singular
    Raises      ValueError      when the solver is stochastic or the grid ends at 0
    Cost: O(d) times `integrate`, not compiled.
    Holds: on one Gaussian, the product of the solver's factors; tends to target.log_density as steps grow.
    """
    points, levels = inputs.points(x, "x", target.dim), inputs.grid(sigmas)
    if sampler(method).stochastic:
        raise ValueError(
            f"{method!r} adds noise, so its map has no determinant; choose a deterministic solver."
        )
    if levels[-1] == 0.0:
        raise ValueError("sigmas must end above 0, where the law still has a density.")
    n, d = points.shape
    first = target.log_density(points, float(levels[0])) if start is None else np.asarray(start(points))
    state = np.hstack([points, np.tile(np.eye(d).ravel(), (n, 1))])

    def answer(y: np.ndarray, sigma: float) -> np.ndarray:
        denoised, jacobian = target.tangents(y[:, :d], sigma)
        turned = jacobian @ y[:, d:].reshape(n, d, d)
        return np.hstack([denoised, turned.reshape(n, d * d)])

    last = ends(answer, state, levels, method)
    volume = np.linalg.slogdet(last[:, d:].reshape(n, d, d))[1]
    return Likelihood(np.ascontiguousarray(last[:, :d]), first - volume, np.zeros(n))


def along_flow(
    target: Target,
    x: Any,
    sigma: float,
    sigma_max: float,
    end: LogDensity | None = None,
    tolerance: float = 1e-9,
) -> Likelihood:
    """log p_σ at `x` by following the flow up to `sigma_max` and adding the divergence on the way.

        log p_σ(x) = log p_max(x(σ_max)) + ∫_σ^σ_max div f dσ

    Parameters
        target : Mixture or PointSet
        x      : array (n, d)       points at noise level sigma
        sigma, sigma_max : float    0 < sigma < sigma_max
        end    : callable           log density at sigma_max, (n, d) -> (n,); by default the target's own. The
                                    usual model takes `gaussian(sigma_max)` and neglects the data's width
        tolerance : float           of the `reference`

    Returns     Likelihood          at x itself, with the stated error of the integration
    Holds: equals target.log_density(x, sigma) to the stated error.
    """
    points, (low, high) = inputs.points(x, "x", target.dim), inputs.noise_range(sigma, sigma_max)
    d = target.dim

    def answer(y: np.ndarray, level: float) -> np.ndarray:
        denoised, jacobian = target.tangents(y[:, :d], level)
        return np.column_stack([denoised, y[:, d] - (d - np.einsum("nii->n", jacobian))])

    found = reference(answer, np.column_stack([points, np.zeros(len(points))]), [low, high], tolerance)
    far = np.ascontiguousarray(found.ends[:, :d])
    last = target.log_density(far, high) if end is None else np.asarray(end(far))
    return Likelihood(points, last + found.ends[:, d], found.error)


def gaussian(sigma: float) -> LogDensity:
    """log density of N(0, σ²I), the usual model of the noisiest level."""
    level = inputs.noise_level(sigma)
    if level == 0.0:
        raise ValueError("sigma must be positive: without noise there is no density.")

    def log_density(x: np.ndarray) -> np.ndarray:
        return -0.5 * (np.square(x / level).sum(axis=1) + x.shape[1] * (LOG_2PI + 2.0 * np.log(level)))

    return log_density
