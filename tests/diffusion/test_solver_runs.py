"""Runs of the solvers: compiled against plain, batches, last steps to zero, any denoiser, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.diffusion import SAMPLERS, Brownian, Mixture, calls, ends, integrate, karras, log_uniform
from tests.diffusion import problems

ODE = [name for name, sampler in SAMPLERS.items() if not sampler.stochastic]
SDE = [name for name, sampler in SAMPLERS.items() if sampler.stochastic]


def plain(target):
    """The same denoiser as a stranger: not recognised, so run step by step."""
    return lambda x, sigma: target.denoise(x, sigma)


@pytest.mark.parametrize("method", list(SAMPLERS))
@pytest.mark.parametrize("last", [0.02, 0.0])
def test_compiled_and_plain_agree(method, last):
    sigmas = np.append(karras(15, 0.05, 10.0), last)
    for target in (
        problems.three(),
        problems.tilted(),
        problems.cloud(),
        problems.rounded(1),
        problems.rounded(5),
    ):
        x = problems.starts(150, dim=target.dim)
        compiled = integrate(target.denoise, x, sigmas, method, 7)
        stepped = integrate(plain(target), x, sigmas, method, 7)
        assert compiled.shape == (17, 150, target.dim)
        assert np.abs(compiled - stepped).max() <= 1e-10
        assert np.array_equal(ends(target.denoise, x, sigmas, method, 7), compiled[-1])


@given(
    seed=st.integers(0, 2**31),
    n=st.integers(1, 140),
    steps=st.integers(1, 9),
    method=st.sampled_from(list(SAMPLERS)),
)
@settings(max_examples=40, deadline=None)
def test_any_shape_of_run_agrees(seed, n, steps, method):
    rng = np.random.default_rng(seed)
    components = int(rng.integers(1, 6))
    target = Mixture(
        rng.random(components) + 0.1, rng.normal(size=(components, 2)), rng.random(components) + 0.1
    )
    x, sigmas = 5.0 * rng.normal(size=(n, 2)), karras(steps, 0.1, 5.0)
    gap = integrate(target.denoise, x, sigmas, method, seed) - integrate(
        plain(target), x, sigmas, method, seed
    )
    assert np.abs(gap).max() <= 1e-10


@pytest.mark.parametrize("method", list(SAMPLERS))
def test_a_batch_is_its_particles(method):
    """Particle i does not know how many run beside it: 300 at once, or the first 77 alone."""
    target, x, sigmas = problems.three(), problems.starts(300), karras(9, 0.02, 10.0)
    assert np.array_equal(
        integrate(target.denoise, x, sigmas, method, 1)[:, :77],
        integrate(target.denoise, x[:77], sigmas, method, 1),
    )


@pytest.mark.parametrize("method", list(SAMPLERS))
def test_a_last_step_to_zero_ends_on_clean_data(method):
    target, sigmas = problems.cloud(), np.append(karras(40, 0.005, 10.0), 0.0)
    last = integrate(target.denoise, problems.starts(50), sigmas, method, 3)[-1]
    distance = np.linalg.norm(last[:, None] - target.means, axis=2).min(axis=1)
    assert np.median(distance) <= (1e-12 if method not in ("ab2", "lms4") else 1e-3)
    one = integrate(target.denoise, problems.starts(5), [10.0, 0.0], method, 3)
    if method != "churn":
        assert np.abs(one[1] - target.denoise(one[0], 10.0)).max() <= 1e-12


@pytest.mark.parametrize("method", ODE)
def test_there_and_back(method):
    """An increasing grid adds the noise again; 200 steps of order p each way come home to that order."""
    target, down = problems.three(), log_uniform(200, 0.05, 10.0)
    x = target.sample(40, 0)
    far = ends(target.denoise, x, down[::-1].copy(), method)
    home = ends(target.denoise, far, down, method)
    assert np.median(np.linalg.norm(home - x, axis=1)) <= (5e-2 if SAMPLERS[method].order == 1 else 2e-3)


@pytest.mark.parametrize("method", list(SAMPLERS))
@pytest.mark.parametrize("last", [0.02, 0.0])
def test_calls_are_counted(method, last):
    asked = []

    def count(x, sigma):
        asked.append(sigma)
        return np.zeros_like(x)

    sigmas = np.append(karras(7, 0.05, 10.0), last)
    integrate(count, problems.starts(2), sigmas, method, 0)
    assert len(asked) == calls(method, sigmas)
    assert min(asked) > 0.0


def test_noise_options_at_zero_leave_the_flow():
    target, x, sigmas = problems.three(), problems.starts(30), karras(20, 0.02, 10.0)
    run = lambda method, **options: integrate(target.denoise, x, sigmas, method, 5, **options)  # noqa: E731
    assert np.abs(run("ancestral", eta=0.0) - run("euler")).max() <= 1e-12
    assert np.abs(run("sde_dpmpp2m", eta=0.0) - run("dpmpp2m")).max() <= 1e-12
    assert np.array_equal(run("churn", churn=0.0), run("heun"))
    assert np.array_equal(run("churn", churn_range=(11.0, 20.0)), run("heun"))
    assert np.abs(run("churn") - run("heun")).max() > 0.1
    assert integrate(target.denoise, x, sigmas, "ancestral", eta=0.0).shape == (21, 30, 2)


def test_a_denoiser_may_write_on_its_input():
    target, x, sigmas = problems.three(), problems.starts(10), karras(5, 0.1, 10.0)

    def rough(y, sigma):
        answer = target.denoise(y, sigma)
        y[:] = np.nan
        return answer

    assert (
        np.abs(integrate(rough, x, sigmas, "heun") - integrate(target.denoise, x, sigmas, "heun")).max()
        <= 1e-12
    )


def test_a_solver_that_blows_up_says_so_by_infinities():
    target = problems.rounded(20)
    x = 1e40 * np.ones((3, 20))
    last = ends(target.denoise, x, np.linspace(1e6, 1e-3, 200), "lms4")
    assert last.shape == (3, 20)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"method": "hein"}, "did you mean 'heun'"),
        ({"method": "nothing like it"}, "choose one of euler"),
        ({"method": None}, "choose one of"),
        ({"method": "ancestral"}, "give rng"),
        ({"method": "ancestral", "rng": "7"}, "give rng"),
        ({"method": "ancestral", "rng": True}, "give rng"),
        ({"method": "ancestral", "rng": -1}, "seed"),
        ({"method": "ancestral", "rng": 1, "sigmas": [0.1, 1.0]}, "increasing grid"),
        ({"method": "ancestral", "rng": 1, "sigmas": [1.0, 1.0 - 1e-7]}, "6e-6"),
        ({"method": "ancestral", "rng": 1, "sigmas": [1e12, 1.0]}, "between"),
        ({"method": "ancestral", "rng": 1, "eta": 1.5}, "eta"),
        ({"method": "churn", "rng": 1, "churn": -1.0}, "churn"),
        ({"method": "churn", "rng": 1, "churn_range": (2.0, 1.0)}, "lower first"),
        ({"method": "churn", "rng": 1, "churn_range": 3.0}, "lower first"),
        ({"sigmas": [0.0, 1.0]}, "above 0"),
        ({"sigmas": [1.0, 1.0]}, "strictly"),
        ({"sigmas": [1.0, 1e-120]}, "1e-100"),
        ({"sigmas": 3.0}, "at least two"),
        ({"x": [1.0, 2.0]}, "shape"),
        ({"x": [[1.0, 2.0, 3.0]]}, "2 dimensions"),
        ({"x": [[np.inf, 0.0]]}, "finite"),
        ({"denoise": "no"}, "callable"),
        ({"denoise": lambda x, s: x[:1]}, "shape"),
        ({"denoise": lambda x, s: x * 1j}, "real numbers"),
        ({"denoise": lambda x, s: 1.0}, "shape"),
    ],
)
def test_hostile_input_gets_a_sentence(arguments, words):
    given_ = {
        "denoise": problems.three().denoise,
        "x": np.zeros((2, 2)),
        "sigmas": [1.0, 0.1],
        "method": "euler",
    }
    with pytest.raises(ValueError, match=words) as caught:
        integrate(**{**given_, **arguments})
    assert str(caught.value).rstrip().endswith((".", "?"))


def test_registry_tells_what_it_holds():
    assert {"euler", "heun", "dpm2", "dpmpp1", "dpmpp2s", "dpmpp2m", "dpmpp3m", "ab2", "lms4", "rk4"} <= set(
        ODE
    )
    assert {"ancestral", "churn", "sde_dpmpp2m"} == set(SDE)
    for name, sampler in SAMPLERS.items():
        assert sampler.name == name
        assert sampler.label
        assert sampler.reference
    assert isinstance(Brownian(3), Brownian)
