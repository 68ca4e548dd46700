"""Mixture sums over blocks of particles, written so that the compiler turns them into vector instructions.

Particles lie side by side ("lanes"): every inner loop runs over the particles of one block, holds no
reduction and no branch, and the exponential is a polynomial instead of a library call. Two passes over the
components, the first for the largest logit, the second for the sums: distances are computed twice because
that is cheaper than keeping them, and both passes round alike, so the largest exponent is exactly zero
however far the particle is. Only the polynomial may be contracted to fused multiply-adds.

One sum serves the denoiser and the score of a mixture. With responsibilities r_k(x) and z = x - m_k:

    out = Σ_k r_k(x) (anchor_k + gain_k z)
    denoiser: anchor_k = m_k, gain_k = C_k (C_k + σ²I)⁻¹        score: anchor_k = 0, gain_k = -(C_k + σ²I)⁻¹

What a component is at one noise level (built by `Law.at`; one row that all share when their covariances
are equal):
    offset (c,)   -½ log det(2π(C_k + σ²I))
    quad (c, 3)   ½(C_k + σ²I)⁻¹ as its entries 00, 01, 11
    gain (c, 3)   the gain likewise
In two dimensions any covariance is served. In any other the covariances are multiples of the identity, and
only entry 00 is read.
"""

from __future__ import annotations

import math

import numpy as np

from explorer.core.jit import kernel

BLOCK = 128  # particles in a block: all the rows of a block stay in the first cache
LOWEST = -700.0  # exp(-700) is 1e-304: nothing beside the largest component, whose exponent is 0

_LOG2E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01  # ln 2 with 21 trailing zero bits, so that n * _LN2_HIGH is exact
_LN2_LOW = 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer that stands in the low bits
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (
    1.0 / math.factorial(i) for i in range(2, 14)
)

LAW = "float64[:,::1], float64[:,::1], float64[::1], float64[::1], float64[:,::1], float64[:,::1]"
_BLOCK = f"void(float64[:,::1], {LAW}, float64[:,::1], float64[:,::1], int64)"


@kernel("float64(float64)", fastmath={"contract"})
def exp_nonpositive(a):
    """exp(a) for a <= 0 to two units in the last place, floored at exp(-700); no branch, no call.

    a = n ln 2 + r with |r| <= ln(2)/2, Taylor polynomial of degree 13 in r (remainder 4e-18), exponent bits
    set from n. Holds: relative error <= 4.5e-16 on [-700, 0].
    """
    a = a if a > LOWEST else LOWEST
    shifted = a * _LOG2E + _ROUND
    n = shifted - _ROUND
    r = (a - n * _LN2_HIGH) - n * _LN2_LOW
    p = _C13 * r + _C12
    p = p * r + _C11
    p = p * r + _C10
    p = p * r + _C9
    p = p * r + _C8
    p = p * r + _C7
    p = p * r + _C6
    p = p * r + _C5
    p = p * r + _C4
    p = p * r + _C3
    p = p * r + _C2
    p = p * r + 1.0
    p = p * r + 1.0
    bits = (np.float64(shifted).view(np.int64) + 1023) << 52
    return p * np.int64(bits).view(np.float64)


@kernel(_BLOCK, error_model="numpy")
def plane_moments(y, means, anchors, log_weight, offset, quad, gain, out, rows, b):
    """`block_moments` in two dimensions: everything of one particle and component stays in registers."""
    y0, y1, out0, out1, top, total = y[0], y[1], out[0], out[1], rows[0], rows[1]
    own = 0 if offset.shape[0] == 1 else 1
    for l in range(b):
        top[l], total[l], out0[l], out1[l] = -1e308, 0.0, 0.0, 0.0
    for k in range(means.shape[0]):
        m0, m1, o = means[k, 0], means[k, 1], log_weight[k] + offset[own * k]
        p00, p01, p11 = quad[own * k, 0], 2.0 * quad[own * k, 1], quad[own * k, 2]
        for l in range(b):
            z0, z1 = y0[l] - m0, y1[l] - m1
            v = o - ((p00 * z0 + p01 * z1) * z0 + p11 * z1 * z1)
            top[l] = v if v > top[l] else top[l]
    for k in range(means.shape[0]):
        m0, m1, o = means[k, 0], means[k, 1], log_weight[k] + offset[own * k]
        p00, p01, p11 = quad[own * k, 0], 2.0 * quad[own * k, 1], quad[own * k, 2]
        g00, g01, g11 = gain[own * k, 0], gain[own * k, 1], gain[own * k, 2]
        a0, a1 = anchors[k, 0], anchors[k, 1]
        for l in range(b):
            z0, z1 = y0[l] - m0, y1[l] - m1
            e = exp_nonpositive((o - ((p00 * z0 + p01 * z1) * z0 + p11 * z1 * z1)) - top[l])
            total[l] += e
            out0[l] += e * (a0 + (g00 * z0 + g01 * z1))
            out1[l] += e * (a1 + (g01 * z0 + g11 * z1))
    for l in range(b):
        out0[l] /= total[l]
        out1[l] /= total[l]


