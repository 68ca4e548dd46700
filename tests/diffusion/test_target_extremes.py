"""Targets at the edges: blocks, no noise, far points, every form of input, and refusals in a sentence."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from explorer.diffusion import Mixture, PointSet
from tests.diffusion import problems

ALL = problems.ALL


@pytest.fixture(params=list(ALL))
def target(request):
    return ALL[request.param]


@pytest.mark.parametrize("block", [1, 127, 128, 129, 300])
def test_blocks_do_not_mix_points(block):
    for name in ("three", "tilted", "space"):
        target = ALL[name]
        x = problems.near(target, 0.4, block)
        alone = np.concatenate([target.denoise(row[None], 0.4) for row in x])
        assert np.array_equal(target.denoise(x, 0.4), alone)
        assert np.array_equal(
            target.log_density(x, 0.4), np.concatenate([target.log_density(r[None], 0.4) for r in x])
        )


def test_finite_set_answers_with_the_nearest_point():
    for target in (ALL["cloud"], ALL["cloud of many"]):
        x = np.random.default_rng(1).normal(size=(50, target.dim))
        nearest = target.means[np.square(x[:, None] - target.means).sum(axis=2).argmin(axis=1)]
        for sigma in (0.0, 1e-100, 1e-8):
            assert (
                np.array_equal(target.denoise(x, sigma), nearest)
                or np.abs(target.denoise(x, sigma) - nearest).max() < 1e-15
            )


def test_mixture_without_noise_keeps_the_point():
    for name in ("three", "tilted", "many", "tilted space"):
        x = problems.near(ALL[name], 1.0)
        assert np.abs(ALL[name].denoise(x, 0.0) - x).max() <= 1e-14 * np.abs(x).max()


@pytest.mark.parametrize("size", [1e6, 1e50])
@pytest.mark.parametrize("sigma", [1e-100, 1e-8, 1.0, 1e8])
def test_far_points_and_extreme_noise_stay_numbers(target, size, sigma):
    x = size * np.random.default_rng(2).uniform(-1.0, 1.0, size=(20, target.dim))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        denoised = target.denoise(x, sigma)
        assert np.isfinite(denoised).all()
        assert np.abs(denoised).max() <= 2.0 * size
        assert np.isfinite(target.log_density(x, sigma)).all()
        assert np.isfinite(target.score(x, sigma)).all()
        assert np.abs(target.responsibilities(x, sigma).sum(axis=1) - 1.0).max() <= 1e-12


def test_far_point_with_little_noise_goes_to_the_nearest_of_the_set():
    target = ALL["cloud"]
    x = np.array([[1e6, 2e5], [-3e5, 1e6], [0.3, -1e6]])
    score = x @ target.means.T - 0.5 * np.square(target.means).sum(
        axis=1
    )  # |x - m|² without the part all share
    assert np.allclose(target.denoise(x, 1e-8), target.means[score.argmax(axis=1)], atol=1e-9)


def test_tiny_noise_near_a_point_of_a_set_in_many_dimensions():
    """The matrix-product route must find its digits again: |x|² is 1e16 times the noise variance."""
    points = np.random.default_rng(5).normal(size=(30, 40))
    target, sigma = PointSet(points), 1e-7
    noise = np.random.default_rng(6).normal(size=(30, 40))
    x = points + sigma * noise
    gap = x - points
    expected = (
        -0.5 * np.square(gap / sigma).sum(axis=1) - 20.0 * np.log(2.0 * np.pi * sigma**2) - np.log(30.0)
    )
    assert np.abs(target.log_density(x, sigma) - expected).max() <= 1e-9 * np.abs(expected).max()


def test_scales_of_every_form_mean_the_same():
    means = np.random.default_rng(0).normal(size=(3, 2))
    x = np.random.default_rng(1).normal(size=(20, 2))
    forms = [0.3, [0.3, 0.3, 0.3], np.tile(0.09 * np.eye(2), (3, 1, 1))]
    answers = [Mixture(np.ones(3), means, form).denoise(x, 0.7) for form in forms]
    assert np.abs(np.ptp(np.array(answers), axis=0)).max() <= 1e-15
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    covariance = turn @ np.diag([0.5, 0.01]) @ turn.T
    straight = Mixture([1.0], [[0.0, 0.0]], [np.diag([0.5, 0.01])]).denoise(x @ turn, 0.7)
    assert np.allclose(
        Mixture([1.0], [[0.0, 0.0]], [covariance]).denoise(x, 0.7), straight @ turn.T, atol=1e-14
    )


def test_sample_has_the_moments_of_the_mixture():
    n = 200_000
    for name in ("three", "tilted", "cloud"):
        target = ALL[name]
        drawn = target.sample(n, np.random.default_rng(0))
        mean = target.weights @ target.means
        spread = np.einsum(
            "k,kij->ij",
            target.weights,
            target.covariances + np.einsum("ki,kj->kij", target.means - mean, target.means - mean),
        )
        assert np.abs(drawn.mean(axis=0) - mean).max() <= 5.0 * np.sqrt(spread.max() / n)
        assert np.abs(np.cov(drawn.T) - spread).max() <= 5.0 * spread.max() * np.sqrt(3.0 / n)
    assert np.array_equal(target.sample(7, 5), target.sample(7, np.random.default_rng(5)))
    assert target.sample(0, 0).shape == (0, 2)


def test_weights_and_means_are_copies():
    means = np.zeros((2, 2))
    target = Mixture([3.0, 1.0], means, 1.0)
    means[:] = 9.0
    target.means[:] = 9.0
    assert not target.means.any()
    assert target.weights == pytest.approx([0.75, 0.25], abs=1e-15)
    assert (target.dim, target.components) == (2, 2)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Mixture([1.0], [[0.0, 0.0]], 0.0), "positive"),
        (lambda: Mixture([1.0], [[0.0, 0.0]], -1.0), "positive"),
        (lambda: Mixture([1.0], [[0.0, 0.0]], np.nan), "finite"),
        (lambda: Mixture([1.0, 0.0], np.zeros((2, 2)), 1.0), "weights must be positive"),
        (lambda: Mixture([1.0], np.zeros((2, 2)), 1.0), "one number a component"),
        (lambda: Mixture([1.0], [0.0, 0.0], 1.0), "shape"),
        (lambda: Mixture([1.0], [["a", "b"]], 1.0), "real numbers"),
        (lambda: Mixture([1.0], [[1j, 0]], 1.0), "real numbers"),
        (lambda: Mixture([1.0, 1.0], [[1.0], [1.0, 2.0]], 1.0), "rectangular"),
        (lambda: Mixture([], np.zeros((0, 2)), 1.0), "at least one"),
        (lambda: Mixture([1.0], [[0.0, 0.0]], [1.0, 2.0]), "scales must be"),
        (lambda: Mixture([1.0], [[0.0, 0.0]], [[[1.0, 0.5], [0.2, 1.0]]]), "symmetric"),
        (lambda: Mixture([1.0], [[0.0, 0.0]], [[[1.0, 2.0], [2.0, 1.0]]]), "positive definite"),
        (lambda: Mixture([1.0], [[0.0, 0.0]], np.zeros((1, 2, 2))), "positive definite"),
        (lambda: PointSet(np.zeros((0, 2))), "at least one"),
        (lambda: PointSet([[1.0, np.inf]]), "finite"),
        (lambda: PointSet([[1.0, 2.0]], [-1.0]), "positive"),
        (lambda: problems.cloud().score(np.zeros((1, 2)), 0.0), "no density"),
        (lambda: problems.cloud().log_density(np.zeros((1, 2)), 0.0), "no density"),
        (lambda: problems.cloud().jacobian(np.zeros((1, 2)), 0.0), "no density"),
        (lambda: problems.three().denoise(np.zeros((1, 3)), 1.0), "2 dimensions"),
        (lambda: problems.three().denoise(np.zeros(2), 1.0), "shape"),
        (lambda: problems.three().denoise([[np.nan, 0.0]], 1.0), "finite"),
        (lambda: problems.three().denoise([[1e60, 0.0]], 1.0), "finite"),
        (lambda: problems.three().denoise(np.zeros((1, 2)), -1.0), "sigma"),
        (lambda: problems.three().denoise(np.zeros((1, 2)), np.nan), "sigma"),
        (lambda: problems.three().denoise(np.zeros((1, 2)), [1.0]), "one real number"),
        (lambda: problems.three().denoise(np.zeros((1, 2)), "1"), "one real number"),
        (lambda: problems.three().denoise(np.zeros((1, 2)), 1e-120), "1e-100"),
        (lambda: problems.three().sample(-1, 0), "n must be"),
        (lambda: problems.three().sample(1.5, 0), "n must be"),
        (lambda: problems.three().sample(True, 0), "n must be"),
        (lambda: problems.three().sample(1, None), "rng"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with pytest.raises(ValueError, match=words) as caught:
        build()
    assert str(caught.value).endswith(".")


def test_any_layout_and_read_only_points_are_welcome():
    target, x = problems.three(), np.random.default_rng(0).normal(size=(30, 4))
    plain = target.denoise(x[:, :2].copy(), 0.5)
    frozen = x[:, :2].copy()
    frozen.setflags(write=False)
    for form in (x[:, :2], np.asfortranarray(x[:, :2]), frozen, x[:, :2].tolist()):
        assert np.array_equal(target.denoise(form, 0.5), plain)
    assert np.allclose(target.denoise(x[:, :2].astype(np.float32), 0.5), plain, atol=1e-6)
    assert target.denoise(np.zeros((0, 2)), 1.0).shape == (0, 2)
    assert np.array_equal(target.denoise(np.array([[1, -1]]), 1), target.denoise([[1.0, -1.0]], 1.0))
