"""The cubic subproblem is solved to the global minimum, in the easy and in the hard case."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from explorer.saddles import cubic_minimiser
from explorer.saddles.spectral_steps import jacobi


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 9),
    st.integers(0, 2**31),
    st.floats(-3, 3),
    st.floats(-120, 3),
    st.floats(-4, 4),
    st.booleans(),
)
def test_conditions_of_a_global_minimum(d, seed, size, force, constant, hard):
    """(H + νI)s = −g and H + νI >= 0 with ν = M‖s‖/2, Nesterov and Polyak 2006, section 5."""
    rng = np.random.default_rng(seed)
    raw = rng.standard_normal((d, d)) * 10.0**size
    hessian = raw + raw.T
    gradient = rng.standard_normal(d) * 10.0**force
    values, vectors = np.linalg.eigh(hessian)
    if hard:
        gradient = gradient - vectors[:, 0] * (vectors[:, 0] @ gradient)
    m = 10.0**constant
    step = cubic_minimiser(gradient, hessian, m)
    nu = 0.5 * m * np.linalg.norm(step)
    scale = np.abs(values).max() * np.linalg.norm(step) + np.linalg.norm(gradient)
    assert np.linalg.norm(hessian @ step + nu * step + gradient) <= 1e-10 * scale
    assert values[0] + nu >= -1e-10 * np.abs(values).max()


def test_no_local_search_finds_a_lower_place():
    rng = np.random.default_rng(1)
    for _ in range(10):
        raw = rng.standard_normal((3, 3))
        h, g = raw + raw.T, rng.standard_normal(3)

        def model(s, h=h, g=g):
            return g @ s + 0.5 * s @ h @ s + 2.0 / 6.0 * np.linalg.norm(s) ** 3

        ours = model(cubic_minimiser(g, h, 2.0))
        theirs = min(minimize(model, s, method="BFGS").fun for s in 2 * rng.standard_normal((10, 3)))
        assert ours <= theirs + 1e-9


def test_it_leaves_a_saddle_without_a_gradient():
    step = cubic_minimiser(np.zeros(2), np.diag([-0.5, 1.0]), 2.0)
    np.testing.assert_allclose(np.abs(step), [2 * 0.5 / 2.0, 0.0])  # length 2|h|/M
    assert cubic_minimiser(np.zeros(2), np.eye(2), 2.0).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("force", [0.0, 1e-200, 1e-130, 1e-30])
def test_the_smallest_push_decides_the_side_or_none_does(force):
    step = cubic_minimiser(np.array([-force, 0.0]), np.diag([-0.5, 1.0]), 2.0)
    np.testing.assert_allclose(step, [0.5, 0.0], atol=1e-12)


def test_the_constant_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        cubic_minimiser(np.zeros(2), np.eye(2), 0.0)


@pytest.mark.parametrize("d", [1, 2, 3, 8])
def test_jacobi_is_an_eigendecomposition(d):
    rng = np.random.default_rng(d)
    for scale in (1e-8, 1.0, 1e8):
        raw = scale * rng.standard_normal((d, d))
        matrix = raw + raw.T
        values, vectors = np.empty(d), np.empty((d, d))
        jacobi(matrix.copy(), values, vectors)
        np.testing.assert_allclose(vectors.T @ vectors, np.eye(d), atol=1e-14)
        np.testing.assert_allclose(vectors * values @ vectors.T, matrix, atol=1e-14 * scale * d)
        np.testing.assert_allclose(np.sort(values), np.linalg.eigvalsh(matrix), atol=1e-13 * scale * d)
