"""Coupled noise: known answers, laws of the path, and stochastic solvers on top of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from explorer.diffusion import Brownian, ends, integrate, karras, log_uniform
from explorer.diffusion.brownian import TICKS, _plan, clock
from explorer.diffusion.counter import circle, log_unit, to_normals, uniform_pairs
from tests.diffusion import problems

# Random123's kat_vectors for philox4x32 with 10 rounds: key, counter, answer
KNOWN = [
    ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((2**32 - 1,) * 2, (2**32 - 1,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("key", "counter", "words"), KNOWN)
def test_generator_gives_the_known_answers(key, counter, words):
    first, second = np.empty(1), np.empty(1)
    uniform_pairs(np.uint64(key[0] | key[1] << 32), *(np.uint64(c) for c in counter), first, second, 1)
    assert first[0] == (((words[0] << 32 | words[1]) >> 11) + 1) * 2.0**-53
    assert second[0] == ((words[2] << 32 | words[3]) >> 11) * 2.0**-53


def test_logarithm_and_circle_to_the_last_digits():
    u = np.concatenate(
        [np.random.default_rng(0).random(2000), 2.0 ** -np.arange(54.0), 1.0 - np.logspace(-15, -1, 99)]
    )
    ours = np.array([log_unit(v) for v in u])
    assert np.abs(ours - np.log(u)).max() <= 1e-14
    assert np.abs(ours - np.log(u))[u > 0.5].max() <= 3e-16
    v = np.concatenate([u[u < 1.0], np.arange(64) / 64.0])
    pairs = np.array([circle(w) for w in v])
    assert np.abs(pairs - np.column_stack([np.cos(2 * np.pi * v), np.sin(2 * np.pi * v)])).max() <= 1e-15


def test_pairs_are_box_muller():
    u, v = np.random.default_rng(1).random((2, 500))
    first, second = u.copy(), v.copy()
    to_normals(first, second, 500)
    radius = np.sqrt(-2.0 * np.log(u))
    assert np.abs(first - radius * np.cos(2 * np.pi * v)).max() <= 1e-13
    assert np.abs(second - radius * np.sin(2 * np.pi * v)).max() <= 1e-13
    top, angle = np.array([1.0, 2.0**-53]), np.zeros(2)
    to_normals(top, angle, 2)
    assert top[0] == 0.0
    assert top[1] == pytest.approx(8.5717, abs=1e-4)


def test_normals_are_normal_and_uncorrelated():
    """40,000 particles x 4 dimensions x 12 steps; thresholds at 5 standard errors."""
    n, sigmas = 40_000, karras(12, 0.02, 80.0)
    z = Brownian(11).normals(sigmas, n, 4).transpose(1, 0, 2).reshape(n, -1)
    for moment, expected, variance in ((1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)):
        assert np.abs((z**moment).mean(axis=0) - expected).max() <= 5.0 * np.sqrt(variance / n)
    correlation = z.T @ z / n
    assert np.abs(correlation - np.diag(np.diag(correlation))).max() <= 5.0 / np.sqrt(n)
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    neighbours = (z[:-1] * z[1:]).mean(axis=0)
    assert np.abs(neighbours).max() <= 5.0 / np.sqrt(n)


def test_starts_are_normal_and_apart_from_the_path():
    n = 40_000
    x = np.concatenate([Brownian(seed).starts(n, 5) for seed in (0, 1)], axis=1)
    assert np.abs(x.mean(axis=0)).max() <= 5.0 / np.sqrt(n)
    assert np.abs(x.T @ x / n - np.eye(10)).max() <= 5.0 * np.sqrt(2.0 / n)
    path = Brownian(0).normals(karras(3, 0.1, 10.0), n, 5)
    assert np.abs(np.einsum("nd,snd->sd", x[:, :5], path) / n).max() <= 5.0 / np.sqrt(n)


def test_the_path_has_the_variance_of_its_clock():
    n, sigmas = 40_000, np.array([1e9, 100.0, 3.0, 0.01, 1e-9])
    w = Brownian(5).values(sigmas, n, 2)
    tau = clock(sigmas) / TICKS
    assert tau == pytest.approx((32.0 - np.log2(sigmas)) / 64.0, abs=2.0**-25)
    product = np.einsum("snd,tnd->st", w, w) / (2 * n)
    expected = np.minimum(tau[:, None], tau)
    assert np.abs(product - expected).max() <= 5.0 * np.sqrt(2.0 * tau.max() / (2 * n)) * tau.max() + 1e-12


def test_halving_the_steps_keeps_the_path():
    coarse, fine = karras(13, 0.02, 80.0), karras(26, 0.02, 80.0)
    noise = Brownian(9)
    assert np.array_equal(noise.values(coarse, 50, 3), noise.values(fine, 50, 3)[::2])
    change = np.diff(clock(fine)).reshape(13, 2)[:, :, None, None] / TICKS
    parts = noise.normals(fine, 50, 3).reshape(13, 2, 50, 3) * np.sqrt(change)
    joined = parts.sum(axis=1) / np.sqrt(change.sum(axis=1))
    assert np.abs(joined - noise.normals(coarse, 50, 3)).max() <= 1e-11
    other = log_uniform(7, 0.02, 80.0)
    assert np.array_equal(noise.values(other, 50, 3)[[0, -1]], noise.values(fine, 50, 3)[[0, -1]])


def test_batches_and_dimensions_do_not_matter():
    noise, sigmas = Brownian(2), karras(6, 0.1, 10.0)
    whole = noise.normals(sigmas, 200, 5)
    assert np.array_equal(noise.normals(sigmas, 63, 5), whole[:, :63])
    assert np.array_equal(noise.shifted(130).normals(sigmas, 70, 5), whole[:, 130:])
    assert np.array_equal(noise.normals(sigmas, 200, 2), whole[:, :, :2])
    assert np.array_equal(noise.shifted(130).starts(70, 5), noise.starts(200, 5)[130:])
    assert not np.array_equal(Brownian(3).normals(sigmas, 200, 5), whole)
    assert not np.array_equal(Brownian(2 + 2**40).normals(sigmas, 200, 5), whole)


def test_every_node_of_the_tree_has_its_own_counter():
    plan = _plan(tuple(clock(karras(300, 1e-6, 1e6)).tolist()))
    assert len(np.unique(plan.node[1:])) == len(plan.node) - 1
    assert len(np.unique(plan.tick)) == len(plan.tick)
    inner = slice(2, None)
    assert np.array_equal(plan.tick[plan.left[inner]] + plan.tick[plan.right[inner]], 2 * plan.tick[inner])
    assert (np.maximum(plan.left[inner], plan.right[inner]) < np.arange(2, len(plan.tick))).all()
    assert plan.node.max() < 2**32


def _ancestral_variance(sigmas, scale):
    """Exact variance of ancestral sampling of N(0, s²): v' = A² v + σ_up²."""
    v = [sigmas[0] ** 2]
    for a, b in itertools.pairwise(sigmas):
        shrink, ratio = scale**2 / (scale**2 + a**2), (b / a) ** 2
        v.append((shrink + ratio * (1.0 - shrink)) ** 2 * v[-1] + b**2 * (1.0 - ratio))
    return np.array(v)


