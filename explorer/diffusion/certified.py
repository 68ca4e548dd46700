"""The flow integrated until it certifies itself, as the yardstick of every solver.

Dormand & Prince's method of order 8 in log σ, where the flow x' = x - D is smooth at every noise level. The
steps are halved until a particle moves by less than the tolerance; each keeps its own last movement as its
stated error. That is the error of the coarser of the two results, the finer one is handed out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.diffusion import inputs
from explorer.diffusion.one_step import euler, runge_kutta_in_log
from explorer.diffusion.program import Program
from explorer.diffusion.trajectories import Denoiser, run

STAGES = 12
FIRST_STEPS, MOST_STEPS = 32, 16_384
LAST_SHARE = 1e-9  # a last step to 0 is integrated down to this share of the level before, then ends at D


@dataclass(frozen=True)
class Reference:
    """Certified points of the flow.

    Parameters
        path  : array (levels, n, d)    at every level that was asked for; [0] is the start
        error : array (n,)              stated error at the last level: movement under the last halving
        steps : int array (n,)          steps of order 8 behind each particle
    """

    path: np.ndarray
    error: np.ndarray
    steps: np.ndarray

    @property
    def ends(self) -> np.ndarray:
        """The points at the last level, (n, d)."""
        return self.path[-1]


def reference(denoise: Denoiser, x: Any, sigmas: Any, tolerance: float = 1e-10) -> Reference:
    """The flow dx/dσ = (x - D)/σ from `x` at ``sigmas[0]`` through the other levels, to a stated error.

    Parameters
        denoise   : callable            as for `integrate`
        x         : array (n, d)
        sigmas    : array (levels,)     strictly monotone, only a last one may be 0; two give the ends
        tolerance : float, 1e-14 to 1   movement below which a particle is settled, times 1 + |x|

    Returns     Reference; a particle that is not settled after 16,384 steps says so by its stated error
    Raises      ValueError              when an argument is out of its range
    Cost: 12 evaluations a step; 32 to 128 steps for most particles, more close to a separatrix.
    Holds: agrees with SciPy's DOP853 at rtol 1e-12, and with the exact flow of a Gaussian to 1e-11.
    Ref: Hairer, Nørsett & Wanner, Solving ordinary differential equations I, 1993, section II.5.
    """
    points, levels = inputs.points(x), inputs.grid(sigmas)
    tolerance = inputs.real(tolerance, "tolerance", 1e-14, 1.0)
    parts = _parts(levels)
    path = _path(denoise, points, levels, parts)
    error, steps = np.full(len(points), np.inf), np.full(len(points), parts.sum())
    open_ones = np.arange(len(points))
    while len(open_ones) and 2 * parts.sum() <= max(MOST_STEPS, 8 * len(levels)):
        parts = 2 * parts
        finer = _path(denoise, points[open_ones], levels, parts)
        error[open_ones] = np.linalg.norm(finer[-1] - path[-1, open_ones], axis=1)
        path[:, open_ones], steps[open_ones] = finer, parts.sum()
        size = 1.0 + np.linalg.norm(finer[-1], axis=1)
        open_ones = open_ones[~(error[open_ones] <= tolerance * size)]
    return Reference(path, error, steps)


def _path(denoise: Denoiser, x: np.ndarray, levels: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """All levels (levels, n, d), with so many steps between each and the next."""
    program, keep = _program(levels, parts)
    path = np.empty((len(levels), *x.shape))
    run(denoise, x, program, np.empty((0, *x.shape)), keep, path)
    return path


def _above_zero(levels: np.ndarray) -> np.ndarray:
    """The levels, with a tiny one in the place of a last 0."""
    down = levels.copy()
    if levels[-1] == 0.0:
        down[-1] = max(LAST_SHARE * levels[-2], inputs.NOISE_FLOOR)
    return down


def _parts(levels: np.ndarray) -> np.ndarray:
    """The coarsest steps between the levels, (levels - 1,): some 32 in all, even in log σ, one each at least."""
    length = np.abs(np.diff(np.log(_above_zero(levels))))
    return np.maximum(1, np.rint(FIRST_STEPS * length / length.sum())).astype(int)


def _program(levels: np.ndarray, parts: np.ndarray) -> tuple[Program, np.ndarray]:
    """The steps of order 8, and after which of them a level is reached."""
    from scipy.integrate import DOP853  # its coefficients; half a second to import, so only when asked for

    down = _above_zero(levels)
    fine = [
        np.exp(np.log(a) + np.arange(part) / part * (np.log(b) - np.log(a)))
        for a, b, part in zip(down[:-1], down[1:], parts, strict=True)
    ]
    grid = np.concatenate([*fine, down[-1:]])
    program = runge_kutta_in_log(grid, DOP853.A[:STAGES, :STAGES], DOP853.B[:STAGES], DOP853.C[:STAGES])
    keep = np.full(len(grid), -1)
    keep[np.concatenate([[0], np.cumsum(parts)])] = np.arange(len(levels))
    if levels[-1] == 0.0:
        program = program.then(euler(np.array([down[-1], 0.0])))
        keep[-1] = -1
        keep = np.append(keep, len(levels) - 1)
    return program, keep
