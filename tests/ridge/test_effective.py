"""The effective penalty against its equation in 50 digits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.ridge import effective, effective_penalty

mpmath = pytest.importorskip("mpmath")
PLACE = np.arange(1.0, 25.0)
SPECTRA = {
    "isotropic": np.ones(24),
    "steep": PLACE**-8,
    "exponential": 10.0**-PLACE,
    "gap": np.r_[np.ones(12), np.full(12, 1e-12)],
    "zeros": np.r_[np.zeros(12), np.full(12, 3.0)],
    "random": np.exp(8 * np.random.default_rng(0).standard_normal(24)),
}


def relative_error(spectrum: np.ndarray, n: int, alpha: float, mu: float) -> float:
    """One Newton step of the plain equation in 50 digits: the relative distance of mu to the root."""
    with mpmath.workdps(50):
        m, levels = mpmath.mpf(mu), [mpmath.mpf(v) for v in spectrum.tolist()]
        value = sum(v / (v + m) for v in levels) + mpmath.mpf(alpha) / m - n
        slope = -sum(v / (v + m) ** 2 for v in levels) - mpmath.mpf(alpha) / m**2
        return abs(float(value / slope / m))


@pytest.mark.parametrize("kind", SPECTRA)
@pytest.mark.parametrize("n", [1, 11, 12, 13, 23, 24, 25, 500])
def test_relative_error_is_round_off_for_every_penalty(kind: str, n: int) -> None:
    spectrum = SPECTRA[kind]
    alphas = np.r_[0.0, np.logspace(-15, 15, 11)]
    mus = effective_penalty(spectrum, n, alphas)
    rank = np.count_nonzero(spectrum)
    assert (mus[0] == 0.0) == (n >= rank)
    for alpha, mu in zip(alphas, mus, strict=True):
        assert mu == 0.0 or relative_error(spectrum, n, alpha, mu) < 1e-14
    assert (np.diff(mus) >= 0).all()


@pytest.mark.parametrize("n", [30, 50, 51, 70])
def test_isotropic_root_is_that_of_a_quadratic(n: int) -> None:
    alphas = np.logspace(-3, 3, 13)
    half = 0.5 * (n - 50 - alphas) / n  # n μ² + (n - p - α) μ - α = 0
    root = np.sqrt(half**2 + alphas / n)
    expected = np.where(half > 0, alphas / n / (root + half), root - half)
    np.testing.assert_allclose(effective_penalty(np.ones(50), n, alphas), expected, rtol=1e-13)


def test_slope_stays_between_a_half_and_two() -> None:
    for spectrum in SPECTRA.values():
        for n in (1, 12, 24, 60):
            split = effective.levels(spectrum, n)
            mu = np.logspace(-30, 10, 81)
            for alpha in (0.0 if n < 12 else 1e-30, 1e-6, 1.0):
                slope = effective._gap(split, split.value, np.full(81, alpha), mu)[1]
                assert (slope >= 0.5 - 1e-12).all()
                assert (slope <= 2 + 1e-12).all()


@pytest.mark.parametrize("wrong", [1 / 5, 1 / 1.99, 1.5])
def test_bisection_takes_over_where_newton_fails(wrong: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a slope that is too small, steps overshoot: out of the bracket, or to and fro within it."""
    honest = effective._gap
    spectrum, alphas = SPECTRA["steep"], np.logspace(-9, 3, 7)
    expected = effective_penalty(spectrum, 12, alphas)

    def misled(*arguments) -> tuple[np.ndarray, np.ndarray]:
        gap, slope = honest(*arguments)
        return gap, slope * wrong

    monkeypatch.setattr(effective, "_gap", misled)
    np.testing.assert_allclose(effective_penalty(spectrum, 12, alphas), expected, rtol=1e-6)


def test_extreme_values_stay_finite() -> None:
    for spectrum in ([1e100, 1e-300], [0.0, 0.0], [5e-324, 1.0], [1e-250] * 3):
        for n in (1, 2, 3, 4):
            mu = effective_penalty(spectrum, n, [0.0, 5e-324, 1e-310, 1e-200, 1.0, 1e100])
            assert np.isfinite(mu).all()
            assert (np.diff(mu) >= 0).all()


@given(
    arrays(np.float64, st.integers(1, 12), elements=st.floats(1e-6, 1e6)),
    st.integers(1, 20),
    st.floats(1e-9, 1e9),
    st.floats(1e-3, 1e3),
)
@settings(max_examples=100, deadline=None)
def test_units_and_order_do_not_matter(spectrum, n: int, alpha: float, unit: float) -> None:
    mu = effective_penalty(spectrum, n, [alpha])
    np.testing.assert_allclose(
        effective_penalty(unit * spectrum[::-1], n, [unit * alpha]), unit * mu, rtol=1e-12
    )
    assert relative_error(spectrum, n, alpha, mu[0]) < 1e-13
    share = spectrum / (spectrum + mu)
    assert mu[0] * (n - share.sum()) == pytest.approx(alpha, rel=1e-6, abs=1e-12 * n * mu[0])
