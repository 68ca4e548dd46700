"""Denoiser, score, log density and Jacobian of a mixture: identities and independent values."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy.stats import multivariate_normal

from explorer.diffusion.lanes import exp_nonpositive
from explorer.diffusion.tangent import by_products
from tests.diffusion import problems

LEVELS = [0.05, 0.4, 3.0, 80.0]
ALL = problems.ALL


@pytest.fixture(params=list(ALL))
def target(request):
    return ALL[request.param]


def _central(function, x, step):
    """Fourth-order differences of function (n, ...) along every coordinate, (n, ..., d)."""
    columns = []
    for e in np.eye(x.shape[1]) * step:
        near, far = function(x + e) - function(x - e), function(x + 2 * e) - function(x - 2 * e)
        columns.append((8.0 * near - far) / (12.0 * step))
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("sigma", LEVELS)
def test_score_is_the_gradient_of_the_log_density(target, sigma):
    x = problems.near(target, sigma)
    scale = np.sqrt(sigma**2 + float(np.min(np.einsum("kii->ki", target.covariances))))
    gradient = _central(lambda p: target.log_density(p, sigma), x, 3e-3 * scale)
    score = target.score(x, sigma)
    assert np.abs(gradient - score).max() <= 1e-8 * max(1.0, np.abs(score).max())


@pytest.mark.parametrize("sigma", LEVELS)
def test_tweedie(target, sigma):
    x = problems.near(target, sigma)
    assert (
        np.abs(x + sigma**2 * target.score(x, sigma) - target.denoise(x, sigma)).max() <= 1e-8 * sigma + 1e-12
    )


@pytest.mark.parametrize("sigma", LEVELS)
def test_jacobian_is_the_derivative_of_the_denoiser(target, sigma):
    x = problems.near(target, sigma, 20)
    jacobian = target.jacobian(x, sigma)
    step = 3e-3 * np.sqrt(sigma**2 + float(np.min(np.einsum("kii->ki", target.covariances))))
    assert np.abs(_central(lambda p: target.denoise(p, sigma), x, step) - jacobian).max() <= 1e-8
    assert np.abs(jacobian - jacobian.transpose(0, 2, 1)).max() <= 1e-12
    assert np.linalg.eigvalsh(jacobian).min() >= -1e-12
    assert np.allclose(target.divergence(x, sigma), np.trace(jacobian, axis1=1, axis2=2), atol=1e-13)
    answers, _ = target.tangents(x, sigma)
    assert np.abs(answers - target.denoise(x, sigma)).max() <= 1e-12 * sigma + 1e-13


@pytest.mark.parametrize("name", ["three", "tilted", "cloud"])
def test_compiled_tangents_equal_matrix_products(name):
    target = ALL[name]
    for sigma in LEVELS:
        x = problems.near(target, sigma, 300)
        for ours, plain in zip(target.tangents(x, sigma), by_products(x, target.law, sigma), strict=True):
            assert np.abs(ours - plain).max() <= 1e-11 * max(1.0, np.abs(plain).max())


@pytest.mark.parametrize("sigma", [0.0, 0.3, 2.0])
def test_log_density_against_scipy(sigma):
    for name in ("three", "tilted", "line", "tilted space", "many"):
        target = ALL[name]
        x, cover = problems.near(target, max(sigma, 0.1)), target.covariances + sigma**2 * np.eye(target.dim)
        parts = [
            np.log(w) + multivariate_normal(m, c).logpdf(x)
            for w, m, c in zip(target.weights, target.means, cover, strict=True)
        ]
        expected = np.logaddexp.reduce(np.array(parts).reshape(len(parts), -1), axis=0)
        assert np.abs(target.log_density(x, sigma) - expected).max() <= 1e-10 * max(
            1.0, np.abs(expected).max()
        )


def test_density_integrates_to_one():
    side = np.linspace(-16.0, 16.0, 701)
    cells = np.stack(np.meshgrid(side, side), axis=2).reshape(-1, 2)
    for name in ("three", "tilted", "cloud"):
        mass = np.exp(ALL[name].log_density(cells, 0.4)).sum() * (side[1] - side[0]) ** 2
        assert mass == pytest.approx(1.0, abs=1e-9)


def test_against_fifty_digits():
    """One point and noise level in mpmath, far in the tail, where everything hangs on the subtraction."""
    target, x, sigma = problems.three(), np.array([[7.0, -3.0]]), 0.25
    with mpmath.workdps(50):
        total, mean = mpmath.mpf(0), [mpmath.mpf(0)] * 2
        for w, m, s in zip([0.2, 0.3, 0.5], target.means, [0.3, 0.2, 0.4], strict=True):
            v = mpmath.mpf(s) ** 2 + mpmath.mpf(sigma) ** 2
            gap = [mpmath.mpf(float(x[0, j])) - mpmath.mpf(float(m[j])) for j in range(2)]
            p = mpmath.mpf(w) * mpmath.exp(-(gap[0] ** 2 + gap[1] ** 2) / (2 * v)) / (2 * mpmath.pi * v)
            total += p
            for j in range(2):
                mean[j] += p * (mpmath.mpf(float(m[j])) + mpmath.mpf(s) ** 2 / v * gap[j])
        expected = [float(c / total) for c in mean]
        log_density = float(mpmath.log(total))
    assert target.denoise(x, sigma)[0] == pytest.approx(expected, rel=1e-13)
    assert target.log_density(x, sigma)[0] == pytest.approx(log_density, rel=1e-13)


def test_exponential_over_its_whole_range():
    a = np.concatenate([-np.linspace(0.0, 700.0, 20_001), -np.logspace(-20, 0, 500)])
    ours = np.array([exp_nonpositive(v) for v in a])
    assert np.abs(ours / np.exp(a) - 1.0).max() <= 4.5e-16
    assert exp_nonpositive(0.0) == 1.0
    assert 0.0 < exp_nonpositive(-1e300) < 1e-303
