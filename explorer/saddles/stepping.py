"""One step of each method on a block of runs, inside compiled code.

A block holds its runs in lanes: position x, momentum v and second moment w are tables (d, lanes), the cubic
constant m is (lanes,). A step is a `look` (evaluate where the method wants it) and a `move`.

    gradient step         x⁺ = x − η(g + σξ)
    heavy ball            v⁺ = βv − ηg(x),       x⁺ = x + v⁺
    Nesterov              v⁺ = βv − ηg(x + βv),  x⁺ = x + v⁺
    Adam                  moments of g with β₁, β₂, corrected for their start at zero
    second order          x⁺ = x + ηs, s from `spectral_steps`
    zeroth order          g replaced by  c/m Σⱼ (f(x + μuⱼ) − f(x − μuⱼ)) / (2μ) uⱼ,  a gradient step

Ref: Polyak 1964; Nesterov 1983; Kingma and Ba 2015, algorithm 1; Ge et al. 2015, Escaping from saddle points
(noise inside the step).
"""

from __future__ import annotations

import math

import numpy as np

from explorer.core.jit import kernel
from explorer.saddles.evaluation import GRADIENT, HESSIAN, VALUE, evaluate

DESCENT, HEAVY_BALL, NESTEROV, ADAM, ZEROTH_ORDER, SECOND_ORDER = range(6)
# places in the table of numbers that a method is given
KIND, RULE, STEP, MOMENTUM, BETA_1, BETA_2, EPSILON, AMOUNT, NOISE, SMOOTHING, SCALE, SETTINGS = range(12)


@kernel(error_model="numpy")
def look(surface, settings, x, v, rows, n):
    """Evaluate value, gradient and, for second-order methods, Hessian where the method asks for them."""
    ahead = settings[MOMENTUM] if settings[KIND] == NESTEROV else 0.0
    for k in range(x.shape[0]):
        if ahead != 0.0:
            for i in range(n):
                rows[k, i] = x[k, i] + ahead * v[k, i]
        else:
            for i in range(n):
                rows[k, i] = x[k, i]
    evaluate(surface, HESSIAN if settings[KIND] == SECOND_ORDER else GRADIENT, rows, n)


@kernel(error_model="numpy")
def estimate(surface, settings, directions, x, probes, g, n):
    """Zeroth-order estimate of the gradient, written to g.

    Parameters
        directions : (d, m)         columns, in the coordinates of the surface
        x, g       : (d, lanes)
        probes     : (r, lanes)     rows for evaluation, at least 2n lanes; several directions share a pass
    """
    d, m = directions.shape
    mu, scale = settings[SMOOTHING], settings[SCALE] / (2.0 * settings[SMOOTHING])
    for k in range(d):
        for i in range(n):
            g[k, i] = 0.0
    together = max(1, probes.shape[1] // (2 * n))
    for first in range(0, m, together):
        count = min(together, m - first)
        half = count * n
        _spread(probes, x, mu, directions, first, count, n)
        evaluate(surface, VALUE, probes, 2 * half)
        change = probes[d]
        for p in range(half):
            change[p] -= change[half + p]
        _gather(change, scale, directions, first, count, g, n)


@kernel(error_model="numpy")
def _spread(probes, x, mu, directions, first, count, n):
    """The probes x + μu, direction after direction, then x − μu."""
    half = n * count
    for k in range(x.shape[0]):
        if n == 1:  # then the loop over directions is the long one
            for j in range(count):
                probes[k, j] = x[k, 0] + mu * directions[k, first + j]
                probes[k, half + j] = x[k, 0] - mu * directions[k, first + j]
        else:
            for j in range(count):
                reach = mu * directions[k, first + j]
                for i in range(n):
                    probes[k, j * n + i] = x[k, i] + reach
                    probes[k, half + j * n + i] = x[k, i] - reach


@kernel(error_model="numpy")
def _gather(change, scale, directions, first, count, g, n):
    """Add scale · Σ change · u to the estimate."""
    for k in range(g.shape[0]):
        if n == 1:
            total = 0.0
            for j in range(count):
                total += change[j] * directions[k, first + j]
            g[k, 0] += scale * total
        else:
            for j in range(count):
                u = scale * directions[k, first + j]
                for i in range(n):
                    g[k, i] += change[j * n + i] * u


@kernel(error_model="numpy")
def first_order_move(surface, settings, t, noise, g, x, v, w, n):
    """Update the runs with the gradients g, which are destroyed; t counts from 0.

    Parameters
        noise : (T, d)  ξ of every step, used in turn; (0, d) for none
    """
    kind, step, momentum = settings[KIND], settings[STEP], settings[MOMENTUM]
    if kind == ADAM:
        _adam_move(surface, settings, t, g, x, v, w, n)
        return
    for k in range(x.shape[0]):
        push = settings[NOISE] * noise[t % noise.shape[0], k] if noise.shape[0] > 0 else 0.0
        if kind in (HEAVY_BALL, NESTEROV):
            for i in range(n):
                v[k, i] = momentum * v[k, i] - step * g[k, i]
                x[k, i] += v[k, i]
        else:
            for i in range(n):
                x[k, i] -= step * (g[k, i] + push)


@kernel(error_model="numpy")
def _adam_move(surface, settings, t, g, x, v, w, n):
    """Adam works axis by axis, so a spectral surface is turned to the axes of x and back."""
    basis = surface[5]
    turned = basis.shape[0] > 0
    slopes = np.dot(basis, g) if turned else g
    b1, b2 = settings[BETA_1], settings[BETA_2]
    first = settings[STEP] / (1.0 - b1 ** (t + 1))
    second = 1.0 / (1.0 - b2 ** (t + 1))
    for k in range(x.shape[0]):
        for i in range(n):
            v[k, i] = b1 * v[k, i] + (1.0 - b1) * slopes[k, i]
            w[k, i] = b2 * w[k, i] + (1.0 - b2) * slopes[k, i] * slopes[k, i]
            slopes[k, i] = first * v[k, i] / (math.sqrt(second * w[k, i]) + settings[EPSILON])
    move = np.dot(basis.T, slopes) if turned else slopes
    for k in range(x.shape[0]):
        for i in range(n):
            x[k, i] -= move[k, i]
