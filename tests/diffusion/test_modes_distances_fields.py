"""Modes and separatrices, distances of samples, pictures of fields."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from explorer.diffusion import (
    Mixture,
    bounds,
    crossed,
    density,
    distances,
    ends,
    energy_distance,
    example,
    karras,
    reached,
    reference,
    sliced_wasserstein,
    spread,
    vectors,
)
from tests.diffusion import problems

TWO = Mixture([1.0, 1.0], [[-1.0, 0.0], [1.0, 0.0]], 0.1)


def test_the_exact_flow_of_two_equal_modes_parts_at_the_middle():
    x = problems.starts(2000)
    last = reference(TWO.denoise, x, [10.0, 0.02]).ends
    assert np.array_equal(reached(TWO, last, 0.02), (x[:, 0] > 0.0).astype(int))


def test_crossed_points_make_the_mean_error():
    """Ten Euler steps on nine sharp modes.

    Those that changed mode are a mode away and carry the mean error.
    """
    x, nine = problems.starts(2000), example("nine").target
    truth = reference(nine.denoise, x, [10.0, 0.02]).ends
    last = ends(nine.denoise, x, karras(10, 0.02, 10.0), "euler")
    lost, error = crossed(nine, truth, last, 0.02), distances(truth, last)
    assert 0.02 < lost.mean() < 0.3
    assert error[lost].min() > 0.5
    assert spread(error[~lost]).mean < 0.5 * error.mean()
    fine = ends(nine.denoise, x, karras(200, 0.02, 10.0), "heun")
    assert crossed(nine, truth, fine, 0.02).mean() < 0.001


def test_groups_add_up():
    """Two light neighbours outweigh one heavier component when they count as one mode."""
    target = Mixture([0.3, 0.3, 0.4], [[-0.1, 0.0], [0.1, 0.0], [0.0, 0.1]], 1.0)
    x = np.zeros((1, 2))
    assert reached(target, x, 0.0)[0] == 2
    assert reached(target, x, 0.0, [0, 0, 1])[0] == 0
    assert reached(problems.cloud(), problems.cloud().means, 1e-9).tolist() == list(range(40))


def test_energy_distance_equals_scipy_in_one_dimension():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=1500), rng.exponential(size=1100)
    assert energy_distance(a[:, None], b[:, None]) == pytest.approx(stats.energy_distance(a, b), rel=1e-9)
    assert energy_distance(a[:, None], a[:, None]) == 0.0


@pytest.mark.parametrize("m", [200, 130])
def test_sliced_wasserstein_in_one_dimension(m):
    """There it is W₂ between quantile functions; checked on repeated values, where sizes become equal."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=200), rng.exponential(size=m)
    common = np.lcm(200, m)
    p, q = np.sort(np.repeat(a, common // 200)), np.sort(np.repeat(b, common // m))
    ours = sliced_wasserstein(a[:, None], b[:, None], 0)
    assert ours == pytest.approx(np.sqrt(np.mean((p - q) ** 2)), rel=1e-12)
    assert sliced_wasserstein(a[:, None], a[:, None] + 3.0, 0) == pytest.approx(3.0, rel=1e-12)


def test_sliced_wasserstein_of_a_shift():
    x = np.random.default_rng(2).normal(size=(400, 5))
    shift = np.array([3.0, 0.0, -4.0, 0.0, 0.0])
    many = sliced_wasserstein(x, x + shift, 0, directions=4000)
    assert many == pytest.approx(5.0 / np.sqrt(5.0), rel=0.03)
    assert sliced_wasserstein(x, x[::-1], 0) == 0.0
    assert sliced_wasserstein(x, x + shift, 7) == sliced_wasserstein(x, x + shift, np.random.default_rng(7))


def test_distances_fall_as_the_solver_gets_better():
    target, x = problems.three(), problems.starts(1500)
    truth = target.sample(1500, 3)
    for measure in (energy_distance, lambda a, b: sliced_wasserstein(a, b, 0)):
        rough, fine = (
            measure(ends(target.denoise, x, karras(n, 0.02, 10.0), "euler"), truth) for n in (3, 40)
        )
        assert fine < 0.5 * rough


def test_fields_stand_where_their_axes_say():
    target, xs, ys = problems.three(), np.array([-1.0, 0.0, 2.0]), np.array([0.5, 3.0])
    field = density(target, xs, ys, 0.4)
    assert field.shape == (2, 3)
    assert field[1, 2] == pytest.approx(np.exp(target.log_density([[2.0, 3.0]], 0.4)[0]), rel=1e-13)
    point, denoised = np.array([[-1.0, 3.0]]), target.denoise([[-1.0, 3.0]], 0.4)
    for kind, expected in (
        ("flow", (denoised - point) / 0.4),
        ("denoiser", denoised - point),
        ("score", (denoised - point) / 0.16),
    ):
        arrows = vectors(target, xs, ys, 0.4, kind)
        assert arrows.shape == (2, 3, 2)
        assert arrows[1, 0] == pytest.approx(expected[0], rel=1e-11)


def test_bounds_hold_the_sample():
    target = problems.tilted()
    (left, right), (low, high) = bounds(target, 0.0, 5.0)
    drawn = target.sample(5000, 0)
    assert left < drawn[:, 0].min() < drawn[:, 0].max() < right
    assert low < drawn[:, 1].min() < drawn[:, 1].max() < high
    assert bounds(problems.gaussian(0.5), 0.0, 2.0) == ((-1.0, 1.0), (-1.0, 1.0))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: reached(TWO, np.zeros((1, 2)), 0.1, [0]), "groups"),
        (lambda: reached(TWO, np.zeros((1, 2)), 0.1, [0, -1]), "groups"),
        (lambda: crossed(TWO, np.zeros((1, 2)), np.zeros((2, 2)), 0.1), "same shape"),
        (lambda: energy_distance(np.zeros((1, 2)), np.zeros((1, 3))), "dimensions"),
        (lambda: energy_distance(np.zeros((0, 2)), np.zeros((1, 2))), "at least one"),
        (lambda: sliced_wasserstein(np.zeros((1, 2)), np.zeros((1, 2)), None), "rng"),
        (lambda: sliced_wasserstein(np.zeros((1, 2)), np.zeros((1, 2)), 0, 0), "directions"),
        (lambda: density(problems.rounded(3), [0.0], [0.0], 1.0), "2 dimensions"),
        (lambda: density(TWO, [], [0.0], 1.0), "coordinates"),
        (lambda: density(problems.cloud(), [0.0], [0.0], 0.0), "no density"),
        (lambda: vectors(TWO, [0.0], [0.0], 1.0, "wind"), "kind"),
        (lambda: vectors(TWO, [0.0], [0.0], 0.0), "positive"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with pytest.raises(ValueError, match=words):
        build()
