"""One step of the methods that use the Hessian, on a block of runs, inside compiled code.

The steps themselves are in `spectral_steps`; here the eigenframe of every run is found, and cubic
regularisation judges its step: it stays and doubles M when the value fell by less than a tenth of what the
model promised, and halves M when it fell by more than nine tenths.

Ref: Cartis, Gould and Toint 2011, Adaptive cubic regularisation methods, algorithm 2.1.
"""

from __future__ import annotations

import math

import numpy as np

from explorer.core.jit import kernel
from explorer.saddles.evaluation import VALUE, evaluate
from explorer.saddles.spectral_steps import CUBIC, jacobi, spectral_step
from explorer.saddles.stepping import AMOUNT, RULE, STEP

CUBIC_LEAST, CUBIC_MOST = 1e-8, 1e16


@kernel(error_model="numpy")
def second_order_move(surface, settings, x, v, m, rows, n):
    """Update the runs with the Hessians in the rows; v is scratch, m the cubic constant of every lane."""
    d = x.shape[0]
    rule, share = int(settings[RULE]), settings[STEP]
    values, slopes, step = np.empty(d), np.empty(d), np.empty(d)
    vectors, matrix = np.empty((d, d)), np.empty((d, d))
    before, promised = np.empty(n), np.empty(n)
    spectral = surface[0].shape[0] == 0
    for i in range(n):
        _eigenframe(spectral, rows, i, values, slopes, vectors, matrix)
        spectral_step(rule, values, slopes, m[i] if rule == CUBIC else settings[AMOUNT], step)
        before[i] = rows[d, i]
        if not abs(before[i]) < math.inf:  # a run whose value is not finite has left
            step[:] = math.nan
        if rule == CUBIC:
            promised[i] = _promised(values, slopes, m[i], step, share)
        for k in range(d):
            total = 0.0
            if spectral:
                total = step[k]
            else:
                for j in range(d):
                    total += vectors[k, j] * step[j]
            v[k, i] = x[k, i] + share * total
    if rule == CUBIC:
        _keep_or_refuse(surface, x, v, m, before, promised, rows, n)
    for k in range(d):
        for i in range(n):
            x[k, i] = v[k, i]


@kernel(error_model="numpy")
def _eigenframe(spectral, rows, i, values, slopes, vectors, matrix):
    """Eigenvalues, eigenvectors and the gradient along them in lane i; a spectral surface has them ready."""
    d = values.shape[0]
    if spectral:
        for k in range(d):
            slopes[k] = rows[d + 1 + k, i]
            values[k] = rows[2 * d + 1 + k, i]
        return
    if d == 2:  # one rotation, written out: a quarter less time for every step in the plane
        _frame_in_the_plane(rows, i, values, slopes, vectors)
        return
    place = 2 * d + 1
    for k in range(d):
        for j in range(k + 1):
            matrix[k, j] = matrix[j, k] = rows[place, i]
            place += 1
    jacobi(matrix, values, vectors)
    for k in range(d):
        slopes[k] = 0.0
        for j in range(d):
            slopes[k] += vectors[j, k] * rows[d + 1 + j, i]


@kernel(error_model="numpy")
def _frame_in_the_plane(rows, i, values, slopes, vectors):
    """The same for a program of two unknowns: gradient in rows 3 and 4, Hessian xx, xy, yy in rows 5 to 7."""
    a, b, c = rows[5, i], rows[6, i], rows[7, i]
    t = 0.0
    if b != 0.0:
        slant = 0.5 * (c - a) / b
        t = math.copysign(1.0, slant) / (abs(slant) + math.sqrt(1.0 + slant * slant))
    cosine = 1.0 / math.sqrt(1.0 + t * t)
    sine = cosine * t
    values[0], values[1] = a - t * b, c + t * b
    vectors[0, 0], vectors[0, 1] = cosine, sine
    vectors[1, 0], vectors[1, 1] = -sine, cosine
    slopes[0] = cosine * rows[3, i] - sine * rows[4, i]
    slopes[1] = sine * rows[3, i] + cosine * rows[4, i]


@kernel(error_model="numpy")
def goes_down(surface, rows, i, d):
    """Whether some direction goes down in lane i, which cubic regularisation takes without a gradient."""
    values, slopes = np.empty(d), np.empty(d)
    vectors, matrix = np.empty((d, d)), np.empty((d, d))
    _eigenframe(surface[0].shape[0] == 0, rows, i, values, slopes, vectors, matrix)
    return values.min() < -1e-9 * np.abs(values).max()


@kernel(error_model="numpy")
def _promised(values, slopes, constant, step, share):
    """Decrease of the cubic model along a share of the step."""
    change, square = 0.0, 0.0
    for k in range(values.shape[0]):
        s = share * step[k]
        change += s * (slopes[k] + 0.5 * values[k] * s)
        square += s * s
    return -change - constant / 6.0 * square * math.sqrt(square)


@kernel(error_model="numpy")
def _keep_or_refuse(surface, x, trial, m, before, promised, rows, n):
    """Cubic regularisation stays where it is and doubles M when the model promised too much."""
    d = x.shape[0]
    for k in range(d):
        for i in range(n):
            rows[k, i] = trial[k, i]
    evaluate(surface, VALUE, rows, n)
    for i in range(n):
        gained = before[i] - rows[d, i]
        if not abs(before[i]) < math.inf:
            continue
        if promised[i] <= 1e-13 * abs(before[i]) and abs(gained) <= 1e-12 * abs(before[i]):
            continue  # the values agree to round-off, so their difference says nothing
        if not gained >= 0.1 * promised[i]:
            m[i] = min(CUBIC_MOST, 2.0 * m[i])
            for k in range(d):
                trial[k, i] = x[k, i]
        elif gained >= 0.9 * promised[i]:
            m[i] = max(CUBIC_LEAST, 0.5 * m[i])
