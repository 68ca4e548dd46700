"""Every method against a plain NumPy loop, and against what must be true of it."""

import numpy as np
import pytest

from explorer.saddles import (
    METHODS,
    SURFACES,
    cubic_minimiser,
    curvature_scale,
    deep_chain,
    descend,
    plateau,
    random_quadratic,
    suggest_step,
    surface_from_formula,
)
from explorer.saddles.spectral_surface import SpectralSurface, random_frame

SECOND = ("newton", "damped_newton", "saddle_free", "cubic")
PLACES = {
    "himmelblau": (SURFACES["himmelblau"], np.array([0.3, -0.8]), 0.004),
    "muller_brown": (SURFACES["muller_brown"], np.array([-0.5, 0.9]), 2e-4),
    "chain4": (deep_chain(4, -1.0), np.array([0.9, 1.1, 0.5, -0.2]), 0.05),
    "plateau6": (plateau(6, 0.2, 2), np.linspace(-1.0, 0.8, 6), 0.3),
}


def _spectral(surface, x, act):
    values, vectors = np.linalg.eigh(surface.hessian(x))
    return -vectors @ ((vectors.T @ surface.gradient(x)) / act(values))


def _draws(method, surface, steps, seed):
    """Noise and directions as documented: noise first, then directions, along the kernel's axes."""
    rng = np.random.default_rng(seed)
    turn = surface.kernel[5] if surface.kernel[5].size else np.eye(surface.dimension)
    if method == "noisy":
        return rng.standard_normal((steps, surface.dimension)) @ turn.T
    u = rng.standard_normal((steps, 1, surface.dimension))
    if method == "sphere":
        u /= np.linalg.norm(u, axis=-1, keepdims=True)
    return u @ turn.T


def _reference(surface, x, method, steps, eta, seed=5):
    """The methods as their formulas read, one line each."""
    f, g, d = surface.value, surface.gradient, surface.dimension
    v, w, path = np.zeros(d), np.zeros(d), [x]
    m = curvature_scale(surface) / surface.size
    extra = _draws(method, surface, steps, seed) if METHODS[method].random else None
    for t in range(steps):
        if method == "gradient":
            x = x - eta * g(x)
        elif method == "noisy":
            x = x - eta * (g(x) + 0.003 * curvature_scale(surface) * surface.size * extra[t])
        elif method == "heavy_ball":
            v = 0.9 * v - eta * g(x)
            x = x + v
        elif method == "nesterov":
            v = 0.9 * v - eta * g(x + 0.9 * v)
            x = x + v
        elif method == "adam":
            v, w = 0.9 * v + 0.1 * g(x), 0.999 * w + 0.001 * g(x) ** 2
            x = x - eta * (v / (1 - 0.9 ** (t + 1))) / (np.sqrt(w / (1 - 0.999 ** (t + 1))) + 1e-8)
        elif method == "newton":
            x = x - eta * np.linalg.solve(surface.hessian(x), g(x))
        elif method == "damped_newton":
            floor = 0.1 * curvature_scale(surface)
            x = x + eta * _spectral(surface, x, lambda h, up=floor: h + up + max(0.0, -h.min()))
        elif method == "saddle_free":
            x = x + eta * _spectral(surface, x, np.abs)
        elif method == "cubic":
            s, h = cubic_minimiser(g(x), surface.hessian(x), m), surface.hessian(x)
            promised = -(g(x) @ s + s @ h @ s / 2 + m / 6 * np.linalg.norm(s) ** 3)
            gained = f(x) - f(x + s)
            x = x + s if gained >= 0.1 * promised else x
            m = m / 2 if gained >= 0.9 * promised else 2 * m if gained < 0.1 * promised else m
        else:
            u = np.eye(d) if method == "coordinate" else extra[t]
            change = (f(x + 1e-4 * u) - f(x - 1e-4 * u)) / 2e-4
            x = x - eta * {"sphere": d, "gaussian": 1, "coordinate": 1}[method] * change @ u
        path.append(x)
    return np.array(path)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_its_formula(method, place):
    surface, start, eta = PLACES[place]
    eta = 1.0 if method in SECOND else 0.02 if method == "adam" else eta
    ours = descend(surface, start, method, 12, eta, rng=5)
    theirs = _reference(surface, start, method, 12, eta)
    tolerance = 1e-7 if METHODS[method].order == 0 else 1e-9  # differences of values lose digits
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dimension", [2, 7, 40])
def test_newton_lands_on_the_critical_point_of_a_quadratic_in_one_step(dimension):
    surface = random_quadratic(dimension, seed=dimension)
    start = np.random.default_rng(0).standard_normal(dimension)
    assert np.abs(descend(surface, start, "newton", 1, 1.0)[1]).max() < 1e-12
    saddle_free = descend(surface, start, "saddle_free", 5, 1.0)
    z = saddle_free @ surface.basis
    down = surface.curvature < 0
    np.testing.assert_allclose(z[5, down], 32 * z[0, down], rtol=1e-9)
    assert np.abs(z[1:, ~down]).max() < 1e-12


