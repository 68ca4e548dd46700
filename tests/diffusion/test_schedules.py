"""Grids of noise levels and the maps between the three forms of one diffusion."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import diffusion
from explorer.diffusion import GRIDS, schedules


@pytest.mark.parametrize("name", list(GRIDS))
@given(
    steps=st.integers(1, 200),
    low=st.floats(1e-4, 1.0),
    ratio=st.floats(1.5, 1e5),
)
def test_every_grid_falls_from_one_end_to_the_other(name, steps, low, ratio):
    sigmas = GRIDS[name](steps, low, low * ratio)
    assert sigmas.shape == (steps + 1,)
    assert (sigmas[0], sigmas[-1]) == (low * ratio, low)
    assert (np.diff(sigmas) < 0).all()


def test_karras_formula_and_its_two_limits():
    i = np.arange(11)
    expected = (80.0 ** (1 / 7) + i / 10 * (0.002 ** (1 / 7) - 80.0 ** (1 / 7))) ** 7
    assert diffusion.karras(10, 0.002, 80.0) == pytest.approx(expected, rel=1e-13)
    assert diffusion.karras(10, 0.002, 80.0, 1.0) == pytest.approx(
        diffusion.uniform(10, 0.002, 80.0), rel=1e-12
    )
    near = diffusion.karras(10, 0.002, 80.0, 1e4)
    assert near == pytest.approx(diffusion.log_uniform(10, 0.002, 80.0), rel=5e-3)


def test_each_grid_is_even_in_its_own_clock():
    even = {
        "karras": lambda s: s ** (1 / 7),
        "log": np.log,
        "uniform": lambda s: s,
        "linear": schedules.sigma_to_vp_time,
        "flow": schedules.sigma_to_flow_time,
        # the angle of the cosine schedule, from ᾱ(t) = cos²/cos²(start) as it is printed
        "cosine": lambda s: np.arccos(
            np.sqrt(schedules.sigma_to_alpha_bar(s)) * np.cos(0.5 * np.pi * 0.008 / 1.008)
        ),
    }
    assert set(even) == set(GRIDS)
    for name, clock in even.items():
        gaps = np.diff(clock(GRIDS[name](12, 0.05, 20.0)))
        assert np.abs(gaps / gaps[0] - 1.0).max() <= 1e-9, name


def test_linear_beta_against_the_printed_exponential():
    t = np.linspace(0.01, 1.0, 7)
    alpha_bar = np.exp(-(0.1 * t + 0.5 * 19.9 * t * t))
    assert schedules.vp_time_to_sigma(t) == pytest.approx(np.sqrt((1 - alpha_bar) / alpha_bar), rel=1e-11)


@given(st.floats(1e-12, 1e6))
def test_maps_invert(sigma):
    assert schedules.vp_time_to_sigma(schedules.sigma_to_vp_time(sigma)) == pytest.approx(sigma, rel=1e-9)
    if 1e-3 < sigma < 1e3:  # beyond, ᾱ and t round to 1
        assert schedules.alpha_bar_to_sigma(schedules.sigma_to_alpha_bar(sigma)) == pytest.approx(
            sigma, rel=1e-9
        )
        assert schedules.flow_time_to_sigma(schedules.sigma_to_flow_time(sigma)) == pytest.approx(
            sigma, rel=1e-9
        )


def test_the_three_forms_are_one_path():
    """x_VP and x_FM are x_σ times a number.

    Signal and noise then stand in the proportion each form states.
    """
    sigma = np.array([0.0, 0.3, 2.0, 50.0])
    share = schedules.sigma_to_alpha_bar(sigma)
    assert np.sqrt(share) * sigma == pytest.approx(np.sqrt(1.0 - share), abs=1e-12)
    t = schedules.sigma_to_flow_time(sigma)
    assert (1.0 - t) * sigma == pytest.approx(t, abs=1e-12)


def test_small_noise_keeps_its_digits():
    sigma = np.array([1e-8, 1e-5])
    assert schedules.sigma_to_vp_time(sigma) == pytest.approx(sigma**2 / 0.1, rel=1e-6)
    fine = diffusion.cosine(1000, 1e-6, 100.0)
    assert (np.diff(fine) < 0).all()


def test_your_own_levels():
    mine = np.array([5.0, 1.0, 0.0])
    own = diffusion.custom(mine)
    mine[0] = 9.0
    assert own.tolist() == [5.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: diffusion.karras(0, 0.1, 1.0), "steps"),
        (lambda: diffusion.karras(2.5, 0.1, 1.0), "steps"),
        (lambda: diffusion.karras(10**7, 0.1, 1.0), "steps"),
        (lambda: diffusion.karras(5, 0.0, 1.0), "sigma_min"),
        (lambda: diffusion.karras(5, 1.0, 1.0), "below sigma_max"),
        (lambda: diffusion.karras(5, 2.0, 1.0), "below sigma_max"),
        (lambda: diffusion.karras(5, 0.1, np.inf), "sigma_max"),
        (lambda: diffusion.karras(5, 0.1, 1.0, 0.0), "rho"),
        (lambda: diffusion.karras(5, 1e-40, 1e49, 0.1), "fall together"),
        (lambda: diffusion.flow_uniform(50, 1e40, 1e49), "fall together"),
        (lambda: diffusion.uniform(100, 1.0, 1.0 + 1e-15), "fall together"),
        (lambda: diffusion.linear_beta(5, 0.1, 1.0, 3.0, 2.0), "beta_min"),
        (lambda: diffusion.custom([1.0]), "at least two"),
        (lambda: diffusion.custom([1.0, 1.0]), "strictly"),
        (lambda: diffusion.custom([1.0, 2.0]), "decreasing"),
        (lambda: diffusion.custom([1.0, 2.0, 0.5]), "strictly"),
        (lambda: diffusion.custom([1.0, -1.0]), "0 or at least"),
        (lambda: diffusion.custom([1.0, 0.0, -1.0]), "0 or at least"),
        (lambda: diffusion.custom([1.0, np.nan]), "finite"),
        (lambda: diffusion.custom([[1.0, 0.5]]), "list"),
        (lambda: schedules.alpha_bar_to_sigma(0.0), "alpha_bar"),
        (lambda: schedules.flow_time_to_sigma(1.0), "flow-matching"),
        (lambda: schedules.vp_time_to_sigma(-0.1), "time"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=words) as caught:
            build()
    assert str(caught.value).endswith(".")
