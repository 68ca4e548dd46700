"""Whole runs inside compiled code: many starts, of which the paths or only the ends are kept.

There is one entry for both uses, because every entry compiles all methods once more (10 s on a cold cache).
"""

from __future__ import annotations

import math

import numpy as np

from explorer.core.jit import kernel
from explorer.saddles.evaluation import KERNEL_SURFACE
from explorer.saddles.second_order import goes_down, second_order_move
from explorer.saddles.spectral_steps import CUBIC
from explorer.saddles.stepping import (
    ADAM,
    AMOUNT,
    HEAVY_BALL,
    KIND,
    MOMENTUM,
    NESTEROV,
    RULE,
    SECOND_ORDER,
    STEP,
    ZEROTH_ORDER,
    estimate,
    first_order_move,
    look,
)

UNSETTLED, SETTLED, DIVERGED = range(3)
PROBE_LANES = 512
LOOK_EVERY = 8  # a zeroth-order run is asked for its gradient, to see whether it has settled, this often
_VECTOR, _MATRIX, _CUBE = "float64[::1]", "float64[:,::1]", "float64[:,:,::1]"


@kernel(
    f"void({KERNEL_SURFACE}, {_VECTOR}, {_MATRIX}, {_CUBE}, {_VECTOR}, int64, int64, {_MATRIX}, int64[::1],"
    f" int64[::1], {_CUBE})",
    error_model="numpy",
)
def sweep(surface, settings, noise, directions, limits, height, lanes, points, status, taken, paths):
    """Many runs of one method; every point is replaced by the end of its run.

    A run ends when its gradient is no longer than the tolerance and its momentum has died (SETTLED), when it
    left (DIVERGED, its end is NaN) or after all steps (UNSETTLED).

    Parameters
        settings   : (SETTINGS,)
        noise      : (T, d) or (0, d)           used in turn, the same for every run
        directions : (K, d, m)                  of a zeroth-order method, used in turn; K >= 1
        limits     : (steps, far, tolerance)    far: a run has left when a coordinate is larger than this
                                                or not finite; a negative tolerance: no run settles
        height     : int                        rows of the register table
        lanes      : int                        runs worked on together
        points     : (d, N)                     starts, then ends
        status     : (N,)                       written
        taken      : (N,)                       steps taken, written
        paths      : (steps + 1, N, d) or (0, N, d)     rows from the second on are written up to the end of
                                                        every run
    """
    d, total = points.shape
    wide = max(PROBE_LANES, 2 * lanes) if settings[KIND] == ZEROTH_ORDER else 1
    rows, probes = np.empty((height, lanes)), np.empty((height, wide))
    x, v, w, g = np.empty((d, lanes)), np.empty((d, lanes)), np.empty((d, lanes)), np.empty((d, lanes))
    m, verdict, who = np.empty(lanes), np.empty(lanes), np.empty(lanes, dtype=np.int64)
    steps, far, tolerance = int(limits[0]), limits[1], limits[2]
    for first in range(0, total, lanes):
        n = min(lanes, total - first)
        _load(points, first, settings[AMOUNT], x, v, w, m, who, n)
        for t in range(steps + 1):
            asked = tolerance >= 0.0
            if settings[KIND] == ZEROTH_ORDER:
                asked = asked and (t % LOOK_EVERY == 0 or t == steps)
            if asked or settings[KIND] != ZEROTH_ORDER:
                look(surface, settings, x, v, rows, n)
            if asked and _at_rest(surface, settings, tolerance, v, rows, verdict, n):
                n = _retire(SETTLED, t, verdict, x, v, w, m, who, rows, points, status, taken, n)
            if n == 0 or t == steps:
                break
            move(surface, settings, t, noise, directions, x, v, w, m, g, rows, probes, n)
            if _outside(far, x, verdict, n):
                n = _retire(DIVERGED, t + 1, verdict, x, v, w, m, who, rows, points, status, taken, n)
            if paths.shape[0] > 0:
                for i in range(n):
                    for k in range(d):
                        paths[t + 1, who[i], k] = x[k, i]
        verdict[:n] = 1.0
        _retire(UNSETTLED, steps, verdict, x, v, w, m, who, rows, points, status, taken, n)


@kernel(error_model="numpy")
def _load(points, first, amount, x, v, w, m, who, n):
    """Put the starts from ``first`` on into the lanes, at rest."""
    for i in range(n):
        who[i], m[i] = first + i, amount
        for k in range(x.shape[0]):
            x[k, i], v[k, i], w[k, i] = points[k, first + i], 0.0, 0.0


@kernel(error_model="numpy")
def move(surface, settings, t, noise, directions, x, v, w, m, g, rows, probes, n):
    """One step of any method after its `look`."""
    if settings[KIND] == SECOND_ORDER:
        second_order_move(surface, settings, x, v, m, rows, n)
        return
    d = x.shape[0]
    if settings[KIND] == ZEROTH_ORDER:
        estimate(surface, settings, directions[t % directions.shape[0]], x, probes, g, n)
    else:
        for k in range(d):
            for i in range(n):
                g[k, i] = rows[d + 1 + k, i]
    first_order_move(surface, settings, t, noise, g, x, v, w, n)


@kernel(error_model="numpy")
def _at_rest(surface, settings, tolerance, v, rows, verdict, n):
    """Mark the runs with a short gradient and no momentum; gives whether there are any."""
    d, kind = v.shape[0], settings[KIND]
    inertia = 1.0 if kind == ADAM else 0.0  # turns v² into the square of the gradient that keeps it up
    if kind in (HEAVY_BALL, NESTEROV):
        inertia = ((1.0 - settings[MOMENTUM]) / settings[STEP]) ** 2
    for i in range(n):
        verdict[i] = 0.0
    for k in range(d):
        for i in range(n):
            verdict[i] += rows[d + 1 + k, i] ** 2
        if inertia > 0.0:
            for i in range(n):
                verdict[i] += inertia * v[k, i] ** 2
    count = 0
    for i in range(n):
        verdict[i] = 1.0 if verdict[i] <= tolerance * tolerance else 0.0
        count += int(verdict[i])
    if count > 0 and kind == SECOND_ORDER and settings[RULE] == CUBIC:
        for i in range(n):
            if verdict[i] > 0.0 and goes_down(surface, rows, i, d):
                verdict[i] = 0.0
    return count > 0


@kernel(error_model="numpy")
def _outside(far, x, verdict, n):
    """Mark the runs that are not finite or further out than far; gives whether there are any."""
    for i in range(n):
        verdict[i] = 0.0
    count = 0
    for k in range(x.shape[0]):
        for i in range(n):
            if not abs(x[k, i]) <= far:
                verdict[i] = 1.0
                count += 1
    return count > 0


@kernel(error_model="numpy")
def _retire(state, t, verdict, x, v, w, m, who, rows, points, status, taken, n):
    """Take the marked runs out of the block; gives how many are left."""
    d = x.shape[0]
    i = 0
    while i < n:
        if verdict[i] == 0.0:
            i += 1
            continue
        status[who[i]], taken[who[i]] = state, t
        for k in range(d):
            points[k, who[i]] = math.nan if state == DIVERGED else x[k, i]
        n -= 1  # the last run of the block moves to the free lane
        who[i], m[i], verdict[i] = who[n], m[n], verdict[n]
        for k in range(d):
            x[k, i], v[k, i], w[k, i] = x[k, n], v[k, n], w[k, n]
        for k in range(d, rows.shape[0]):
            rows[k, i] = rows[k, n]
    return n
