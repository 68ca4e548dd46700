"""Zeroth-order estimates: zero at a symmetric saddle, unbiased, and scattering as their formulas say."""

import numpy as np
import pytest

from explorer.saddles import (
    SURFACES,
    descend,
    estimate_gradient,
    plateau,
    random_quadratic,
    relative_variance,
    surface_from_formula,
)
from explorer.saddles.spectral_surface import SpectralSurface

KINDS = ("sphere", "gaussian", "coordinate")


@pytest.mark.parametrize("kind", KINDS)
def test_at_a_symmetric_saddle_the_estimate_is_exactly_zero(kind):
    for surface in (SURFACES["four_wells"], SURFACES["camel"], plateau(9), SURFACES["deep_chain"]):
        found = estimate_gradient(surface, np.zeros(surface.dimension), kind, samples=50, rng=1)
        assert (found == 0.0).all()


@pytest.mark.parametrize(
    ("kind", "d", "m", "expected"),
    [
        ("sphere", 20, 1, 19.0),
        ("gaussian", 20, 1, 21.0),
        ("sphere", 20, 5, 3.8),
        ("gaussian", 20, 5, 4.2),
        ("coordinate", 20, 5, 3.0),
        ("coordinate", 20, 20, 0.0),
        ("sphere", 2, 1, 1.0),
    ],
)
def test_relative_variance_on_a_linear_function(kind, d, m, expected):
    """A linear f is the quadratic far from its centre, where the curvature does not matter."""
    assert relative_variance(kind, d, m) == pytest.approx(expected)
    flat = SpectralSurface("nearly linear", np.full(d, 1e-12), np.zeros(d), np.eye(d), 1.0)
    x = 1e9 * np.random.default_rng(0).standard_normal(d)
    g = flat.gradient(x)
    drawn = estimate_gradient(flat, x, kind, m, smoothing=1e3, samples=20_000, rng=3)
    square = ((drawn - g) ** 2).sum(axis=1) / (g @ g)
    assert abs(square.mean() - expected) < 4 * square.std() / np.sqrt(20_000) + 1e-9
    assert (np.abs(drawn.mean(axis=0) - g) < 5 * drawn.std(axis=0) / np.sqrt(20_000) + 1e-9).all()


@pytest.mark.parametrize("mu", [1e-3, 0.1, 1.0])
def test_coordinate_differences_of_a_quadratic(mu):
    """Central ones are the gradient; forward ones are off by μH_ii/2."""
    surface = random_quadratic(12, seed=2)
    x = np.random.default_rng(1).standard_normal(12)
    g, h = surface.gradient(x), surface.hessian(x)
    central = estimate_gradient(surface, x, "coordinate", 12, mu)[0]
    np.testing.assert_allclose(central, g, atol=1e-8)
    forward = estimate_gradient(surface, x, "coordinate", 12, mu, difference="forward")[0]
    np.testing.assert_allclose(forward - g, mu * np.diag(h) / 2, atol=1e-8)


def test_the_gaussian_mean_is_the_gradient_of_the_smoothed_function():
    """E f(x + μz) of x²y² has the gradient (2x(y² + μ²), 2y(x² + μ²))."""
    surface = surface_from_formula("x^2*y^2")
    x, mu = np.array([0.7, -0.4]), 0.5
    drawn = estimate_gradient(surface, x, "gaussian", smoothing=mu, samples=200_000, rng=0)
    expected = 2 * x * (x[::-1] ** 2 + mu**2)
    assert (np.abs(drawn.mean(axis=0) - expected) < 4 * drawn.std(axis=0) / np.sqrt(200_000)).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("surface", [SURFACES["himmelblau"], plateau(7, 0.3)], ids=["program", "spectral"])
def test_a_step_of_the_method_is_a_step_along_the_estimate(kind, surface):
    """One step for each seed; mean and scatter are those of the library's estimates."""
    d = surface.dimension
    x = np.linspace(0.4, 1.3, d)
    m = 2 if kind != "coordinate" else d - 1
    steps = np.array([x - descend(surface, x, kind, 1, 1.0, rng=k, directions=m)[1] for k in range(3000)])
    drawn = estimate_gradient(surface, x, kind, m, samples=3000, rng=9999)
    error = np.sqrt(steps.var(axis=0) / 3000 + drawn.var(axis=0) / 3000)
    assert (np.abs(steps.mean(axis=0) - drawn.mean(axis=0)) < 4.5 * error + 1e-6).all()
    scatter = [((s - surface.gradient(x)) ** 2).sum(axis=1) for s in (steps, drawn)]
    spread = np.sqrt(scatter[0].var() / 3000 + scatter[1].var() / 3000)
    assert abs(scatter[0].mean() - scatter[1].mean()) < 4.5 * spread


def test_directions_are_what_they_are_called():
    flat = SpectralSurface("f", np.ones(5), np.zeros(5), np.eye(5), 1.0)
    drawn = estimate_gradient(flat, np.ones(5), "coordinate", 2, samples=500, rng=0)
    assert (np.count_nonzero(np.abs(drawn) > 1e-6, axis=1) == 2).all()  # never the same axis twice


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "cube"}, "kind"),
        ({"directions": 0}, "directions"),
        ({"kind": "coordinate", "directions": 3}, "directions"),
        ({"smoothing": 0.0}, "smoothing"),
        ({"samples": 0}, "samples"),
        ({"difference": "backward"}, "difference"),
        ({"x": [1.0, 2.0, 3.0]}, "shape"),
    ],
)
def test_bad_input_is_one_sentence(change, word):
    with pytest.raises(ValueError, match=word):
        estimate_gradient(SURFACES["camel"], **{"x": [0.0, 0.0], "kind": "sphere", **change})
