"""Runs of one method from one or many starts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.saddles.evaluation import lanes
from explorer.saddles.methods import Method, Option, method_named, suggest_step
from explorer.saddles.runs import sweep
from explorer.saddles.stepping import NOISE
from explorer.saddles.surface import Floats, Surface

FAR = 1e8  # in units of the box; Newton comes back from long jumps, so this is generous
MOST_DRAWS = 20_000_000
Seed = np.random.Generator | int | None


def descend(
    surface: Surface,
    start: ArrayLike,
    method: str,
    steps: int,
    step_size: float | None = None,
    rng: Seed = None,
    **options: Option,
) -> Floats:
    """The path of a method from a start, or from many starts at once.

    Parameters
        surface   : Surface
        start     : array (d,) or (m, d)
        method    : str             key in METHODS
        steps     : int             0 or more
        step_size : float           η > 0; `suggest_step` if not given. For methods that use the Hessian it is
                                    the share of the full step, so 1 is the plain method
        rng       : Generator, int  seed of the noise and the directions; 0 if not given. The same seed gives
                                    every start and every step size the same draws, and the Gaussian and the
                                    sphere method the same directions
        options                     see METHODS[method].options

    Returns
        array (steps + 1, d) or (steps + 1, m, d)   the first row is the start. A run that is no longer finite
        or went further than 1e8 boxes has NaN from that step on; nothing is raised and nothing is warned of

    Raises
        ValueError                  for an unknown method or option, or a number out of range

    Cost: 0.1 to 1 µs a step for two unknowns (measured in tests/bench).
    Holds: on a quadratic Newton lands on the critical point in one step, gradient descent and saddle-free
    Newton leave it by their laws, and a step above 2/L diverges (tests).
    Ref: see `stepping` and `spectral_steps`.
    """
    chosen = method_named(method)
    points = np.asarray(start, dtype=float)
    d = surface.dimension
    if points.ndim not in (1, 2) or points.shape[-1] != d:
        raise ValueError(f"start must have shape ({d},) or (m, {d}), not {points.shape}.")
    if not np.isfinite(points).all():
        raise ValueError("start must be finite numbers.")
    task = prepare(surface, chosen, steps, step_size, rng, options)
    flat = surface.inward(points.reshape(-1, d))
    paths = np.full((steps + 1, len(flat), d), np.nan)
    paths[0] = flat
    task.run(flat, -1.0, paths)
    result = surface.outward(paths)
    result[0] = points.reshape(-1, d)  # not turned forth and back
    return result.reshape(steps + 1, *points.shape)


class Task:
    """A method on a surface with its numbers and draws, ready to run from any starts."""

    def __init__(
        self, surface: Surface, settings: Floats, noise: Floats, directions: Floats, steps: int
    ) -> None:
        self._surface, self._settings = surface, settings
        self._noise, self._directions, self._steps = noise, directions, steps
        self._far = FAR * (surface.size + float(np.abs(surface.bounds).max()))

    def run(
        self, starts: Floats, tolerance: float, paths: Floats
    ) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        """Ends (N, d), status (N,) and steps taken (N,) from starts (N, d), in the kernels' coordinates.

        Noise never lets a run come to rest, so then the tolerance is not used.
        """
        total = len(starts)
        points = np.array(starts.T, order="C")  # a copy: the kernel writes the ends over the starts
        status, taken = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
        limits = np.array([self._steps, self._far, -1.0 if len(self._noise) else tolerance])
        sweep(
            self._surface.kernel,
            self._settings,
            self._noise,
            self._directions,
            limits,
            self._surface.rows,
            lanes(self._surface.rows, total),
            points,
            status,
            taken,
            paths,
        )
        return points.T, status, taken


def prepare(
    surface: Surface,
    method: Method,
    steps: int,
    step_size: float | None,
    rng: Seed,
    options: Mapping[str, Option],
) -> Task:
    """Check the numbers, draw the noise and the directions, turn them to the kernels' axes."""
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}.")
    method.checked(surface.dimension, 1.0 if step_size is None else step_size, options)
    step = suggest_step(surface, method.name, **options) if step_size is None else float(step_size)
    settings = method.settings(surface, step, options)
    generator = np.random.default_rng(0 if rng is None else rng)
    noise, directions = _draws(method, surface.dimension, steps, generator, settings, options)
    if method.name == "coordinate" and surface.kernel[5].size:
        directions = directions @ surface.kernel[5]
    columns = np.ascontiguousarray(directions.transpose(0, 2, 1))
    return Task(surface, settings, noise, columns, steps)


def _draws(
    method: Method,
    d: int,
    steps: int,
    rng: np.random.Generator,
    settings: Floats,
    options: Mapping[str, Option],
) -> tuple[Floats, Floats]:
    """Noise (T, d), empty if there is none, and directions (K, m, d).

    The noise is drawn first, so that it is the same whatever the number of directions. Noise, sphere and
    Gaussian directions have no preferred axes, so they count as drawn in the kernels' coordinates: then a
    rotated surface has the rotated path. Coordinate directions are axes of x and are turned by the caller.
    """
    draws = max(1, steps)
    noise = rng.standard_normal((draws, d)) if settings[NOISE] > 0.0 else np.empty((0, d))
    if method.order > 0:
        return noise, np.zeros((1, 1, d))
    m = method.directions(d, options.get("directions"))  # type: ignore[arg-type]
    if method.name == "coordinate" and m == d:
        return noise, np.eye(d)[None]
    if draws * m * d > MOST_DRAWS:
        raise ValueError(f"steps × directions × dimension must stay below {MOST_DRAWS}.")
    return noise, sample_directions(method.name, (draws, m), d, rng)


def sample_directions(kind: str, shape: tuple[int, int], d: int, rng: np.random.Generator) -> Floats:
    """Directions (t, m, d) of a zeroth-order estimator.

    Parameters
        kind  : str     "sphere" (uniform, length 1), "gaussian" (standard normal) or "coordinate" (m
                        different axes out of d)
        shape : (t, m)  estimates and directions for each
    """
    if kind == "coordinate":
        order = np.argsort(rng.random((shape[0], d)), axis=1)[:, : shape[1]]
        return np.eye(d)[order]
    normal = rng.standard_normal((*shape, d))
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True) if kind == "sphere" else normal
