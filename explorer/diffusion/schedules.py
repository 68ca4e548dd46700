"""Grids of noise levels, and the maps between the three ways to write one diffusion.

One dynamics, dx/dσ = (x - D(x, σ))/σ, serves them all ("variance exploding"): x_σ = x_0 + σ ε. The others are
changes of scale of x and of clock:

    variance preserving   √ᾱ x_0 + √(1 - ᾱ) ε     σ² = (1 - ᾱ)/ᾱ      x_VP = √ᾱ x_σ
    flow matching         (1 - t) x_0 + t ε        σ = t/(1 - t)        x_FM = (1 - t) x_σ

Every grid runs from sigma_max down to sigma_min, both hit exactly; append 0 to end at clean data.
Ref: Karras, Aittala, Aila & Laine, Elucidating the design space of diffusion-based generative models, 2022.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.diffusion import inputs

MOST_STEPS = 1_000_000
BETA_MIN, BETA_MAX = 0.1, 20.0  # Song et al. 2021, appendix C
COSINE_SHIFT = 0.008  # Nichol & Dhariwal 2021, equation 17


def sigma_to_alpha_bar(sigma: Any) -> np.ndarray:
    """ᾱ = 1/(1 + σ²), the share of signal variance in the variance-preserving form; any shape."""
    return 1.0 / (1.0 + np.square(np.asarray(sigma, float)))


def alpha_bar_to_sigma(alpha_bar: Any) -> np.ndarray:
    """σ = √((1 - ᾱ)/ᾱ) for 0 < ᾱ <= 1; any shape."""
    share = np.asarray(alpha_bar, float)
    if not ((share > 0) & (share <= 1)).all():
        raise ValueError("alpha_bar must lie above 0 and not above 1: it is the share of signal variance.")
    return np.sqrt((1.0 - share) / share)


def sigma_to_flow_time(sigma: Any) -> np.ndarray:
    """t = σ/(1 + σ) in [0, 1), the flow-matching time at which noise and data mix as t : 1 - t; any shape."""
    level = np.asarray(sigma, float)
    return level / (1.0 + level)


def flow_time_to_sigma(time: Any) -> np.ndarray:
    """σ = t/(1 - t) for 0 <= t < 1; any shape."""
    t = np.asarray(time, float)
    if not ((t >= 0) & (t < 1)).all():
        raise ValueError("flow-matching time must lie in [0, 1): at 1 only noise is left.")
    return t / (1.0 - t)


def sigma_to_vp_time(sigma: Any, beta_min: float = BETA_MIN, beta_max: float = BETA_MAX) -> np.ndarray:
    """Variance-preserving time of a noise level under β(t) = β_min + t (β_max - β_min).

        ln(1 + σ²) = β_min t + ½ (β_max - β_min) t²,   solved for t >= 0

    Parameters    sigma : any shape; levels above σ(1) = √(e^½(β_min + β_max) - 1) lie beyond t = 1
    Holds: inverse of `vp_time_to_sigma`.
    Ref: Song et al., Score-based generative modeling through stochastic differential equations, 2021, appendix C.
    """
    low, slope = _betas(beta_min, beta_max)
    y = np.log1p(np.square(np.asarray(sigma, float)))
    # the root of the quadratic in the form that loses no digits when σ is small
    return 2.0 * y / (low + np.sqrt(low * low + 2.0 * slope * y))


def vp_time_to_sigma(time: Any, beta_min: float = BETA_MIN, beta_max: float = BETA_MAX) -> np.ndarray:
    """σ = √(exp(β_min t + ½ (β_max - β_min) t²) - 1) for t >= 0; any shape."""
    low, slope = _betas(beta_min, beta_max)
    t = np.asarray(time, float)
    if not (t >= 0).all():
        raise ValueError("variance-preserving time must be at least 0.")
    return np.sqrt(np.expm1(low * t + 0.5 * slope * t * t))


def _betas(beta_min: float, beta_max: float) -> tuple[float, float]:
    low, high = inputs.real(beta_min, "beta_min", 1e-9, 1e6), inputs.real(beta_max, "beta_max", 1e-9, 1e6)
    if low > high:
        raise ValueError(f"beta_min must not be above beta_max, not {low:g} and {high:g}.")
    return low, high - low


def karras(steps: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> np.ndarray:
    """Noise levels evenly spaced in σ^(1/ρ).

        σ_i = (σ_max^(1/ρ) + (i/N)(σ_min^(1/ρ) - σ_max^(1/ρ)))^ρ,   i = 0..N

    Parameters
        steps       : int, 1 to 1e6     number N of steps
        sigma_min   : float > 0         last noise level
        sigma_max   : float             first, above sigma_min
        rho         : float, 0.1 to 1e4 1 is uniform in σ; the larger, the closer to log-uniform

    Returns     array (steps + 1,)      strictly decreasing
    Raises      ValueError              when an argument is out of its range
    Holds: ends exact; ρ = 1 is `uniform`; ρ → ∞ is `log_uniform`.   Ref: Karras et al. 2022, equation 5.
    """
    low, high = inputs.noise_range(sigma_min, sigma_max)
    rho = inputs.real(rho, "rho", 0.1, 1e4)
    return _spread(steps, low, high, lambda s: s ** (1.0 / rho), lambda u: u**rho)


def log_uniform(steps: int, sigma_min: float, sigma_max: float) -> np.ndarray:
    """Noise levels (steps + 1,) evenly spaced in log σ: every step divides by the same factor."""
    return _spread(steps, *inputs.noise_range(sigma_min, sigma_max), np.log, np.exp)


def uniform(steps: int, sigma_min: float, sigma_max: float) -> np.ndarray:
    """Noise levels (steps + 1,) evenly spaced in σ."""
    return _spread(steps, *inputs.noise_range(sigma_min, sigma_max), np.asarray, np.asarray)


def linear_beta(
    steps: int, sigma_min: float, sigma_max: float, beta_min: float = BETA_MIN, beta_max: float = BETA_MAX
) -> np.ndarray:
    """Noise levels (steps + 1,) evenly spaced in the time of a linear β, `sigma_to_vp_time`.

    Ref: Ho, Jain & Abbeel, Denoising diffusion probabilistic models, 2020; Song et al. 2021, appendix C.
    """
    low, high = inputs.noise_range(sigma_min, sigma_max)
    forward = lambda s: sigma_to_vp_time(s, beta_min, beta_max)  # noqa: E731
    return _spread(steps, low, high, forward, lambda t: vp_time_to_sigma(t, beta_min, beta_max))


def cosine(steps: int, sigma_min: float, sigma_max: float) -> np.ndarray:
    """Noise levels (steps + 1,) evenly spaced in the time of the cosine schedule.

        ᾱ(t) = cos²(½π (t + s)/(1 + s)) / cos²(½π s/(1 + s)),   s = 0.008

    Ref: Nichol & Dhariwal, Improved denoising diffusion probabilistic models, 2021, equation 17.
    """
    start = 0.5 * np.pi * COSINE_SHIFT / (1.0 + COSINE_SHIFT)

    def angle(sigma: np.ndarray) -> np.ndarray:
        # tan² = (1 - ᾱ c²)/(ᾱ c²): a form that keeps its digits at both ends
        return np.arctan(np.sqrt(np.square(sigma) + np.sin(start) ** 2) / np.cos(start))

    def level(angle: np.ndarray) -> np.ndarray:
        # (cos² start - cos²)/cos² as a product, for the same reason
        return np.sqrt(np.sin(angle - start) * np.sin(angle + start)) / np.cos(angle)

    return _spread(steps, *inputs.noise_range(sigma_min, sigma_max), angle, level)


def flow_uniform(steps: int, sigma_min: float, sigma_max: float) -> np.ndarray:
    """Noise levels (steps + 1,) evenly spaced in flow-matching time t = σ/(1 + σ).

    Ref: Lipman et al., Flow matching for generative modeling, 2023.
    """
    return _spread(
        steps, *inputs.noise_range(sigma_min, sigma_max), sigma_to_flow_time, lambda t: t / (1.0 - t)
    )


def custom(sigmas: Any) -> np.ndarray:
    """Your own noise levels (steps + 1,), checked and copied: strictly decreasing, only the last may be 0.

    Raises    ValueError  otherwise
    """
    levels = inputs.grid(sigmas).copy()
    if levels[1] > levels[0]:
        raise ValueError("sigmas must be strictly decreasing, from noise to data.")
    return levels


def _spread(
    steps: int, low: float, high: float, forward: Callable[..., Any], back: Callable[..., Any]
) -> np.ndarray:
    """Evenly spaced in `forward`, returned through `back`, ends put in exactly."""
    steps = inputs.count(steps, "steps", 1, MOST_STEPS)
    with np.errstate(all="ignore"):  # what overflows is refused below
        first, last = forward(np.float64(high)), forward(np.float64(low))
        sigmas = np.asarray(back(first + np.arange(steps + 1) / steps * (last - first)), float)
    sigmas[0], sigmas[-1] = high, low
    if not (np.isfinite(sigmas).all() and (np.diff(sigmas) < 0).all()):
        raise ValueError(
            f"{steps} steps from {high:g} to {low:g} on this grid fall together in 64-bit numbers."
        )
    return sigmas


GRIDS: dict[str, Callable[..., np.ndarray]] = {
    "karras": karras,
    "log": log_uniform,
    "uniform": uniform,
    "linear": linear_beta,
    "cosine": cosine,
    "flow": flow_uniform,
}
"""Every grid by its short name; each is called as ``grid(steps, sigma_min, sigma_max)``."""
