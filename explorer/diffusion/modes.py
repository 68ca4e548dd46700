"""Which mode a point belongs to, and which points a solver sent to the wrong one.

The exact flow keeps the order of its basins: a start belongs to one mode, and where the starts of two modes
meet runs a separatrix. A solver's step may carry a point across it. That point then ends a whole mode away,
however small the steps' errors are, and such points make up most of a mean error.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.diffusion import inputs
from explorer.diffusion.mixture import Target

ROWS = 4096  # points at a time: bounds the table of responsibilities


def reached(target: Target, x: Any, sigma: float, groups: Any = None) -> np.ndarray:
    """The mode of every point: the component, or group of components, with the largest posterior probability.

    Parameters
        target : Mixture or PointSet
        x      : array (n, d)       at noise level sigma, for example the ends of a run
        groups : int array (c,)     the mode to which each component belongs, 0..; by default its own

    Returns     int array (n,)
    Raises      ValueError          when groups is not one whole number >= 0 a component
    """
    own = np.arange(target.components) if groups is None else np.asarray(groups)
    if own.shape != (target.components,) or own.dtype.kind not in "iu" or own.min() < 0:
        raise ValueError(
            f"groups must be one whole number of at least 0 for each component ({target.components})."
        )
    points = inputs.points(x, "x", target.dim)
    joined = None if groups is None else np.eye(int(own.max()) + 1)[own]
    found = np.empty(len(points), np.int64)
    for start in range(0, len(points), ROWS):
        weight = target.responsibilities(points[start : start + ROWS], sigma)
        found[start : start + ROWS] = (weight if joined is None else weight @ joined).argmax(axis=1)
    return found


def crossed(target: Target, true_ends: Any, ends: Any, sigma: float, groups: Any = None) -> np.ndarray:
    """Whether a solver took each point over a separatrix, (n,): it ends in another mode than the exact flow.

    Parameters
        true_ends, ends : arrays (n, d)     of the same starts, both at noise level sigma
    """
    a, b = inputs.points(true_ends, "true_ends", target.dim), inputs.points(ends, "ends", target.dim)
    if a.shape != b.shape:
        raise ValueError(f"true_ends and ends must have the same shape, not {a.shape} and {b.shape}.")
    return reached(target, a, sigma, groups) != reached(target, b, sigma, groups)
