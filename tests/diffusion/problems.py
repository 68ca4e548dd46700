"""Targets and starts that the tests share; small, and with a known answer."""

from __future__ import annotations

import numpy as np

from explorer.diffusion import Brownian, Mixture, PointSet, Target


def three() -> Mixture:
    return Mixture([0.2, 0.3, 0.5], [[1.2, 0.2], [-1.0, 0.9], [-0.2, -1.2]], [0.3, 0.2, 0.4])


def tilted(dim: int = 2) -> Mixture:
    rng = np.random.default_rng(dim)
    roots = rng.normal(size=(4, dim, dim))
    return Mixture(
        rng.random(4) + 0.2,
        rng.normal(size=(4, dim)),
        roots @ roots.transpose(0, 2, 1) / dim + 0.05 * np.eye(dim),
    )


def rounded(dim: int) -> Mixture:
    rng = np.random.default_rng(dim)
    return Mixture(rng.random(5) + 0.2, rng.normal(size=(5, dim)), rng.random(5) + 0.2)


def cloud(dim: int = 2, points: int = 40) -> PointSet:
    return PointSet(np.random.default_rng(dim).normal(size=(points, dim)))


def gaussian(scale: float = 0.5, dim: int = 2) -> Mixture:
    return Mixture([1.0], np.zeros((1, dim)), scale)


def starts(n: int, sigma: float = 10.0, dim: int = 2, seed: int = 0) -> np.ndarray:
    return sigma * Brownian(seed).starts(n, dim)


def near(target: Target, sigma: float, n: int = 60) -> np.ndarray:
    """Points (n, d) drawn from the noisy target."""
    return target.sample(n, 3) + sigma * np.random.default_rng(4).normal(size=(n, target.dim))


ALL = {
    "three": three(),
    "tilted": tilted(),
    "cloud": cloud(),
    "line": rounded(1),
    "space": rounded(3),
    "tilted space": tilted(3),
    "many": rounded(40),
    "cloud of many": cloud(40, 30),
}
