"""The deterministic equivalent against closed forms, against itself at its edges, and against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ridge import aligned_signal, make_spectrum, mean_and_error, predict_risk, simulate

FIELDS = ("test", "bias2", "variance", "train", "df1", "df2", "mu")


@pytest.mark.parametrize(("n", "p"), [(400, 100), (400, 300), (300, 400), (100, 1000)])
def test_isotropic_ridgeless_limits(n: int, p: int) -> None:
    """Hastie, Montanari, Rosset and Tibshirani 2022, isotropic features, gamma = p / n."""
    gamma, energy, noise = p / n, 2.5, 0.7
    signal = np.random.default_rng(0).standard_normal(p)
    signal *= np.sqrt(energy) / np.linalg.norm(signal)
    curve = predict_risk(np.ones(p), signal, n, [0.0], noise)
    bias2 = 0.0 if gamma < 1 else energy * (1 - 1 / gamma)
    variance = noise * gamma / (1 - gamma) if gamma < 1 else noise / (gamma - 1)
    np.testing.assert_allclose(curve.bias2, bias2, rtol=1e-12)
    np.testing.assert_allclose(curve.variance, variance, rtol=1e-12)
    np.testing.assert_allclose(curve.test, bias2 + variance + noise, rtol=1e-12)
    np.testing.assert_allclose(curve.train, noise * (1 - gamma) if gamma < 1 else 0.0, rtol=1e-12)
    np.testing.assert_allclose(curve.df1, min(n, p), rtol=1e-12)


@pytest.mark.parametrize("gamma", [0.25, 1.0, 3.0])
def test_isotropic_ridge_is_the_marchenko_pastur_formula(gamma: float) -> None:
    """bias² = r² λ² m'(-λ), variance = σ² γ (m(-λ) - λ m'(-λ)), m the Marchenko-Pastur transform."""
    mpmath = pytest.importorskip("mpmath")
    n, noise, energy = 400, 0.7, 2.5
    p = round(gamma * n)
    signal = np.full(p, np.sqrt(energy / p))
    lams = np.array([1e-3, 0.1, 1.0, 30.0])
    curve = predict_risk(np.ones(p), signal, n, n * lams, noise)
    with mpmath.workdps(40):

        def transform(lam):
            b = 1 - gamma + lam
            return (-b + mpmath.sqrt(b**2 + 4 * gamma * lam)) / (2 * gamma * lam)

        for i, lam in enumerate(lams.tolist()):
            m, slope = transform(mpmath.mpf(lam)), -mpmath.diff(transform, mpmath.mpf(lam))
            np.testing.assert_allclose(curve.bias2[i], float(energy * lam**2 * slope), rtol=1e-12)
            np.testing.assert_allclose(
                curve.variance[i], float(noise * gamma * (m - lam * slope)), rtol=1e-12
            )


@pytest.mark.parametrize("n", [10, 39, 40, 41, 60, 61, 200])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_penalty_zero_is_the_limit(n: int, noise: float) -> None:
    spectrum = np.r_[np.arange(1.0, 41.0) ** -1.5, np.zeros(20)]  # rank 40 of 60
    signal = np.linspace(-1, 2, 60)
    zero, small = (predict_risk(spectrum, signal, n, [a], noise) for a in (0.0, 1e-14))
    for name in FIELDS:
        at, near = getattr(zero, name)[0], getattr(small, name)[0]
        if n == 40 and noise and name in ("test", "variance"):
            assert at == np.inf
            assert near > 1e4
        else:
            np.testing.assert_allclose(at, near, rtol=1e-5, atol=1e-5, err_msg=name)
    if n < 40:
        assert zero.train[0] == 0.0
    if n > 40:
        assert zero.bias2[0] == 0.0
        np.testing.assert_allclose(zero.test, noise / (1 - 40 / n), rtol=1e-12)
        np.testing.assert_allclose(zero.train, noise * (1 - 40 / n), rtol=1e-12)


def test_parts_add_up_and_gcv_is_the_test_error() -> None:
    spectrum = make_spectrum("power", 80, decay=1.2)
    signal = aligned_signal(spectrum, -0.5)
    curve = predict_risk(spectrum, signal, 50, np.logspace(-3, 4, 30), 0.3)
    np.testing.assert_allclose(curve.test, curve.bias2 + curve.variance + 0.3, rtol=1e-14)
    np.testing.assert_allclose(curve.gcv, curve.train / (1 - curve.df1 / 50) ** 2, rtol=1e-10)
    np.testing.assert_allclose(curve.train, (curve.penalties / (50 * curve.mu)) ** 2 * curve.test, rtol=1e-12)
    mu = curve.mu[:, None]
    numerator = np.sum(mu**2 * spectrum * signal**2 / (spectrum + mu) ** 2, axis=1) + 0.3
    np.testing.assert_allclose(curve.test, numerator / (1 - curve.df2 / 50), rtol=1e-10)
    assert (np.diff(curve.variance) < 0).all()
    assert (curve.train < curve.test).all()


def test_infinite_penalty_fits_nothing() -> None:
    spectrum, signal = np.array([3.0, 1.0, 0.5]), np.array([1.0, -2.0, 0.3])
    curve = predict_risk(spectrum, signal, 7, [1e15], 0.4)
    null = 0.4 + spectrum @ signal**2
    np.testing.assert_allclose([curve.test[0], curve.train[0]], null, rtol=1e-12)


@pytest.mark.parametrize(("decay", "tolerance"), [(1.5, 0.04), (2.0, 0.02), (3.0, 0.02)])
def test_cost_of_overfitting_noise_tends_to_the_exponent(decay: float, tolerance: float) -> None:
    """For eigenvalues i^-a the ridgeless error of pure noise is a times its variance, for many rows."""
    spectrum = np.arange(1.0, 200_001.0) ** -decay
    curve = predict_risk(spectrum, np.zeros(200_000), 1000, [0.0], 1.0)
    assert curve.test[0] == pytest.approx(decay, abs=tolerance)


def test_best_penalty_for_white_signal_is_noise_over_signal() -> None:
    """With Σ = I and β of energy r² the optimum is the Bayes penalty p σ² / r², whatever n is."""
    grid = np.exp(np.linspace(-0.5, 0.5, 41)) * (60 * 0.8 / 2.0)
    for n in (30, 60, 90):
        curve = predict_risk(np.ones(60), np.full(60, np.sqrt(2.0 / 60)), n, grid, 0.8)
        assert curve.test.argmin() == 20


@pytest.mark.parametrize(
    ("p", "kind", "alignment"),
    [(60, "power", 0.5), (180, "spiked", -0.3), (180, "isotropic", 0), (60, "blocks", 1)],
)
def test_theory_agrees_with_simulation(p: int, kind: str, alignment: float) -> None:
    n, noise, penalties = 120, 0.5, np.array([0.0, 1.0, 30.0, 300.0, 1e4])
    spectrum = make_spectrum(kind, p)
    signal = aligned_signal(spectrum, alignment)
    theory = predict_risk(spectrum, signal, n, penalties, noise)
    drawn = simulate(spectrum, signal, n, penalties, noise, repeats=40, seed=1)
    for name in ("test", "train", "gcv"):
        (mean, error), exact = mean_and_error(getattr(drawn, name)), getattr(theory, name)
        if name == "train" and p > n:  # interpolated at a zero penalty
            assert mean[0] < 1e-20
            assert exact[0] == 0.0
            mean, error, exact = mean[1:], error[1:], exact[1:]
        assert np.abs((mean - exact) / error).max() < 4.0, name


@pytest.mark.parametrize("n", [24, 96])
def test_degrees_of_freedom_err_by_a_constant_not_by_a_share(n: int) -> None:
    """A trace varies so little from draw to draw that the O(1) by which the equivalent errs is seen."""
    spectrum, penalties = np.ones(n // 2), [0.05 * n, 0.5 * n]
    drawn = simulate(spectrum, np.zeros(n // 2), n, penalties, 1.0, repeats=4800 // n, seed=2)
    mean, error = mean_and_error(drawn.df)
    assert (error < 0.05).all()
    np.testing.assert_allclose(
        mean, predict_risk(spectrum, np.zeros(n // 2), n, penalties, 1.0).df1, atol=0.2
    )
