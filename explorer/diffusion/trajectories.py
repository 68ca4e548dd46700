"""Runs a solver from noise to data: ``integrate`` gives the whole path, ``ends`` only where it leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.diffusion import inputs, march
from explorer.diffusion.brownian import Brownian
from explorer.diffusion.mixture import Target
from explorer.diffusion.program import Program
from explorer.diffusion.solvers import DEFAULTS, checked_options, sampler

Denoiser = Callable[[np.ndarray, float], np.ndarray]
Noise = np.random.Generator | Brownian | int | None
ALL_LEVELS = (0.0, float("inf"))


def integrate(
    denoise: Denoiser,
    x: Any,
    sigmas: Any,
    method: str,
    rng: Noise = None,
    *,
    eta: float = DEFAULTS["eta"],
    churn: float = DEFAULTS["churn"],
    churn_range: tuple[float, float] = ALL_LEVELS,
) -> np.ndarray:
    """The path of the points that start at `x` at noise ``sigmas[0]``.

        dx/dσ = (x - D(x, σ))/σ, by the solver `method`; stochastic ones add noise on the way

    Parameters
        denoise : callable      ``denoise(x (n, d), sigma) -> (n, d)``; the bound method of a Mixture or
                                PointSet runs compiled, anything else step by step
        x       : array (n, d)  points at noise sigmas[0]
        sigmas  : array (steps + 1,)    strictly decreasing, only the last may be 0; or strictly increasing, for
                                deterministic solvers: it adds the noise back
        method  : str           a key of `SAMPLERS`
        rng     : Generator, seed or Brownian   for stochastic solvers, unread by the others; one seed means one
                                Brownian path of every particle, whatever the grid, the solver or the batch
        eta     : float, 0 to 1 share of noise of "ancestral" and "sde_dpmpp2m"; 0 takes the noise away
        churn   : float >= 0    amount of churn over the whole run of "churn"
        churn_range : pair      noise levels between which it churns

    Returns     array (steps + 1, n, d)     [0] is x
    Raises      ValueError      when an argument is out of its range, the noise is missing, or denoise answers
                                in another shape
    Cost: steps x evaluations a step x denoise; compiled, about 1 ns an evaluation, component and particle.
    Holds: exact flow of a Gaussian to the solver's order; compiled and plain agree to 1e-10; halving the steps
    keeps the Brownian path.
    Ref: `SAMPLERS`; Karras et al. 2022.
    """
    options = checked_options(eta, churn, churn_range)
    points, levels = inputs.points(x), inputs.grid(sigmas)
    steps = len(levels) - 1
    path = np.empty((steps + 1, *points.shape))
    _run(denoise, points, levels, method, rng, options, np.arange(steps + 1), path)
    return path


def ends(
    denoise: Denoiser,
    x: Any,
    sigmas: Any,
    method: str,
    rng: Noise = None,
    *,
    eta: float = DEFAULTS["eta"],
    churn: float = DEFAULTS["churn"],
    churn_range: tuple[float, float] = ALL_LEVELS,
) -> np.ndarray:
    """The last points of `integrate`, (n, d), without storing the path; same arguments."""
    options = checked_options(eta, churn, churn_range)
    points, levels = inputs.points(x), inputs.grid(sigmas)
    path = np.empty((1, *points.shape))
    keep = np.full(len(levels), -1)
    keep[-1] = 0
    _run(denoise, points, levels, method, rng, options, keep, path)
    return path[0]


def _run(
    denoise: Denoiser,
    points: np.ndarray,
    levels: np.ndarray,
    method: str,
    rng: Noise,
    options: dict[str, float],
    keep: np.ndarray,
    path: np.ndarray,
) -> None:
    solver = sampler(method)
    if solver.stochastic and levels[1] > levels[0]:
        raise ValueError(
            f"{method!r} adds noise on its way down; an increasing grid needs a deterministic solver."
        )
    program = solver.program(levels, **options)
    normals = np.empty((0, *points.shape))
    if program.stochastic:
        normals = brownian(rng, method).normals(levels, *points.shape)
    run(denoise, points, program, normals, keep, path)


def brownian(rng: Noise, method: str = "the solver") -> Brownian:
    """The noise that `rng` stands for: a Brownian itself, a seed by its number, a Generator by its next one.

    Raises    ValueError  for None and anything else
    """
    if isinstance(rng, Brownian):
        return rng
    if isinstance(rng, np.random.Generator):
        return Brownian(int(rng.integers(2**63)))
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool):
        return Brownian(int(rng))
    raise ValueError(f"{method!r} adds noise: give rng, a numpy.random.Generator, a seed or a Brownian.")


def run(
    denoise: Denoiser,
    x: np.ndarray,
    program: Program,
    normals: np.ndarray,
    keep: np.ndarray,
    path: np.ndarray,
) -> None:
    """Carry out a program, compiled where `denoise` belongs to a target that has a compiled path.

    keep (steps + 1,) says at which index of path (m, n, d) the points after i steps are put, -1 for nowhere.
    """
    target = owner(denoise)
    if target is None:
        march.run_plain(_checked(denoise, x.shape), x, program, normals, keep, path)
        return
    if target.dim != x.shape[1]:
        raise ValueError(f"x must have {target.dim} dimensions like the target, it has {x.shape[1]}.")
    if target.compiled:
        march.run_compiled(target.law, x, program, normals, keep, path)
    else:
        with np.errstate(over="ignore", invalid="ignore"):  # a solver that blows up says so by infinities
            march.run_plain(target.denoise_unchecked, x, program, normals, keep, path)


def owner(denoise: Denoiser) -> Target | None:
    """The target whose bound ``denoise`` this is, or None for any other callable."""
    target = getattr(denoise, "__self__", None)
    own = isinstance(target, Target) and getattr(denoise, "__func__", None) is Target.denoise
    return target if own else None


def _checked(denoise: Denoiser, shape: tuple[int, ...]) -> Denoiser:
    """The same denoiser; refuses an answer that is not numbers of that shape."""
    if not callable(denoise):
        raise ValueError(
            "denoise must be a callable: denoise(x, sigma) with x of shape (points, dimensions)."
        )

    def call(x: np.ndarray, sigma: float) -> np.ndarray:
        answer = np.asarray(denoise(x.copy(), sigma))  # a copy, so that a denoiser may write on what it gets
        if answer.shape != shape or answer.dtype.kind not in "biuf":
            raise ValueError(
                f"denoise must answer with real numbers of the shape {shape}, not {answer.shape}."
            )
        return answer.astype(np.float64, copy=False)

    return call
