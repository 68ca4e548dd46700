"""Ready-made targets, the digits, and the fitted mixture."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from explorer.diffusion import (
    EXAMPLES,
    Mixture,
    PointSet,
    checkerboard,
    digits,
    ends,
    example,
    fit_mixture,
    karras,
    letters,
    moons,
    ring,
)
from explorer.diffusion.fit import step
from explorer.diffusion.glyphs import LETTERS, along, strokes
from tests.diffusion import problems

SMALL = [name for name in EXAMPLES if not name.startswith("digits")]


@pytest.mark.parametrize("name", SMALL)
def test_every_example_runs_and_is_named(name):
    found = example(name)
    assert found.name == name
    assert found is example(name)
    assert found.groups.shape == (found.target.components,)
    assert sorted(set(found.groups.tolist())) == list(range(len(found.names)))
    last = ends(found.target.denoise, problems.starts(50), karras(10, 0.02, 10.0), "heun")
    assert np.abs(last).max() < 4.0


def test_digits_are_the_published_ones():
    images, labels = digits()
    published = load_digits()
    assert np.array_equal(images, published.data / 8.0 - 1.0)
    assert np.array_equal(labels, published.target)
    assert not images.flags.writeable
    assert images.shape == (1797, 64)


def test_the_exact_score_of_the_digits_remembers_an_image():
    found = example("digits")
    assert isinstance(found.target, PointSet)
    last = ends(
        found.target.denoise, problems.starts(4, 10.0, 64), np.append(karras(12, 0.05, 10.0), 0.0), "euler"
    )
    nearest = np.abs(last[:, None] - digits()[0]).max(axis=2).min(axis=1)
    assert nearest.max() <= 1e-12
    assert found.names[found.groups[0]] == str(digits()[1][0])


def test_the_fitted_mixture_does_not():
    found = example("digits_mixture")
    assert isinstance(found.target, Mixture)
    assert found.target.components <= 30
    assert len(set(found.groups.tolist())) >= 8
    last = ends(found.target.denoise, problems.starts(4, 10.0, 64), karras(12, 0.05, 10.0), "heun")
    assert np.abs(last).max() < 4.0
    assert np.linalg.norm(last[:, None] - digits()[0], axis=2).min() > 0.5


def test_shapes():
    assert np.allclose(np.linalg.norm(ring(50, 2.0), axis=1), 2.0)
    upper, lower = np.split(moons(60), 2)
    assert np.array_equal(lower, -upper)
    board = checkerboard(4, 5)
    assert board.shape == (8 * 25, 2)
    assert np.abs(board).max() < 1.5
    column, row = np.floor((board + 1.5) / 0.75).astype(int).T
    assert ((column + row) % 2 == 0).all()


def test_letters_are_points_on_strokes():
    points, which = letters("RIDGE LINE", 400)
    assert np.abs(points).max() == pytest.approx(2.0)
    assert 300 <= len(points) <= 500
    assert sorted(set(which.tolist())) == list(range(9))
    for letter in LETTERS:
        for stroke in strokes(letter):
            assert ((stroke >= 0.0) & (stroke <= [4.0, 6.0])).all()
        places = along(letter, 0.25)
        assert len(np.unique(places, axis=0)) == len(places)
        gaps = np.linalg.norm(places[:, None] - places, axis=2) + 9.0 * np.eye(len(places))
        assert gaps.min(axis=1).max() <= 0.4
    assert np.array_equal(letters("ab")[0], letters("AB")[0])


@pytest.mark.parametrize("shape", ["full", "round"])
def test_one_step_equals_scikit_learn(shape):
    rows = problems.three().sample(400, 0)
    law = fit_mixture(rows, 3, 0, shape=shape, most_steps=3).mixture.law
    theirs = GaussianMixture(
        3, covariance_type="full" if shape == "full" else "spherical", max_iter=1, reg_covar=0.0
    )
    covariance = Mixture(np.exp(law.log_weight), law.means, _scales(law, shape)).covariances
    precision = np.linalg.inv(covariance) if shape == "full" else 1.0 / covariance[:, 0, 0]
    theirs.set_params(weights_init=np.exp(law.log_weight), means_init=law.means, precisions_init=precision)
    with pytest.warns(ConvergenceWarning):  # one step is all that is asked for
        theirs.fit(rows)
    ours, _ = step(rows, law, shape, 1e-6)
    assert np.abs(ours.means - theirs.means_).max() <= 1e-9
    assert np.abs(np.exp(ours.log_weight) - theirs.weights_).max() <= 1e-10
    found = Mixture(np.exp(ours.log_weight), ours.means, _scales(ours, shape)).covariances
    expected = theirs.covariances_ if shape == "full" else theirs.covariances_[:, None, None] * np.eye(2)
    assert np.abs(found - expected).max() <= 1e-9


def _scales(law, shape):
    if shape == "round":
        return np.sqrt(law.variances[:, 0])
    return np.einsum("kie,ke,kje->kij", law.axes, law.variances, law.axes)


@pytest.mark.parametrize("shape", ["full", "round"])
def test_likelihood_never_falls_even_where_the_floor_binds(shape):
    rows = np.concatenate([problems.tilted().sample(200, 1), np.tile([[5.0, 5.0]], (20, 1))])
    found = fit_mixture(rows, 6, 0, shape=shape, floor=0.1, tolerance=1e-9, most_steps=60)
    assert np.diff(found.log_likelihoods).min() >= -1e-9
    assert np.linalg.eigvalsh(found.mixture.covariances).min() >= 0.01 - 1e-12
    again = fit_mixture(rows, 6, 0, shape=shape, floor=0.1, tolerance=1e-9, most_steps=60)
    assert np.array_equal(again.mixture.means, found.mixture.means)


def test_fit_finds_the_modes_it_was_drawn_from():
    target = problems.three()
    found = fit_mixture(target.sample(5000, 0), 3, 1, shape="round").mixture
    order = np.argmin(np.linalg.norm(target.means[:, None] - found.means, axis=2), axis=1)
    assert sorted(order.tolist()) == [0, 1, 2]
    assert np.abs(found.means[order] - target.means).max() < 0.1
    assert np.abs(found.weights[order] - target.weights).max() < 0.03


def test_fewer_different_points_than_components():
    found = fit_mixture(np.zeros((5, 2)), 3, 0, floor=0.5)
    assert found.mixture.components == 1
    assert found.mixture.covariances[0] == pytest.approx(0.25 * np.eye(2))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: example("moon"), "there is no target"),
        (lambda: letters(""), "letters"),
        (lambda: letters("A1"), "letters"),
        (lambda: letters("A" * 13), "letters"),
        (lambda: letters(7), "letters"),
        (lambda: letters("A", 5), "points"),
        (lambda: ring(0), "points"),
        (lambda: ring(5, -1.0), "radius"),
        (lambda: moons(3), "points"),
        (lambda: checkerboard(1), "cells"),
        (lambda: fit_mixture(np.zeros((3, 2)), 4, 0), "components"),
        (lambda: fit_mixture(np.zeros((0, 2)), 1, 0), "at least one"),
        (lambda: fit_mixture(np.zeros((3, 2)), 1, None), "rng"),
        (lambda: fit_mixture(np.zeros((3, 2)), 1, 0, shape="square"), "shape"),
        (lambda: fit_mixture(np.zeros((3, 2)), 1, 0, floor=0.0), "floor"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with pytest.raises(ValueError, match=words):
        build()


def test_the_family_loads_no_screen_and_no_peer():
    check = (
        "import sys, explorer.diffusion, explorer.diffusion.conformance; "
        "print(sorted({'panel', 'bokeh', 'holoviews', 'torch', 'diffusers', 'sklearn'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