@pytest.mark.parametrize("steps", [4, 30, 300])
def test_variance_of_ancestral_sampling(steps):
    n, sigmas, target = 1_500_000 // (steps + 20), karras(steps, 0.02, 10.0), problems.gaussian(0.5)
    path = integrate(target.denoise, problems.starts(n), sigmas, "ancestral", 21)
    measured = np.square(path).mean(axis=(1, 2))
    expected = _ancestral_variance(sigmas, 0.5)
    assert np.abs(measured / expected - 1.0).max() <= 5.0 * np.sqrt(2.0 / (2 * n))


@pytest.mark.parametrize("last", [0.02, 0.0])
def test_churn_is_the_printed_algorithm(last):
    """Algorithm 2 of Karras et al. 2022, line by line, with our normals."""
    target, x, sigmas = problems.three(), problems.starts(40), np.append(karras(14, 0.05, 10.0), last)
    z = Brownian(6).normals(sigmas, 40, 2)
    y = x
    for i, (now, then) in enumerate(itertools.pairwise(sigmas)):
        gamma = min(8.0 / 15, np.sqrt(2.0) - 1.0) if 0.1 <= now <= 5.0 else 0.0
        hat = now + gamma * now
        y_hat = y + np.sqrt(hat**2 - now**2) * z[i]
        slope = (y_hat - target.denoise(y_hat, hat)) / hat
        y = y_hat + (then - hat) * slope
        if then != 0.0:
            y = y_hat + (then - hat) * 0.5 * (slope + (y - target.denoise(y, then)) / then)
    ours = ends(target.denoise, x, sigmas, "churn", 6, churn=8.0, churn_range=(0.1, 5.0))
    assert np.abs(ours - y).max() <= 1e-11


