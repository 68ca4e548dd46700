"""How far a sample is from a target's law, measured on two samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.diffusion import inputs

ROWS = 1024  # distances of so many points to all others at a time


def sliced_wasserstein(a: Any, b: Any, rng: np.random.Generator | int, directions: int = 64) -> float:
    """Root mean square over random directions of the one-dimensional W₂ between projections.

        SW² = mean over unit θ of ∫_0^1 (F_a⁻¹(u) - F_b⁻¹(u))² du

    Parameters
        a : array (n, d),  b : array (m, d)     samples, of any two sizes
        rng : of the directions;  directions : how many; in one dimension there is only one

    Returns     float >= 0      0 for equal samples
    Cost: O(directions (n log n + m log m)).
    Holds: a shift by v gives |v|/√d in expectation over directions; exactly |v| for d = 1.
    Ref: Rabin, Peyré, Delon & Bernot, Wasserstein barycenter and its application to texture mixing, 2011.
    """
    first, second = _samples(a, b)
    d = first.shape[1]
    theta = inputs.generator(rng).standard_normal((d, inputs.count(directions, "directions")))
    theta = np.ones((1, 1)) if d == 1 else theta / np.linalg.norm(theta, axis=0)
    p, q = np.sort(first @ theta, axis=0), np.sort(second @ theta, axis=0)
    if len(p) == len(q):
        return float(np.sqrt(np.mean(np.square(p - q))))
    # quantile functions are steps: they are constant between the union of both sets of jumps
    jumps = np.union1d(np.arange(len(p) + 1) / len(p), np.arange(len(q) + 1) / len(q))
    middle, width = 0.5 * (jumps[1:] + jumps[:-1]), np.diff(jumps)
    at_p = np.minimum((middle * len(p)).astype(int), len(p) - 1)
    at_q = np.minimum((middle * len(q)).astype(int), len(q) - 1)
    return float(np.sqrt(np.mean(width @ np.square(p[at_p] - q[at_q]))))


def energy_distance(a: Any, b: Any) -> float:
    """√(2 E|X - Y| - E|X - X'| - E|Y - Y'|) of the two empirical laws, (n, d) and (m, d).

    Returns     float >= 0      0 only for equal laws, up to the sample's own noise of order 1/√n
    Cost: O((n + m)² d) time, O(1024 (n + m)) memory.
    Holds: equals scipy.stats.energy_distance in one dimension.
    Ref: Székely & Rizzo, Energy statistics: a class of statistics based on distances, 2013.
    """
    first, second = _samples(a, b)
    square = (
        2.0 * _mean_distance(first, second) - _mean_distance(first, first) - _mean_distance(second, second)
    )
    return float(np.sqrt(max(0.0, square)))


def _mean_distance(a: np.ndarray, b: np.ndarray) -> float:
    from scipy.spatial.distance import cdist  # a slow import that nothing else here needs

    total = sum(float(cdist(a[i : i + ROWS], b).sum()) for i in range(0, len(a), ROWS))
    return total / (len(a) * len(b))


def _samples(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    first = inputs.points(a, "a")
    second = inputs.points(b, "b", first.shape[1])
    if not (len(first) and len(second)):
        raise ValueError("both samples must hold at least one point.")
    return first, second
