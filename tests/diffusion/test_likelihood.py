"""Likelihood along the flow, and of the law that a solver samples."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.diffusion import SAMPLERS, along_flow, ends, gaussian, karras, log_uniform, pushed
from tests.diffusion import problems

ODE = [name for name, sampler in SAMPLERS.items() if not sampler.stochastic]


@pytest.mark.parametrize("name", ["three", "tilted", "cloud"])
def test_change_of_variables_gives_the_density_back(name):
    target = getattr(problems, name)()
    x = target.sample(60, 0) + 0.1 * np.random.default_rng(1).normal(size=(60, 2))
    found = along_flow(target, x, 0.1, 20.0)
    gap = np.abs(found.log_density - target.log_density(x, 0.1))
    assert gap.max() <= 1e-7
    assert (gap <= 10.0 * found.error + 1e-10).all()


def test_gaussian_end_errs_by_what_it_neglects():
    """With N(0, σ²) for N(0, s² + σ²) the log density is off by a known amount."""
    target, x = problems.gaussian(0.5, 3), problems.starts(30, 0.5, 3)
    model = along_flow(target, x, 0.05, 10.0, end=gaussian(10.0))
    far = x * np.sqrt((0.25 + 100.0) / (0.25 + 0.0025))
    expected = target.log_density(x, 0.05) - target.log_density(far, 10.0) + gaussian(10.0)(far)
    assert np.abs(model.log_density - expected).max() <= 1e-8
    assert gaussian(2.0)(np.zeros((1, 3)))[0] == pytest.approx(-1.5 * np.log(8.0 * np.pi))


@pytest.mark.parametrize("method", ODE)
def test_a_linear_solver_multiplies_volume_by_its_factors(method):
    """On N(0, s² I) every solver is x times a number, so log q = log p_start - d log of that number."""
    target, x, sigmas = problems.gaussian(0.5), problems.starts(15), karras(12, 0.05, 10.0)
    found = pushed(target, x, sigmas, method)
    factor = found.points[:, 0] / x[:, 0]
    expected = target.log_density(x, 10.0) - 2.0 * np.log(np.abs(factor))
    assert np.abs(found.log_density - expected).max() <= 1e-9


def test_the_solver_map_against_differences():
    target, x, sigmas = problems.three(), problems.starts(10), karras(8, 0.05, 10.0)
    h = 1e-5
    columns = [
        (ends(target.denoise, x + e, sigmas, "heun") - ends(target.denoise, x - e, sigmas, "heun")) / (2 * h)
        for e in np.eye(2) * h
    ]
    volume = np.log(np.abs(np.linalg.det(np.stack(columns, axis=2))))
    found = pushed(target, x, sigmas, "heun", start=gaussian(10.0))
    assert np.abs(found.log_density - (gaussian(10.0)(x) - volume)).max() <= 1e-6
    assert np.abs(found.points - ends(target.denoise, x, sigmas, "heun")).max() <= 1e-11


def test_the_solver_density_tends_to_the_exact_one():
    target, x = problems.three(), problems.starts(100)
    gaps = []
    for steps in (25, 50, 100):
        found = pushed(target, x, log_uniform(steps, 0.05, 10.0), "heun")
        gaps.append(np.median(np.abs(found.log_density - target.log_density(found.points, 0.05))))
    assert np.log2(gaps[1] / gaps[2]) == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: pushed(problems.three(), np.zeros((1, 2)), [1.0, 0.1], "ancestral"), "deterministic"),
        (lambda: pushed(problems.three(), np.zeros((1, 2)), [1.0, 0.0], "heun"), "above 0"),
        (lambda: pushed(problems.three(), np.zeros((1, 3)), [1.0, 0.1], "heun"), "2 dimensions"),
        (lambda: along_flow(problems.three(), np.zeros((1, 2)), 0.0, 1.0), "positive"),
        (lambda: along_flow(problems.three(), np.zeros((1, 2)), 2.0, 1.0), "below"),
        (lambda: gaussian(0.0), "positive"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with pytest.raises(ValueError, match=words):
        build()