def test_newton_walks_into_the_saddle_and_saddle_free_newton_out_of_it():
    surface = SURFACES["himmelblau"]
    found = surface.critical_points()
    saddle = found.points[found.index == 1][0]
    start = saddle + np.array([0.03, -0.02])
    assert np.linalg.norm(descend(surface, start, "newton", 20)[-1] - saddle) < 1e-9
    end = descend(surface, start, "saddle_free", 40)[-1]
    assert np.linalg.norm(found.points[found.index == 0] - end, axis=1).min() < 1e-9


ROTATABLE = [name for name in METHODS if name not in ("adam", "coordinate")]


@pytest.mark.parametrize("method", ROTATABLE)
def test_rotated_axes_rotate_the_path(method):
    """Every method but the two that work axis by axis; on quartic saddles, so that Hessians change."""
    turn = random_frame(5, np.random.default_rng(2))
    h, q = np.array([-0.5, -0.1, 0.4, 0.8, 1.0]), np.array([0.1, 0.2, 0.3, 0.0, 0.1])
    straight = SpectralSurface("s", h, q, np.eye(5), 2.0)
    turned = SpectralSurface("t", h, q, turn, 2.0)
    start = np.array([0.2, -0.1, 0.5, 0.3, -0.4])
    one = descend(straight, start, method, 30, 0.3, rng=1)
    two = descend(turned, turn @ start, method, 30, 0.3, rng=1)
    np.testing.assert_allclose(two, one @ turn.T, atol=1e-8)


@pytest.mark.parametrize("method", ["adam", "coordinate"])
def test_swapped_axes_swap_the_path_of_every_method(method):
    order = np.array([3, 0, 4, 1, 2])
    swap = np.eye(5)[order]
    h = np.array([-0.5, -0.1, 0.4, 0.8, 1.0])
    frame = random_frame(5, np.random.default_rng(6))
    start = np.array([0.2, -0.1, 0.5, 0.3, -0.4])
    one = descend(SpectralSurface("s", h, 0 * h, frame, 2.0), start, method, 30, 0.05)
    two = descend(SpectralSurface("t", h, 0 * h, swap @ frame, 2.0), swap @ start, method, 30, 0.05)
    np.testing.assert_allclose(two, one[:, order], atol=1e-9)


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].order > 0 and name != "noisy"])
def test_swapping_x_and_y_of_a_formula_swaps_the_path(method):
    one = surface_from_formula("(x^4 + y^2)/4 - x^2/2 + 0.3*x*y^2 + 0.1*x")
    two = surface_from_formula("(y^4 + x^2)/4 - y^2/2 + 0.3*y*x^2 + 0.1*y")
    paths = [descend(s, p, method, 25, 0.1) for s, p in ((one, [0.4, -0.3]), (two, [-0.3, 0.4]))]
    np.testing.assert_allclose(paths[0], paths[1][:, ::-1], atol=1e-9)


@pytest.mark.parametrize(
    ("method", "limit"), [("gradient", 2.0), ("heavy_ball", 3.8), ("nesterov", 3.8 / 2.8)]
)
def test_a_step_above_the_limit_diverges_and_below_it_does_not(method, limit):
    """η < 2/L, 2(1 + β)/L and 2(1 + β)/((1 + 2β)L) for a quadratic with curvatures up to L = 4."""
    bowl = SpectralSurface("bowl", [0.5, 4.0], [0.0, 0.0], np.eye(2), 1.0)
    below = descend(bowl, [1.0, 1.0], method, 2000, 0.99 * limit / 4.0)
    above = descend(bowl, [1.0, 1.0], method, 2000, 1.01 * limit / 4.0)
    assert np.abs(below[-1]).max() < 1e-3
    assert np.isnan(above[-1]).all()


