"""Random surfaces: the semicircle, the index at a height, and real sampled surfaces to compare with."""

import numpy as np
import pytest

from explorer.saddles import (
    gaussian_spectra,
    index_at_height,
    index_fraction,
    random_critical_points,
    random_quadratic,
    semicircle_density,
    surface_from_formula,
)


def test_the_share_is_the_integral_of_the_semicircle():
    x = np.linspace(-2.0, 2.0, 400_001)
    density = semicircle_density(x)
    assert np.trapezoid(density, x) == pytest.approx(1.0, abs=1e-8)
    for height in (-2.5, -2.0, -1.3, 0.0, 0.4, 1.9, 2.0, 3.0):
        below = np.where(x < height, density, 0.0)
        assert index_fraction(height) == pytest.approx(np.trapezoid(below, x), abs=1e-5)
    np.testing.assert_allclose(semicircle_density(x + 0.7, shift=0.7), density, atol=1e-7)


@pytest.mark.parametrize(("shift", "digits"), [(0.5, 0.01), (-1.0, 0.01), (0.0, 0.01)])
def test_the_share_of_a_large_shifted_matrix(shift, digits):
    spectra = gaussian_spectra(800, 2, rng=1)
    assert (spectra + shift < 0).mean() == pytest.approx(index_fraction(-shift), abs=digits)


def test_tridiagonal_spectra_are_those_of_full_matrices():
    rng = np.random.default_rng(0)
    raw = rng.standard_normal((4000, 6, 6))
    full = np.linalg.eigvalsh((raw + raw.transpose(0, 2, 1)) / np.sqrt(12.0))
    ours = gaussian_spectra(6, 4000, rng=1)
    for power in (1, 2, 4):
        a, b = full**power, ours**power
        error = np.sqrt(a.var(axis=0) / 4000 + b.var(axis=0) / 4000)
        assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) < 4.5 * error).all()
    quadratics = np.array([random_quadratic(6, seed=k).curvature for k in range(400)])
    error = np.sqrt(quadratics.var(axis=0) / 400 + ours.var(axis=0) / 4000)
    assert (np.abs(quadratics.mean(axis=0) - ours.mean(axis=0)) < 4.5 * error).all()


def test_a_matrix_of_two_is_positive_with_its_known_probability():
    """½(1 − 1/√2) for a 2 × 2 Gaussian symmetric matrix."""
    share = (gaussian_spectra(2, 20_000, rng=2)[:, 0] > 0).mean()
    assert share == pytest.approx(0.5 * (1 - np.sqrt(0.5)), abs=0.008)


def test_the_index_at_a_height_tends_to_the_law():
    heights = np.array([-1.5, -0.7, 0.0, 0.7, 1.5])
    for dimension, allowed in ((50, 0.006), (150, 0.003)):
        mean, error = index_at_height(heights, dimension, 400, rng=3)
        assert (np.abs(mean - index_fraction(heights)) < allowed + 4 * error).all()
        assert error.max() < 0.01


def test_in_fifty_dimensions_high_critical_points_are_saddles():
    drawn = random_critical_points(50, 2000, rng=1)
    assert ((drawn.index > 0) & (drawn.index < 50)).all()
    assert drawn.weight.sum() == pytest.approx(1.0)
    assert drawn.effective > 50
    slope = np.cov(drawn.height, drawn.index / 50, aweights=drawn.weight)
    assert slope[0, 1] / slope[0, 0] == pytest.approx(1 / np.pi, rel=0.05)  # α'(0) = 1/π


@pytest.mark.parametrize("dimension", [1, 2, 4])
def test_signs_balance_and_heights_are_symmetric(dimension):
    """The mean of Σ(−1)^index over all critical points per volume is 0, and φ and −φ are alike."""
    drawn = random_critical_points(dimension, 30_000, rng=4)
    even = np.array([drawn.weight[drawn.index == k].sum() for k in range(dimension + 1)])
    noise = 4 / np.sqrt(drawn.effective)
    assert abs(even @ (-1.0) ** np.arange(dimension + 1)) < noise
    np.testing.assert_allclose(even, even[::-1], atol=noise)
    assert abs(drawn.weight @ drawn.height) < noise


def _field(rng, waves=45):
    """A sampled surface with covariance 2 exp(−‖x − y‖²/4): Σ a cos(k·x + b), k ~ N(0, I/2)."""
    k = rng.standard_normal((waves, 2)) / np.sqrt(2.0)
    phase = 2 * np.pi * rng.random(waves)
    terms = (f"cos({p:.5f}*x+({q:.5f})*y+{b:.5f})" for (p, q), b in zip(k, phase, strict=True))
    return surface_from_formula(f"{np.sqrt(4 / waves):.8f}*(" + "+".join(terms) + ")", ((-6, 6), (-6, 6)))


def test_sampled_surfaces_have_the_critical_points_of_the_formula():
    """N = 2: counts and heights of the critical points on 12 sampled surfaces against the weighted sample."""
    rng = np.random.default_rng(11)
    heights, index = [], []
    for _ in range(12):
        found = _field(rng).critical_points()
        assert found.unaccounted == 0
        heights.append(found.values / 2)
        index.append(found.index)
    counts = np.array([len(k) for k in index])
    heights, index = np.concatenate(heights), np.concatenate(index)
    drawn = random_critical_points(2, 50_000, rng=0)
    for k in range(3):
        chosen = index == k
        expected = drawn.weight[drawn.index == k].sum()
        assert chosen.mean() == pytest.approx(expected, abs=4 * np.sqrt(0.25 / len(index)))
        weight = drawn.weight * (drawn.index == k)
        height = weight @ drawn.height / weight.sum()
        assert heights[chosen].mean() == pytest.approx(
            height, abs=5 * heights[chosen].std() / np.sqrt(chosen.sum())
        )
    # Kac–Rice: density (2π·Var ∂φ)^(-N/2) E|det H| with Var ∂φ = 1, H = √2-scaled conditional matrix
    spectra = gaussian_spectra(2, 50_000, rng=5) - np.random.default_rng(6).standard_normal(
        (50_000, 1)
    ) / np.sqrt(2)
    density = np.abs(spectra.prod(axis=1)).mean() / (2 * np.pi)
    assert counts.mean() == pytest.approx(144 * density, abs=4 * counts.std() / np.sqrt(12))


def test_bad_numbers_are_one_sentence():
    with pytest.raises(ValueError, match="at least 1"):
        gaussian_spectra(0, 3)
    with pytest.raises(ValueError, match="at least 1"):
        random_critical_points(3, 0)