@kernel("void(float64[:,::1], float64[::1], float64, float64[::1], int64)")
def logits(y, mean, half, out, b):
    """Write half |y - mean|² of every lane to `out`."""
    for l in range(b):
        out[l] = 0.0
    for j in range(mean.shape[0]):
        m, row = mean[j], y[j]
        for l in range(b):
            z = row[l] - m
            out[l] += z * z
    for l in range(b):
        out[l] *= half


@kernel(_BLOCK, error_model="numpy")
def space_moments(y, means, anchors, log_weight, offset, quad, gain, out, rows, b):
    """`block_moments` in any dimension, for covariances that are multiples of the identity."""
    top, total, weight = rows[0], rows[1], rows[2]
    own = 0 if offset.shape[0] == 1 else 1
    for l in range(b):
        top[l], total[l] = -1e308, 0.0
    for k in range(means.shape[0]):
        o = log_weight[k] + offset[own * k]
        logits(y, means[k], quad[own * k, 0], weight, b)
        for l in range(b):
            v = o - weight[l]
            top[l] = v if v > top[l] else top[l]
    out[:, :b] = 0.0
    for k in range(means.shape[0]):
        o, g = log_weight[k] + offset[own * k], gain[own * k, 0]
        logits(y, means[k], quad[own * k, 0], weight, b)
        for l in range(b):
            e = exp_nonpositive((o - weight[l]) - top[l])
            weight[l] = e
            total[l] += e
        for j in range(means.shape[1]):
            m, u, row, to = means[k, j], anchors[k, j], y[j], out[j]
            for l in range(b):
                to[l] += weight[l] * (u + g * (row[l] - m))
    for j in range(means.shape[1]):
        to = out[j]
        for l in range(b):
            to[l] /= total[l]


@kernel(_BLOCK, error_model="numpy")
def block_moments(y, means, anchors, log_weight, offset, quad, gain, out, rows, b):
    """Σ r_k (anchor_k + gain_k z) of the first `b` lanes of one block.

    y, out (d, BLOCK); rows (3, BLOCK) is work space that leaves holding the largest logit in rows[0] and
    Σ exp(logit - largest) in rows[1].
    """
    if means.shape[1] == 2:
        plane_moments(y, means, anchors, log_weight, offset, quad, gain, out, rows, b)
    else:
        space_moments(y, means, anchors, log_weight, offset, quad, gain, out, rows, b)


@kernel(f"void(float64[:,::1], {LAW}, float64[:,::1], float64[::1])")
def moments(x, means, anchors, log_weight, offset, quad, gain, out, log_density):
    """`block_moments` and the log density of all the points x (n, d), written to (n, d) and (n,)."""
    n, d = x.shape
    y = np.empty((d, BLOCK))
    block = np.empty((d, BLOCK))
    rows = np.empty((3, BLOCK))
    for start in range(0, n, BLOCK):
        b = min(BLOCK, n - start)
        for l in range(b):
            for j in range(d):
                y[j, l] = x[start + l, j]
        block_moments(y, means, anchors, log_weight, offset, quad, gain, block, rows, b)
        for l in range(b):
            for j in range(d):
                out[start + l, j] = block[j, l]
            log_density[start + l] = rows[0, l] + math.log(rows[1, l])
