"""Coupled noise: one Brownian path per particle and dimension, the same for every grid, batch and solver.

The clock is τ = (32 - log2 σ)/64, so that σ = 2^32 stands at 0 and σ = 2^-32 (and any σ below, 0 too) at 1; a
step's share of the clock is its share of log σ. The path starts at W(0) = 0 and is a dyadic tree: W(1) is
standard normal, and between two neighbours a, b of one level

    W((a + b)/2) = ½ (W(a) + W(b)) + ½ √(b - a) ξ_node

down to 2^24 ticks of the clock. ξ_node is a function of (seed, node, particle, dimension) alone (counter.py).
A noise level is read at its nearest tick, 2.6e-6 in log σ at most. So W is exactly a Gaussian walk on the
ticks: increments over disjoint steps are independent with exactly the variance of their share of the clock,
and halving the steps keeps every old point of the path to the last bit.
Ref: Lévy's construction; Gaines & Lyons, Variable step size control, 1997, for Brownian trees in solvers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from explorer.core.jit import kernel
from explorer.diffusion import inputs
from explorer.diffusion.counter import to_normals, uniform_pairs

DEPTH = 24  # levels of the tree
TICKS = 2**DEPTH
REACH = 32.0  # the clock covers 2^-32 <= σ <= 2^32
MOST_PARTICLES = 2**32
LANES = 64  # particles in a block
_PATH, _START = np.uint64(0), np.uint64(1)  # purposes of a counter
_COLUMNS = "uint64[::1], int64[::1], int64[::1], float64[::1]"


@kernel(f"void(uint64, uint64, uint64, {_COLUMNS}, int64[::1], int64[::1], float64[::1], float64[:,:,::1])")
def walk(seed, first, purpose, node, left, right, spread, before, after, scale, out):
    """out[i] = scale_i (W[after_i] - W[before_i]), (rows, n, d), for the particles from number `first` on.

    W[0] = 0 and W[p] = ½ (W[left_p] + W[right_p]) + spread_p ξ(node_p), parents before children.
    """
    steps, n, d = out.shape
    path = np.zeros((2, node.shape[0], LANES))
    xi = np.empty((2, LANES))
    for pair in range((d + 1) // 2):
        for start in range(0, n, LANES):
            b = min(LANES, n - start)
            for p in range(1, node.shape[0]):
                uniform_pairs(
                    seed, node[p], first + np.uint64(start), np.uint64(pair), purpose, xi[0], xi[1], b
                )
                to_normals(xi[0], xi[1], b)
                for side in range(2):
                    to, one, two, row = path[side, p], path[side, left[p]], path[side, right[p]], xi[side]
                    for l in range(b):
                        to[l] = 0.5 * (one[l] + two[l]) + spread[p] * row[l]
            for side in range(min(2, d - 2 * pair)):
                for i in range(steps):
                    for l in range(b):
                        change = path[side, after[i], l] - path[side, before[i], l]
                        out[i, start + l, 2 * pair + side] = scale[i] * change


@dataclass(frozen=True)
class Brownian:
    """The noise of all particles, named by a seed.

    Parameters
        seed  : int, 0 to 2^64 - 1
        first : int                 number of the first particle, for work in chunks

    Raises      ValueError          when the seed or the number is out of range
    """

    seed: int
    first: int = 0

    def __post_init__(self) -> None:
        inputs.count(self.seed, "seed", 0, 2**64 - 1)
        inputs.count(self.first, "first", 0, MOST_PARTICLES - 1)

    def shifted(self, by: int) -> Brownian:
        """The same noise, seen from `by` particles further on."""
        return replace(self, first=self.first + by)

    def starts(self, n: int, dim: int) -> np.ndarray:
        """Standard normals (n, dim) for the starting points: particle i always gets the same."""
        rows = np.zeros(1, np.int64), np.ones(1, np.int64)
        return self._walk(_START, _plan(()), *rows, np.ones(1), n, dim)[0]

    def values(self, sigmas: Any, n: int, dim: int) -> np.ndarray:
        """The path W at the noise levels, (steps + 1, n, dim); Var W = τ(σ).

        Raises    ValueError  when sigmas is no decreasing grid, or leaves [2^-32, 2^32] before a last 0
        """
        plan, rows = _on_ticks(clock(sigmas))
        return self._walk(_PATH, plan, np.zeros_like(rows), rows, np.ones(len(rows)), n, dim)

    def normals(self, sigmas: Any, n: int, dim: int) -> np.ndarray:
        """Increments of the path over the steps, each divided by its standard deviation, (steps, n, dim).

        Independent N(0, 1) over steps, particles and dimensions.
        Raises    ValueError  as `values`; also when two levels share one tick of the clock
        Cost: 4 ns for each particle, pair of dimensions and node of the tree; some 17 nodes a step.
        """
        ticks = clock(sigmas)
        change = np.diff(ticks)
        if not (change > 0).all():
            raise ValueError(
                "noise levels of a stochastic solver must fall by 6e-6 of their value a step at least."
            )
        plan, rows = _on_ticks(ticks)
        return self._walk(_PATH, plan, rows[:-1], rows[1:], np.sqrt(TICKS / change), n, dim)

    def _walk(
        self,
        purpose: np.uint64,
        plan: Plan,
        before: np.ndarray,
        after: np.ndarray,
        scale: np.ndarray,
        n: int,
        dim: int,
    ) -> np.ndarray:
        n, dim = inputs.count(n, "n", 0, MOST_PARTICLES - self.first), inputs.count(dim, "dim", 1, 2**16)
        out = np.empty((len(scale), n, dim))
        columns = plan.node, plan.left, plan.right, plan.spread
        walk(np.uint64(self.seed), np.uint64(self.first), purpose, *columns, before, after, scale, out)
        return out


def clock(sigmas: Any) -> np.ndarray:
    """Ticks of the clock (steps + 1,), whole numbers from 0 to 2^24, of decreasing noise levels.

    Raises    ValueError  when sigmas is no decreasing grid, or leaves [2^-32, 2^32] before a last 0
    """
    levels = inputs.grid(sigmas)
    low, high = 2.0**-REACH, 2.0**REACH
    if levels[1] > levels[0]:
        raise ValueError("a stochastic solver needs noise levels that decrease.")
    if not (levels[0] <= high and levels[-2] >= low and (levels[-1] >= low or levels[-1] == 0.0)):
        raise ValueError(
            f"noise levels of a stochastic solver must lie between {low:.1e} and {high:.1e}, or end at 0."
        )
    return np.rint((REACH - np.log2(np.maximum(levels, low))) / (2.0 * REACH) * TICKS).astype(np.int64)


@dataclass(frozen=True)
class Plan:
    """Nodes of the tree that some ticks need, parents first; entry 0 is W(0) = 0, entry 1 is W(1)."""

    tick: np.ndarray
    node: np.ndarray
    left: np.ndarray
    right: np.ndarray
    spread: np.ndarray


def _on_ticks(ticks: np.ndarray) -> tuple[Plan, np.ndarray]:
    """The plan for some ticks (m,), and which of its entries they are."""
    plan = _plan(tuple(ticks.tolist()))
    order = np.argsort(plan.tick)
    return plan, order[np.searchsorted(plan.tick, ticks, sorter=order)]


@lru_cache(maxsize=64)
def _plan(ticks: tuple[int, ...]) -> Plan:
    """All ancestors of the ticks. The tick q = odd 2^t halves the interval from q - 2^t to q + 2^t."""
    found: list[np.ndarray] = []
    needed = np.unique(np.array(ticks, np.int64))
    for t in range(DEPTH):
        now = needed[(needed >> t) & 1 == 1]
        found.append(now)
        needed = np.unique(np.concatenate([needed[(needed >> t) & 1 == 0], now - (1 << t), now + (1 << t)]))
    inner = np.concatenate(found[::-1])
    half = inner & -inner
    level = DEPTH - 1 - np.log2(half).astype(np.int64)
    tick = np.concatenate([[0, TICKS], inner])
    order = np.argsort(tick)
    where = lambda wanted: order[np.searchsorted(tick, wanted, sorter=order)]  # noqa: E731
    return Plan(
        tick=tick,
        node=np.concatenate([[0, 0], (1 << level) + (inner >> (DEPTH - level))]).astype(np.uint64),
        left=np.concatenate([[0, 0], where(inner - half)]),
        right=np.concatenate([[0, 0], where(inner + half)]),
        spread=np.concatenate([[0.0, 1.0], 0.5 * np.sqrt(2.0 * half / TICKS)]),
    )
