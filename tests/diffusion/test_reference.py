"""The certified flow: exact on a Gaussian, equal to SciPy, and its stated error is honest."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import DOP853, solve_ivp

from explorer.diffusion import Mixture, certified, karras, log_uniform, reference
from tests.diffusion import problems


def test_coefficients_have_order_eight():
    """Quadrature conditions, row sums, and two of the tree conditions of Butcher's theory."""
    a, b, c = DOP853.A[:12, :12], DOP853.B, DOP853.C[:12]
    for k in range(8):
        assert b @ c**k == pytest.approx(1.0 / (k + 1), abs=1e-14)
    assert np.abs(a.sum(axis=1) - c).max() <= 1e-14
    assert b @ a @ c**3 == pytest.approx(1.0 / 20.0, abs=1e-14)
    assert b @ (c * (a @ a @ c)) == pytest.approx(1.0 / 30.0, abs=1e-14)


@pytest.mark.parametrize("last", [0.02, 1e-6, 0.0])
def test_exact_on_a_gaussian_at_every_level(last):
    target, x, sigmas = (
        problems.gaussian(0.5, 3),
        problems.starts(40, 80.0, 3),
        np.array([80.0, 5.0, 0.3, last]),
    )
    found = reference(target.denoise, x, sigmas)
    exact = x * np.sqrt((0.25 + sigmas**2) / (0.25 + 6400.0))[:, None, None]
    assert np.abs(found.path - exact).max() <= 1e-11 * 80.0
    assert found.error.max() <= 1e-9
    assert np.array_equal(found.ends, found.path[-1])


@pytest.mark.parametrize("name", ["three", "tilted", "cloud"])
def test_agrees_with_scipy(name):
    target, x = getattr(problems, name)(), problems.starts(40)
    found = reference(target.denoise, x, [10.0, 0.02], 1e-12)
    slope = lambda t, y: (y.reshape(-1, 2) - target.denoise(y.reshape(-1, 2), np.exp(t))).ravel()  # noqa: E731
    scipy = solve_ivp(slope, np.log([10.0, 0.02]), x.ravel(), method="DOP853", rtol=1e-12, atol=1e-12)
    assert np.abs(found.ends - scipy.y[:, -1].reshape(-1, 2)).max() <= 1e-8
    assert np.median(np.abs(found.ends - scipy.y[:, -1].reshape(-1, 2))) <= 1e-10


def test_stated_error_bounds_the_true_one():
    target, x = problems.three(), problems.starts(500)
    truth = reference(target.denoise, x, [10.0, 0.02], 1e-13)
    for tolerance in (1e-3, 1e-6, 1e-9):
        rough = reference(target.denoise, x, [10.0, 0.02], tolerance)
        assert (rough.error <= tolerance * (1.0 + np.linalg.norm(rough.ends, axis=1))).all()
        assert (np.linalg.norm(rough.ends - truth.ends, axis=1) <= rough.error + 1e-12).all()


def test_many_levels_do_not_hide_the_error():
    """With more levels than first steps every halving must still halve: the error of a sharp target is seen."""
    target = Mixture([1.0, 1.0], [[-1.0, 0.0], [1.0, 0.0]], 0.05)
    x, sigmas = problems.starts(100), log_uniform(150, 0.02, 10.0)
    found, truth = reference(target.denoise, x, sigmas, 1e-6), reference(target.denoise, x, sigmas, 1e-13)
    assert found.error.max() > 0.0
    assert (found.steps >= 300).all()
    assert (np.linalg.norm(found.ends - truth.ends, axis=1) <= found.error + 1e-12).all()


def test_points_near_a_separatrix_take_more_steps():
    """Two sharp modes: a start almost on the line between them turns off late and fast."""
    target = Mixture([1.0, 1.0], [[-1.0, 0.0], [1.0, 0.0]], 0.05)
    x = np.array([[5.0, 1.0], [1e-6, 1.0]])
    found = reference(target.denoise, x, [10.0, 0.02])
    assert found.steps[1] > found.steps[0]
    assert found.error.max() <= 1e-9
    assert np.abs(found.ends[0] - [1.0, 0.0]).max() < 0.3
    mirrored = reference(target.denoise, x * [-1.0, 1.0], [10.0, 0.02])
    assert np.abs(mirrored.ends * [-1.0, 1.0] - found.ends).max() <= 1e-8


def test_many_levels_and_two_levels_agree_and_any_denoiser_serves():
    target, x = problems.three(), problems.starts(60)
    fine = reference(target.denoise, x, karras(30, 0.02, 10.0))
    coarse = reference(target.denoise, x, [10.0, 0.02])
    stranger = reference(lambda y, s: target.denoise(y, s), x, [10.0, 0.02])
    assert np.abs(fine.ends - coarse.ends).max() <= 1e-9
    assert np.abs(stranger.ends - coarse.ends).max() <= 1e-9
    back = reference(target.denoise, coarse.ends, [0.02, 10.0])
    assert np.abs(back.ends - x).max() <= 1e-6


def test_an_unsettled_particle_says_so(monkeypatch):
    """A denoiser with jumps has no smooth flow: the error that is left is stated, not hidden."""
    monkeypatch.setattr(certified, "MOST_STEPS", 512)
    found = reference(
        lambda x, s: np.where(np.sin(40.0 * s) > 0.0, 1.0, -1.0) * np.ones_like(x),
        np.ones((2, 1)),
        [10.0, 1.0],
    )
    assert found.error.max() > 1e-8
    assert found.steps.max() == 512


@pytest.mark.parametrize(("tolerance", "sigmas"), [(0.0, [1.0, 0.1]), (2.0, [1.0, 0.1]), (1e-6, [1.0])])
def test_hostile_input_gets_a_sentence(tolerance, sigmas):
    with pytest.raises(ValueError, match=r"\.$"):
        reference(problems.three().denoise, np.zeros((1, 2)), sigmas, tolerance)
