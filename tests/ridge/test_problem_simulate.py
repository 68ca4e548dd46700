"""Synthetic problems and repeated draws."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from explorer.ridge import (
    aligned_signal,
    conditional_errors,
    decompose,
    draw_problem,
    draws,
    fit_path,
    gather,
    make_problem,
    make_spectrum,
    mean_and_error,
    simulate,
)

KINDS = [("isotropic", {}), ("power", {"decay": 1.5}), ("spiked", {"spikes": 2, "height": 7.0}),
         ("blocks", {"share": 0.25, "ratio": 4.0})]  # fmt: skip


@pytest.mark.parametrize(("kind", "shape"), KINDS)
@pytest.mark.parametrize("p", [1, 2, 40])
def test_spectra_fall_and_have_mean_one(kind: str, shape: dict, p: int) -> None:
    spectrum = make_spectrum(kind, p, **shape)
    assert spectrum.shape == (p,)
    assert (spectrum > 0).all()
    assert (np.diff(spectrum) <= 0).all()
    assert spectrum.mean() == pytest.approx(1.0, rel=1e-14)


def test_spectra_have_the_shapes_they_are_named_for() -> None:
    power = make_spectrum("power", 50, decay=1.5)
    np.testing.assert_allclose(power / power[0], np.arange(1.0, 51.0) ** -1.5, rtol=1e-13)
    spiked = make_spectrum("spiked", 50, spikes=2, height=7.0)
    np.testing.assert_allclose(spiked / spiked[-1], np.r_[7.0, 7.0, np.ones(48)], rtol=1e-13)
    blocks = make_spectrum("blocks", 40, share=0.25, ratio=4.0)
    np.testing.assert_allclose(blocks / blocks[-1], np.r_[np.full(10, 4.0), np.ones(30)], rtol=1e-13)


@pytest.mark.parametrize(
    ("kind", "p", "shape", "sentence"),
    [
        ("flat", 5, {}, "kind must be one of"),
        ("power", 0, {}, "p must be at least 1"),
        ("power", 5, {"ratio": 2.0}, "does not take ratio"),
        ("power", 5, {"decay": -1.0}, "decay must lie within"),
        ("spiked", 5, {"height": 0.5}, "height must lie within"),
        ("spiked", 5, {"spikes": 1.5}, "spikes must be a whole number"),
        ("blocks", 5, {"share": 1.1}, "share must lie within"),
    ],
)
def test_impossible_spectra_are_refused(kind: str, p: int, shape: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_spectrum(kind, p, **shape)


@pytest.mark.parametrize(("kind", "shape"), KINDS)
def test_alignment_moves_the_signal_and_keeps_its_length(kind: str, shape: dict) -> None:
    spectrum = make_spectrum(kind, 30, **shape)
    signals = [aligned_signal(spectrum, a, norm=2.0) for a in np.linspace(-1, 1, 9)]
    np.testing.assert_allclose([np.linalg.norm(s) for s in signals], 2.0, rtol=1e-13)
    strength = np.diff([spectrum @ s**2 for s in signals])
    if kind == "isotropic":
        np.testing.assert_allclose(strength, 0.0, atol=1e-13)
        np.testing.assert_allclose(signals[-1], 2.0 / np.sqrt(30), rtol=1e-13)
    else:
        assert (strength > 0).all()
        top = spectrum > (np.median(spectrum) if kind == "power" else spectrum.min())
        assert signals[-1][top] @ signals[-1][top] > 0.9 * 4.0
        assert signals[0][~top] @ signals[0][~top] > 0.9 * 4.0
    np.testing.assert_allclose(signals[4], 2.0 / np.sqrt(30), rtol=1e-13)
    with pytest.raises(ValueError, match="alignment"):
        aligned_signal(spectrum, 1.01)


def test_rows_have_the_covariance_and_the_noise_they_were_given() -> None:
    spectrum, signal = np.array([4.0, 1.0, 0.0]), np.array([1.0, -2.0, 5.0])
    drawn = draw_problem(spectrum, signal, 40_000, 0.25, 7)
    second = drawn.X.T @ drawn.X / 40_000
    np.testing.assert_allclose(second, np.diag(spectrum), atol=4 * 4.0 * np.sqrt(2 / 40_000))
    noise = drawn.y - drawn.X @ signal
    assert noise.var() == pytest.approx(0.25, abs=4 * 0.25 * np.sqrt(2 / 40_000))
    assert abs(np.corrcoef(noise, drawn.X[:, 0])[0, 1]) < 4 / np.sqrt(40_000)


def test_sliders_extend_and_scale_the_same_draw() -> None:
    few, many = (make_problem(n, 6, noise_var=1.0, seed=3) for n in (10, 15))
    np.testing.assert_array_equal(few.X, many.X[:10])
    np.testing.assert_allclose(few.y, many.y[:10], rtol=1e-13)
    loud = make_problem(10, 6, noise_var=4.0, seed=3)
    np.testing.assert_array_equal(loud.X, few.X)
    np.testing.assert_allclose(loud.y - loud.X @ loud.weights, 2 * (few.y - few.X @ few.weights), rtol=1e-12)
    assert (make_problem(10, 6, seed=4).X != few.X).all()


SPECTRUM, SIGNAL, PENALTIES = make_spectrum("power", 8), np.full(8, 0.5), np.array([0.0, 0.5, 20.0])


@pytest.mark.parametrize("center", [False, True])
def test_a_draw_is_the_fit_of_its_problem(center: bool) -> None:
    generator = np.random.default_rng(11)
    drawn = draw_problem(SPECTRUM, SIGNAL, 20, 0.3, generator)
    first = next(draws(SPECTRUM, SIGNAL, 20, PENALTIES, 0.3, 11, center=center))
    path = fit_path(drawn.X, drawn.y, PENALTIES, center=center)
    test = (path.coef - SIGNAL) ** 2 @ SPECTRUM + path.intercept**2 + 0.3
    np.testing.assert_allclose(first.test[0], test, rtol=1e-11)
    for name in ("train", "gcv", "df"):
        np.testing.assert_allclose(getattr(first, name)[0], getattr(path, name), rtol=1e-12)


def test_test_error_is_that_on_fresh_rows() -> None:
    first = next(draws(SPECTRUM, SIGNAL, 20, PENALTIES, 0.3, 11, center=True))
    drawn = draw_problem(SPECTRUM, SIGNAL, 20, 0.3, 11)
    path = fit_path(drawn.X, drawn.y, PENALTIES, center=True)
    fresh = draw_problem(SPECTRUM, SIGNAL, 20_000, 0.3, 12)
    squared = (fresh.y[:, None] - fresh.X @ path.coef.T - path.intercept) ** 2
    mean, error = mean_and_error(squared)
    assert np.abs((mean - first.test[0]) / error).max() < 4.0


def test_simulation_is_its_draws_one_after_the_other() -> None:
    whole = simulate(SPECTRUM, SIGNAL, 15, PENALTIES, 1.0, repeats=5, seed=2)
    parts = gather(list(islice(draws(SPECTRUM, SIGNAL, 15, PENALTIES, 1.0, 2), 3)))
    assert (len(whole), len(parts)) == (5, 3)
    for name in ("test", "train", "gcv", "df"):
        np.testing.assert_array_equal(getattr(whole, name)[:3], getattr(parts, name))
    assert (whole.test[0] != whole.test[1]).all()


def test_mean_and_standard_error() -> None:
    mean, error = mean_and_error([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]])
    np.testing.assert_allclose(mean, [3.0, 5.0])
    np.testing.assert_allclose(error, [2.0 / np.sqrt(3), 0.0])


def test_draws_average_to_the_errors_given_the_rows() -> None:
    drawn, exact = [], []
    for seed in range(60):
        drawn.append(next(draws(SPECTRUM, SIGNAL, 20, PENALTIES, 1.0, seed)).test[0])
        rows = draw_problem(SPECTRUM, SIGNAL, 20, 1.0, seed)
        exact.append(conditional_errors(decompose(rows.X, rows.y), SIGNAL, SPECTRUM, PENALTIES, 1.0).test)
    mean, error = mean_and_error(np.array(drawn) - np.array(exact))
    assert np.abs(mean / error).max() < 4.0


def test_bad_calls_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="one entry for each eigenvalue"):
        draws(SPECTRUM, SIGNAL[:3], 20, PENALTIES, 1.0)
    with pytest.raises(ValueError, match="repeats"):
        simulate(SPECTRUM, SIGNAL, 20, PENALTIES, 1.0, repeats=0)
    with pytest.raises(ValueError, match="at least one"):
        gather([])
    one, other = (next(draws(SPECTRUM, SIGNAL, 20, p, 1.0)) for p in ([1.0], [2.0]))
    with pytest.raises(ValueError, match="same penalties"):
        gather([one, other])
    assert np.isnan(mean_and_error(one.test)[1]).all()
    with pytest.raises(ValueError, match="shape"):
        mean_and_error([1.0, 2.0])