def test_a_run_that_left_is_nan_from_then_on_and_nothing_is_warned_of(recwarn):
    for name, start in (
        ("monkey", [1.0, 0.5]),
        ("rosenbrock", [-1.9, 2.9]),
        ("random_quadratic", np.ones(50)),
    ):
        surface = SURFACES[name]
        for method in METHODS:
            path = descend(surface, start, method, 300, 0.5 if METHODS[method].order < 2 else 1.0)
            gone = np.isnan(path).any(axis=1)
            assert np.array_equal(path[0], start)
            assert (np.diff(gone.astype(int)) >= 0).all()
            assert np.isnan(path[gone]).all()
            assert np.isfinite(path[~gone]).all()
    assert not recwarn.list


def test_a_run_whose_value_overflowed_has_left():
    """Far out on Müller–Brown the exponential is infinite; no method may stand still there."""
    surface = SURFACES["muller_brown"]
    for method in METHODS:
        assert np.isnan(descend(surface, [-55.0, -36.0], method, 2)[-1]).all()


def test_the_start_is_left_as_it_was():
    start = np.array([0.3, 0.2])
    descend(SURFACES["monkey"], start, "gradient", 500, 1.0)
    descend(SURFACES["monkey"], start[None], "gradient", 500, 1.0)
    assert start.tolist() == [0.3, 0.2]


@pytest.mark.parametrize("method", METHODS)
def test_many_starts_are_many_runs(method):
    surface = SURFACES["camel"]
    starts = np.random.default_rng(2).uniform(-1, 1, (300, 2))
    together = descend(surface, starts, method, 15, rng=3)
    assert together.shape == (16, 300, 2)
    for k in (0, 17, 299):
        alone = descend(surface, starts[k], method, 15, rng=3)
        np.testing.assert_allclose(together[:, k], alone, atol=1e-8)


def test_seeds_couple_runs():
    surface, start = SURFACES["four_wells"], [0.5, 0.1]
    noisy = [descend(surface, start, "noisy", 20, 0.1, rng=4, noise=s) for s in (0.2, 0.2, 0.1)]
    assert np.array_equal(noisy[0], noisy[1])
    still = descend(surface, start, "gradient", 20, 0.1)
    one_step = noisy[0][1] - still[1], noisy[2][1] - still[1]
    np.testing.assert_allclose(one_step[0], 2 * one_step[1])
    assert not np.array_equal(noisy[0], descend(surface, start, "noisy", 20, 0.1, rng=5, noise=0.2))
    generator = np.random.default_rng(4)
    assert np.array_equal(noisy[0], descend(surface, start, "noisy", 20, 0.1, rng=generator, noise=0.2))
    sphere = descend(surface, start, "sphere", 1, 1e-3, rng=9)[1] - start
    gaussian = descend(surface, start, "gaussian", 1, 1e-3, rng=9)[1] - start
    assert abs(sphere[0] * gaussian[1] - sphere[1] * gaussian[0]) < 1e-12  # one direction, two lengths


def test_noise_is_what_escapes_a_symmetric_saddle():
    surface = plateau(6, 0.3)
    for method in (
        "gradient",
        "heavy_ball",
        "nesterov",
        "adam",
        "newton",
        "saddle_free",
        "sphere",
        "coordinate",
    ):
        assert (descend(surface, np.zeros(6), method, 200) == 0.0).all()
    for method, options in (("noisy", {}), ("sphere", {"noise": 1e-3}), ("cubic", {})):
        end = descend(surface, np.zeros(6), method, 600, **options)[-1]
        assert surface.value(end) < -0.9


def test_cubic_regularisation_never_climbs():
    for name in ("himmelblau", "muller_brown", "camel", "beale"):
        surface = SURFACES[name]
        low, high = surface.bounds.T
        starts = low + (high - low) * np.random.default_rng(1).random((50, 2))
        values = surface.value(descend(surface, starts, "cubic", 60))
        assert (np.diff(values, axis=0) <= 1e-9 * (1 + np.abs(values[:-1]))).all()


