"""One step of every method that uses the Hessian, written in the eigenbasis of the Hessian.

With eigenvalues λ and the gradient's coordinates g, the step s has coordinates

    Newton                s = −g / λ
    damped Newton         s = −g / (λ + δ + max(0, −λ_min))
    saddle-free Newton    s = −g / (|λ| + δ)
    cubic regularisation  s = argmin g·s + ½ Σ λ s² + (M/6) ‖s‖³

A denominator below 1e-14 of the largest |λ| counts as singular and its coordinate stays (pseudo-inverse).

Ref: Dauphin et al. 2014, Identifying and attacking the saddle point problem, eq. 4 (saddle-free Newton);
Nesterov and Polyak 2006, Cubic regularization of Newton method, section 5 (the secular equation).
"""

from __future__ import annotations

import math

import numpy as np

from explorer.core.jit import kernel

NEWTON, DAMPED, SADDLE_FREE, CUBIC, CAPPED = range(5)
SINGULAR = 1e-14
TINY = 1e-140
_VECTOR, _MATRIX = "float64[::1]", "float64[:,::1]"


@kernel(error_model="numpy")
def jacobi(a, values, vectors):
    """Eigenvalues and eigenvectors (columns) of a small symmetric matrix, which is destroyed.

    Cyclic Jacobi rotations: exact to round-off also for the small eigenvalues, and one rotation for d = 2.

    Cost: about 50 ns for d = 2 and 5 µs for d = 8 (measured).
    Ref: Golub and Van Loan, Matrix Computations, 4th ed., section 8.5.
    """
    d = values.shape[0]
    for i in range(d):
        for j in range(d):
            vectors[i, j] = 1.0 if i == j else 0.0
    for _ in range(60):
        rest, size = 0.0, 0.0
        for i in range(d):
            size += a[i, i] * a[i, i]
            for j in range(i):
                rest += a[i, j] * a[i, j]
        if not rest > 1e-34 * size:
            break
        for p in range(d - 1):
            for q in range(p + 1, d):
                if a[p, q] != 0.0:
                    _rotate(a, vectors, p, q)
    for i in range(d):
        values[i] = a[i, i]


@kernel(error_model="numpy")
def _rotate(a, vectors, p, q):
    """Zero the entry (p, q) by a rotation of these two axes."""
    d = a.shape[0]
    b = a[p, q]
    slant = 0.5 * (a[q, q] - a[p, p]) / b
    t = math.copysign(1.0, slant) / (abs(slant) + math.sqrt(1.0 + slant * slant))
    c = 1.0 / math.sqrt(1.0 + t * t)
    s = c * t
    a[p, p] -= t * b
    a[q, q] += t * b
    a[p, q] = a[q, p] = 0.0
    for k in range(d):
        if k not in (p, q):
            u, v = a[k, p], a[k, q]
            a[k, p] = a[p, k] = c * u - s * v
            a[k, q] = a[q, k] = s * u + c * v
        u, v = vectors[k, p], vectors[k, q]
        vectors[k, p] = c * u - s * v
        vectors[k, q] = s * u + c * v


@kernel(error_model="numpy")
def spectral_step(rule, values, gradient, amount, step):
    """Write one step in the eigenbasis.

    Parameters
        rule     : NEWTON, DAMPED, SADDLE_FREE, CUBIC or CAPPED (Newton no longer than ``amount``)
        values   : (d,)     eigenvalues
        gradient : (d,)     coordinates of the gradient
        amount   : float    δ of the damped rules, M of the cubic one, the longest step of CAPPED
        step     : (d,)     written
    """
    if rule == CUBIC:
        cubic_step(values, gradient, amount, step)
        return
    d = values.shape[0]
    lowest, largest = values[0], 0.0
    for i in range(d):
        lowest = min(lowest, values[i])
        largest = max(largest, abs(values[i]))
    shift = amount + max(0.0, -lowest)
    length = 0.0
    for i in range(d):
        below = values[i]
        if rule == DAMPED:
            below += shift
        elif rule == SADDLE_FREE:
            below = abs(below) + amount
        step[i] = 0.0 if abs(below) <= SINGULAR * largest else -gradient[i] / below
        length += step[i] * step[i]
    if rule == CAPPED and length > amount * amount:
        for i in range(d):
            step[i] *= amount / math.sqrt(length)


