"""The smallest landscape with a barrier: L = (w1 w2 - 1)^2 / 2, whose minima are the two arms of a hyperbola.

A linear network of one input, one hidden unit and one output, asked to be the identity. Its symmetry is a
scaling, (c w1, w2 / c); the points (a, 1/a) and (1/a, a) of one arm are joined by a path without a barrier
but not by a straight one. Between the arms, from (1, 1) to (-1, -1), the barrier is 1/2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.connectivity.network import Array


def hyperbola_loss(w1: ArrayLike, w2: ArrayLike) -> Array:
    """``(w1 w2 - 1)^2 / 2``, elementwise."""
    return 0.5 * (np.asarray(w1, dtype=np.float64) * np.asarray(w2, dtype=np.float64) - 1.0) ** 2


def hyperbola_gradient(w1: ArrayLike, w2: ArrayLike) -> tuple[Array, Array]:
    """``(w1 w2 - 1) (w2, w1)``, elementwise."""
    x, y = np.asarray(w1, dtype=np.float64), np.asarray(w2, dtype=np.float64)
    return (x * y - 1.0) * y, (x * y - 1.0) * x


def hyperbola_line(a: float, ts: ArrayLike) -> Array:
    """Loss on the line from (a, 1/a) to (1/a, a).

        w1 w2 = 1 + t (1 - t) (a - 1/a)^2   gives   L(t) = [t (1 - t) (a - 1/a)^2]^2 / 2

    Parameters
        a  : float, not 0       ts : array (k,)

    Returns
        array (k,)
    """
    t = np.asarray(ts, dtype=np.float64)
    return 0.5 * (t * (1.0 - t) * (_arm(a) - 1.0 / a) ** 2) ** 2


def hyperbola_curvature(a: float, ts: ArrayLike) -> Array:
    """Second derivative of `hyperbola_line` in t: ``(a - 1/a)^4 [(1 - 2t)^2 - 2 t (1 - t)]``, array (k,)."""
    t = np.asarray(ts, dtype=np.float64)
    return (_arm(a) - 1.0 / a) ** 4 * ((1.0 - 2.0 * t) ** 2 - 2.0 * t * (1.0 - t))


def hyperbola_barrier(a: float) -> float:
    """Height at the middle of that line: ``(a - 1/a)^4 / 32``; both ends have loss 0."""
    return (_arm(a) - 1.0 / a) ** 4 / 32.0


def _arm(a: float) -> float:
    if not np.isfinite(a) or a == 0:
        raise ValueError(f"a must be a finite number other than 0, and is {a}")
    return float(a)
