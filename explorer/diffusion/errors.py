"""How far solvers end from where the flow leads: medians with intervals, error against steps, orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.diffusion import inputs
from explorer.diffusion.certified import Reference, reference
from explorer.diffusion.solvers import Sampler, calls, sampler
from explorer.diffusion.trajectories import Denoiser, Noise, brownian, ends

STEADY = 0.1  # local slopes that differ by less are called one slope
FINER = 8  # steps of a stochastic solver's own yardstick, in units of the finest count
Grid = Callable[[int], np.ndarray]
Goal = tuple[
    np.ndarray, np.ndarray, float
]  # where to end (n, d), its stated error (n,), floor of the medians


@dataclass(frozen=True)
class Spread:
    """Errors of many particles in five numbers; low and high bound the median with 95 % confidence."""

    median: float
    low: float
    high: float
    largest: float
    mean: float


def distances(a: Any, b: Any) -> np.ndarray:
    """|a_i - b_i| (n,) of points (n, d); infinite where a solver has blown up and left no number."""
    first, second = np.asarray(a, float), np.asarray(b, float)
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError(f"a and b must be points (n, d) of one shape, not {first.shape} and {second.shape}.")
    with np.errstate(over="ignore", invalid="ignore"):
        gap = np.linalg.norm(first - second, axis=1)
    return np.where(np.isfinite(gap), gap, np.inf)


def spread(errors: Any) -> Spread:
    """Median with its distribution-free 95 % interval, largest and mean of errors (n,).

    The interval runs between the order statistics j and n + 1 - j with P(Bin(n, ½) < j) <= 2.5 %; fewer than
    six errors have no such pair, and the interval is their whole range.
    Holds: covers the true median in at least 95 % of repeats.
    Ref: David & Nagaraja, Order statistics, 2003, section 7.1.
    """
    values = np.sort(np.asarray(errors, float).ravel())
    if not len(values) or np.isnan(values).any():
        raise ValueError("errors must hold at least one number, and no NaN.")
    n = len(values)
    j = int(np.searchsorted(_heads(n), 0.025, side="right"))  # the largest j with P(Bin(n, ½) < j) <= 2.5 %
    low, high = (values[j - 1], values[n - j]) if j >= 1 else (values[0], values[-1])
    return Spread(float(np.median(values)), float(low), float(high), float(values[-1]), float(values.mean()))


def _heads(n: int) -> np.ndarray:
    """P(Bin(n, ½) <= k) for k = 0..n."""
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    return np.cumsum(np.exp(log_factorial[-1] - log_factorial - log_factorial[::-1] - n * np.log(2.0)))


@dataclass(frozen=True)
class Order:
    """A slope of log error against log steps.

    Parameters
        order      : float      minus the slope, nan when fewer than three errors stand above the floor
        stderr     : float      of the slope, from the one spare point
        used       : bool array (m,)    the points behind it
        asymptotic : bool       whether the last two local slopes differ by less than 0.1; if not, the slope is
                                still changing and is no order
    """

    order: float
    stderr: float
    used: np.ndarray
    asymptotic: bool


def fit_order(steps: Any, errors: Any, floor: float = 0.0) -> Order:
    """The order of convergence at the fine end: a line through the three finest errors above the floor.

    Parameters
        steps  : array (m,)     numbers of steps, increasing
        errors : array (m,)     at least 0; those that are 0 or infinite are left out
        floor  : float          error of the yardstick; errors below ten times that are left out

    Holds: errors C steps^-p give order p to 1e-12.
    """
    counts, values = inputs.real_array(steps, "steps"), np.asarray(errors, float)
    if (
        counts.ndim != 1
        or counts.shape != values.shape
        or not (np.diff(counts) > 0).all()
        or (counts <= 0).any()
    ):
        raise ValueError("steps must be increasing positive numbers, one for each error.")
    above = np.flatnonzero((values > 10.0 * floor) & (values > 0.0) & np.isfinite(values))
    used = np.zeros(len(values), bool)
    used[above[-3:]] = True
    if used.sum() < 3:
        return Order(float("nan"), float("nan"), used, False)
    x, y = np.log(counts[used]), np.log(values[used])
    gap = x - x.mean()
    slope = (gap @ y) / (gap @ gap)
    rest = y - y.mean() - slope * gap
    local = np.diff(y) / np.diff(x)
    steady = bool(abs(local[1] - local[0]) < STEADY)
    return Order(float(-slope), float(np.sqrt(rest @ rest / (gap @ gap))), used, steady)


@dataclass(frozen=True)
class Curve:
    """Error of one solver against its steps.

    Parameters
        method      : str
        steps       : int array (m,)
        evaluations : int array (m,)        calls of the denoiser a particle
        spreads     : list of Spread (m)
        fit         : Order                 of the medians
        own_error   : float                 95 % quantile of the yardstick's stated error
    """

    method: str
    steps: np.ndarray
    evaluations: np.ndarray
    spreads: list[Spread]
    fit: Order
    own_error: float


def error_curves(
    denoise: Denoiser,
    x: Any,
    grid: Grid,
    methods: Sequence[str],
    steps: Sequence[int],
    rng: Noise = None,
    tolerance: float = 1e-10,
    exact: Reference | None = None,
    **options: Any,
) -> list[Curve]:
    """Error at the end of the run of every solver and number of steps.

    Parameters
        denoise : callable, x : array (n, d)    as for `integrate`
        grid    : callable      ``grid(steps) -> (steps + 1,)``, all from and to the same levels
        methods : names of solvers;  steps : increasing numbers of steps
        rng     : noise of the stochastic solvers, one path a particle for all of them
        exact   : Reference     of the same starts between the same levels, if it is known already
        tolerance : of the `reference`;  options : eta, churn, churn_range of `integrate`

    Returns     list of Curve, in the order of methods. A deterministic solver is held against the `reference`.
                A stochastic one has a limit of its own on each Brownian path: it is held against itself at 8
                times the finest number of steps, whose stated error is its distance from half as many.
    Raises      ValueError      when an argument is out of its range
    Cost: 30 ms for 6 solvers x 5 counts of 10 to 160 steps x 500 particles x 3 components in 2 dimensions.
    """
    points, counts = inputs.points(x), [inputs.count(n, "steps", 1) for n in steps]
    if exact is not None and exact.ends.shape != points.shape:
        raise ValueError(f"exact must follow the {len(points)} starts, not {len(exact.ends)}.")
    if not counts or counts != sorted(set(counts)):
        raise ValueError("steps must be increasing whole numbers.")
    solvers, grids = [sampler(method) for method in methods], [inputs.grid(grid(n)) for n in counts]
    noise = brownian(rng, "a stochastic solver") if any(s.stochastic for s in solvers) else None
    flow: Goal | None = None
    curves = []
    for solver in solvers:
        run = _runner(denoise, points, solver.name, noise, options)
        if solver.stochastic:
            fine = run(grid(FINER * counts[-1]))
            goal: Goal = fine, distances(fine, run(grid(FINER // 2 * counts[-1]))), 0.0
        else:
            flow = flow or _flow_goal(exact or reference(denoise, points, grids[0][[0, -1]], tolerance))
            goal = flow
        curves.append(_curve(solver, run, grids, goal))
    return curves


def _runner(
    denoise: Denoiser, points: np.ndarray, method: str, noise: Noise, options: dict[str, Any]
) -> Callable[[np.ndarray], np.ndarray]:
    return lambda levels: ends(denoise, points, levels, method, noise, **options)


def _flow_goal(found: Reference) -> Goal:
    return found.ends, found.error, float(np.median(found.error))


def _curve(
    solver: Sampler, run: Callable[[np.ndarray], np.ndarray], grids: list[np.ndarray], goal: Goal
) -> Curve:
    """One curve: `run(levels)` gives ends, held against a goal."""
    aim, own, floor = goal
    counts = np.array([len(levels) - 1 for levels in grids])
    spreads = [spread(distances(run(levels), aim)) for levels in grids]
    return Curve(
        method=solver.name,
        steps=counts,
        evaluations=np.array([calls(solver.name, levels) for levels in grids]),
        spreads=spreads,
        fit=fit_order(counts, [s.median for s in spreads], floor),
        own_error=float(np.quantile(own, 0.95)),
    )