@kernel(f"float64({_VECTOR}, {_VECTOR}, float64, {_VECTOR})", error_model="numpy")
def cubic_step(values, gradient, constant, step):
    """Write the global minimiser of the cubic model; gives the decrease of the model, which is >= 0.

    The minimiser is s = −(H + νI)⁻¹g with ν = M‖s‖/2 >= max(0, −λ_min). The root of 1/‖s(ν)‖ = M/(2ν) is
    found by Newton's method from the left: the difference is increasing and concave in ν, so the iterates
    rise to the root without overshooting. In the hard case (no gradient along the lowest eigenvector and a
    step still too short at ν = −λ_min) the rest of the length goes along that eigenvector, upwards.

    Parameters
        values, gradient : (d,)     gradient entries below 1e-140 are set to zero
        constant : float            M > 0
        step     : (d,)             written

    Holds: (H + νI)s = −g and H + νI >= 0 to round-off (tests), hence global optimality (Nesterov and Polyak).
    """
    d = values.shape[0]
    low = 0
    for i in range(d):
        if abs(gradient[i]) < TINY:  # its square would underflow: this is the hard case
            gradient[i] = 0.0
        if values[i] < values[low]:
            low = i
    base = max(0.0, -values[low])  # ν = base + extra; the extra is kept apart so that it may be tiny
    extra, hard = _left_end(values, gradient, constant, base)
    if not hard:
        for _ in range(100):
            gap, slope = _secular(values, gradient, constant, base, extra)
            move = -gap / slope
            if not move > 0.0:  # at the root, or past it by round-off
                break
            extra += move
            if move <= 1e-14 * extra:
                break
    square = 0.0
    for i in range(d):
        below = (values[i] + base) + extra
        step[i] = -gradient[i] / below if below > 0.0 and gradient[i] != 0.0 else 0.0
        square += step[i] * step[i]
    if hard and base > 0.0:
        reach = 2.0 * base / constant
        step[low] = math.sqrt(max(0.0, reach * reach - square))
    return _model_decrease(values, gradient, constant, step)


@kernel(error_model="numpy")
def _left_end(values, gradient, constant, base):
    """A value of ν − base left of the root, and whether the hard case holds.

    No coordinate of the step is longer than the step, so |g_i| <= (λ_i + ν)·2ν/M for each of them; the largest
    ν that one of these equations gives is close to the root, which saves the iterations of a loose start.
    """
    blocked, square, left = False, 0.0, 0.0
    for i in range(values.shape[0]):
        above = values[i] + base
        if above > 0.0:
            square += (gradient[i] / above) ** 2
        elif gradient[i] != 0.0:
            blocked = True
        lack = 0.5 * constant * abs(gradient[i]) - above * base
        if lack > 0.0:
            both = above + base
            left = max(left, 2.0 * lack / (both + math.sqrt(both * both + 4.0 * lack)))
    hard = not blocked and math.sqrt(square) <= 2.0 * base / constant
    return 0.0 if hard else left, hard


@kernel(error_model="numpy")
def _secular(values, gradient, constant, base, extra):
    """1/‖s(ν)‖ − M/(2ν) at ν = base + extra, and its slope."""
    shift = base + extra
    square, cube = 0.0, 0.0
    for i in range(values.shape[0]):
        below = (values[i] + base) + extra
        if gradient[i] != 0.0:
            part = (gradient[i] / below) ** 2
            square += part
            cube += part / below
    pull = constant / (2.0 * shift)
    length = math.sqrt(square)
    return 1.0 / length - pull, cube / (length * square) + pull / shift


@kernel(error_model="numpy")
def _model_decrease(values, gradient, constant, step):
    """−(g·s + ½ Σ λ s² + (M/6) ‖s‖³)."""
    square, change = 0.0, 0.0
    for i in range(values.shape[0]):
        square += step[i] * step[i]
        change += step[i] * (gradient[i] + 0.5 * values[i] * step[i])
    return -change - constant / 6.0 * square * math.sqrt(square)


def cubic_minimiser(gradient, hessian, constant: float):
    """Step that minimises the cubic model of a function.

        s = argmin g·s + ½ sᵀHs + (M/6) ‖s‖³

    Parameters
        gradient : array (d,)
        hessian  : array (d, d)     symmetric
        constant : float            M > 0

    Returns
        array (d,)

    Raises
        ValueError                  when the constant is not positive

    Cost: O(d³) for the eigendecomposition.
    """
    if not constant > 0.0:
        raise ValueError(f"The cubic constant must be positive, not {constant}.")
    values, vectors = np.linalg.eigh(np.asarray(hessian, dtype=float))
    step = np.empty_like(values)
    cubic_step(
        values, np.ascontiguousarray(vectors.T @ np.asarray(gradient, dtype=float)), float(constant), step
    )
    return vectors @ step