@pytest.mark.parametrize("method", ["ancestral", "churn", "sde_dpmpp2m"])
def test_many_steps_sample_the_target(method):
    n, target = 20_000, problems.three()
    last = ends(target.denoise, problems.starts(n, 80.0), karras(200, 0.02, 80.0), method, 4, churn=40.0)
    mean = target.weights @ target.means
    second = target.weights @ (np.einsum("kii->ki", target.covariances) + target.means**2) + 0.02**2
    assert np.abs(last.mean(axis=0) - mean).max() <= 5.0 * np.sqrt(second.max() / n) + 0.01
    assert np.abs(np.square(last).mean(axis=0) / second - 1.0).max() <= 5.0 * np.sqrt(3.0 / n) + 0.01


@pytest.mark.parametrize("method", ["ancestral", "churn", "sde_dpmpp2m"])
def test_finer_steps_refine_the_same_trajectory(method):
    """With one path the ends come together as steps double; with another path they stay apart."""
    target, x, noise = problems.three(), problems.starts(400), Brownian(8)
    run = lambda steps, rng: ends(target.denoise, x, karras(steps, 0.02, 10.0), method, rng)  # noqa: E731
    levels = [run(steps, noise) for steps in (40, 80, 160, 320)]
    gaps = [np.median(np.linalg.norm(a - b, axis=1)) for a, b in itertools.pairwise(levels)]
    assert gaps[1] <= 0.75 * gaps[0]
    assert gaps[2] <= 0.75 * gaps[1]
    stranger = np.median(np.linalg.norm(run(320, Brownian(88)) - levels[-1], axis=1))
    assert stranger >= 20.0 * gaps[2]


def test_one_seed_in_its_three_forms():
    target, x, sigmas = problems.three(), problems.starts(5), karras(6, 0.1, 10.0)
    run = lambda rng: ends(target.denoise, x, sigmas, "ancestral", rng)  # noqa: E731
    assert np.array_equal(run(7), run(Brownian(7)))
    seed = int(np.random.default_rng(3).integers(2**63))
    assert np.array_equal(run(np.random.default_rng(3)), run(seed))
    generator = np.random.default_rng(3)
    assert not np.array_equal(run(generator), run(generator))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Brownian(-1), "seed"),
        (lambda: Brownian(2**64), "seed"),
        (lambda: Brownian(1.5), "seed"),
        (lambda: Brownian(0, -1), "first"),
        (lambda: Brownian(0).starts(-1, 2), "n must"),
        (lambda: Brownian(0).starts(2, 0), "dim"),
        (lambda: Brownian(0, 2**32 - 1).starts(2, 2), "n must"),
        (lambda: Brownian(0).values([1.0, 2.0], 3, 2), "decrease"),
        (lambda: Brownian(0).values([1e10, 2.0], 3, 2), "between"),
        (lambda: Brownian(0).values([1.0, 1e-11], 3, 2), "between"),
        (lambda: Brownian(0).normals([1.0, 1.0 - 1e-9], 3, 2), "6e-6"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with pytest.raises(ValueError, match=words) as caught:
        build()
    assert str(caught.value).endswith(".")


def test_a_step_to_zero_has_noise_of_its_own():
    z = Brownian(0).normals([1.0, 0.1, 0.0], 5000, 2)
    assert z.shape == (2, 5000, 2)
    assert np.abs(np.square(z).mean(axis=(1, 2)) - 1.0).max() <= 0.1
