"""The solvers: exact flows, closed forms, exactness on polynomials."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from explorer.diffusion import GRIDS, SAMPLERS, ends, integrate, karras, log_uniform
from explorer.diffusion.multistep import _phi2, _phi3
from tests.diffusion import problems

ODE = [name for name, sampler in SAMPLERS.items() if not sampler.stochastic]


@pytest.mark.parametrize("method", ODE)
def test_one_gaussian_follows_its_exact_flow(method):
    """x(σ') = x √((s² + σ'²)/(s² + σ²)): 400 log-uniform steps of order p leave about (1/40)^p."""
    target, x, sigmas = problems.gaussian(0.5), problems.starts(20), log_uniform(400, 0.02, 10.0)
    path = integrate(target.denoise, x, sigmas, method)
    exact = x * np.sqrt((0.25 + sigmas**2) / (0.25 + sigmas[0] ** 2))[:, None, None]
    relative = np.abs(path - exact).max() / np.abs(exact[-1]).max()
    allowed = {1: 5e-2, 2: 2e-3, 3: 1e-4, 4: 2e-5}[SAMPLERS[method].order]
    assert relative <= allowed
    assert np.array_equal(path[0], x)


@pytest.mark.parametrize("grid", list(GRIDS))
def test_euler_shrinks_a_gaussian_by_the_product_formula(grid):
    """Every Euler step multiplies by 1 + (σ' - σ) σ/(s² + σ²)."""
    target, x, sigmas = problems.gaussian(0.5, 3), problems.starts(7, 20.0, 3), GRIDS[grid](17, 0.05, 20.0)
    factors = 1.0 + np.diff(sigmas) * sigmas[:-1] / (0.25 + sigmas[:-1] ** 2)
    expected = x * np.concatenate([[1.0], np.cumprod(factors)])[:, None, None]
    assert np.abs(integrate(target.denoise, x, sigmas, "euler") - expected).max() <= 1e-12 * 20.0


def test_ddim_is_euler():
    """DDIM as printed, in the variance-preserving scale, is Euler in σ after the change of scale."""
    target, sigmas = problems.three(), karras(12, 0.02, 10.0)
    x = problems.starts(50)
    alpha_bar = 1.0 / (1.0 + sigmas**2)
    y = x * np.sqrt(alpha_bar[0])
    for i in range(12):
        clean = target.denoise(y / np.sqrt(alpha_bar[i]), sigmas[i])
        noise = (y - np.sqrt(alpha_bar[i]) * clean) / np.sqrt(1.0 - alpha_bar[i])
        y = np.sqrt(alpha_bar[i + 1]) * clean + np.sqrt(1.0 - alpha_bar[i + 1]) * noise
    for method in ("euler", "dpmpp1"):
        last = ends(target.denoise, x, sigmas, method)
        assert np.abs(last - y / np.sqrt(alpha_bar[-1])).max() <= 1e-12


def _polynomial_slope(power):
    """A denoiser whose slope (x - D)/σ is σ^power, whatever x."""
    return lambda x, sigma: x - sigma * sigma**power


@pytest.mark.parametrize(
    ("method", "degree", "first"),
    [("euler", 0, 0), ("heun", 1, 0), ("rk4", 3, 0), ("ab2", 1, 1), ("lms4", 3, 3)],
)
def test_exact_on_polynomial_slopes_and_not_beyond(method, degree, first):
    sigmas = np.array([3.0, 2.5, 1.9, 1.6, 1.1, 0.7, 0.2, 0.0])[: 7 if method in ("heun", "rk4") else 8]
    x = np.zeros((1, 2))
    for power, exact in ((degree, True), (degree + 1, False)):
        path = integrate(_polynomial_slope(power), x, sigmas, method)[:, 0, 0]
        gap = np.abs(np.diff(path) - np.diff(sigmas ** (power + 1)) / (power + 1))[first:]
        assert bool(gap.max() <= 1e-13) is exact


def test_third_order_exponential_step_is_exact_on_quadratic_data():
    """With D = 1 + 2λ - 3λ², λ = -log σ, every step of 3M from the third on solves x' = D - x exactly."""
    sigmas = np.array([5.0, 3.1, 2.2, 1.0, 0.8, 0.31, 0.05])
    lam = -np.log(sigmas)
    path = integrate(
        lambda x, s: np.full_like(x, 1 - 2 * np.log(s) - 3 * np.log(s) ** 2),
        np.zeros((1, 1)),
        sigmas,
        "dpmpp3m",
    )
    x, particular = path[:, 0, 0], -7.0 + 8.0 * lam - 3.0 * lam**2
    exact = particular[1:] + np.exp(-np.diff(lam)) * (x[:-1] - particular[:-1])
    gap = np.abs(x[1:] - exact)
    assert gap[2:].max() <= 1e-13
    assert gap[:2].min() > 1e-3
    released = integrate(
        lambda x, s: np.full_like(x, np.log(s) ** 2), np.zeros((1, 1)), sigmas, "dpmpp3m_released"
    )
    assert np.abs(np.diff(released[:, 0, 0])[2:]).max() > 1e-3


def test_phi_functions_where_series_and_formula_meet():
    h = np.array([1e-12, 1e-4, 0.4999999, 0.5000001, 5.0, 50.0, -0.3, -2.0])
    with mpmath.workdps(60):
        two = [1 - (1 - mpmath.exp(-mpmath.mpf(float(v)))) / mpmath.mpf(float(v)) for v in h]
        three = [float(1 - 2 * t / mpmath.mpf(float(v))) for t, v in zip(two, h, strict=True)]
        two = [float(t) for t in two]
    assert _phi2(h) == pytest.approx(two, rel=1e-14)
    assert _phi3(h) == pytest.approx(three, rel=1e-13)