def test_the_identity_start_of_a_linear_chain_is_a_trap_for_negative_targets():
    for depth in (2, 3, 4):
        chain = deep_chain(depth, -1.0)
        end = descend(chain, np.ones(depth), "gradient", 20_000, 0.05)[-1]
        assert chain.value(end) == pytest.approx(0.5, abs=2e-4)
        positive = deep_chain(depth, 2.0)
        assert positive.value(descend(positive, np.ones(depth), "gradient", 2000, 0.05)[-1]) < 1e-20
    noisy = descend(deep_chain(2, -1.0), np.ones(2), "noisy", 5000, 0.05, noise=0.01)
    assert deep_chain(2, -1.0).value(noisy[-1]) < 1e-3


def test_newton_at_a_singular_hessian_stays_in_the_flat_direction():
    valley = surface_from_formula("x^2 + 0*y")
    assert descend(valley, [1.0, 2.0], "newton", 1, 1.0)[1].tolist() == [0.0, 2.0]


def test_what_a_step_costs():
    assert METHODS["gradient"].evaluations(10) == (0, 1, 0)
    assert METHODS["newton"].evaluations(10) == (0, 1, 1)
    assert METHODS["cubic"].evaluations(10) == (2, 1, 1)
    assert METHODS["sphere"].evaluations(10) == (2, 0, 0)
    assert METHODS["gaussian"].evaluations(10, directions=3) == (6, 0, 0)
    assert METHODS["coordinate"].evaluations(10) == (20, 0, 0)
    assert METHODS["coordinate"].evaluations(10, directions=4) == (8, 0, 0)
    assert len(METHODS) == 12


def test_suggested_steps_follow_curvature_and_variance():
    surface = plateau(10, curvature=0.1)  # curvatures from −0.1 to 1
    assert curvature_scale(surface) == pytest.approx(1.0)
    assert suggest_step(surface, "gradient") == pytest.approx(0.5)
    assert suggest_step(surface, "sphere") == pytest.approx(0.05)
    assert suggest_step(surface, "gaussian", directions=2) == pytest.approx(0.5 / 6.5)
    assert suggest_step(surface, "coordinate") == pytest.approx(0.5)
    assert suggest_step(surface, "coordinate", directions=2) == pytest.approx(0.1)
    assert suggest_step(surface, "newton") == 1.0
    assert suggest_step(surface, "adam") == pytest.approx(0.01 * surface.size)
    assert curvature_scale(surface_from_formula("x + 3*y")) == 1e-12
    assert curvature_scale(SURFACES["monkey"]) == pytest.approx(6 * 1.5 * np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("method", METHODS)
def test_suggested_steps_bring_most_starts_down(method):
    surface = SURFACES["himmelblau"]
    starts = np.random.default_rng(0).uniform(-4, 4, (60, 2))
    path = descend(surface, starts, method, 400, suggest_step(surface, method))
    if method == "newton":  # which goes to saddles and the maximum as gladly
        assert np.linalg.norm(surface.gradient(path[-1]), axis=1).max() < 1e-6
    else:
        assert np.median(surface.value(path[-1])) < 1.0
        assert np.isfinite(path).all()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"method": "sgd"}, "no method 'sgd'"),
        ({"steps": -1}, "steps"),
        ({"step_size": 0.0}, "step_size"),
        ({"step_size": np.nan}, "step_size"),
        ({"momentum": 0.5}, "does not take momentum"),
        ({"method": "heavy_ball", "momentum": 1.0}, "momentum"),
        ({"method": "heavy_ball", "momentum": None}, "momentum"),
        ({"method": "sphere", "directions": 0}, "directions"),
        ({"method": "coordinate", "directions": 3}, "directions"),
        ({"method": "sphere", "smoothing": 0.0}, "smoothing"),
        ({"method": "sphere", "directions": 10_000, "steps": 10_000}, "steps × directions"),
        ({"method": "noisy", "noise": -1.0}, "noise"),
        ({"method": "adam", "epsilon": 0.0}, "epsilon"),
        ({"start": [1.0]}, "start"),
        ({"start": [1.0, np.nan]}, "finite"),
        ({"start": np.zeros((1, 1, 2))}, "start"),
    ],
)
def test_bad_input_is_one_sentence(arguments, word):
    given = {"start": [0.0, 0.0], "method": "gradient", "steps": 3, **arguments}
    with pytest.raises(ValueError, match=word):
        descend(SURFACES["camel"], **given)


def test_no_steps_give_the_start():
    assert descend(SURFACES["camel"], [0.1, 0.2], "adam", 0).tolist() == [[0.1, 0.2]]
