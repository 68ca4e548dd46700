"""Random numbers that are a function of where they are used: Philox 4x32 with ten rounds, and normals.

A number depends on a seed (the key) and on four 32-bit counters alone, here (node of the tree, particle, pair
of dimensions, purpose). So the order, the batch and the number of steps that ask for it change nothing.
Ref: Salmon, Moraes, Dror & Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011.
"""

from __future__ import annotations

import math

import numpy as np

from explorer.core.jit import kernel

_LOW = np.uint64(0xFFFFFFFF)
_HALF, _DROP = np.uint64(32), np.uint64(11)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LN2 = math.log(2.0)
_SIN = tuple((-1.0) ** k / math.factorial(2 * k + 1) for k in range(8))
_COS = tuple((-1.0) ** k / math.factorial(2 * k) for k in range(9))
_LOG = tuple(1.0 / (2 * k + 1) for k in range(12))
_2W0, _2W1, _4W0, _4W1 = _W0 + _W0, _W1 + _W1, np.uint64(4) * _W0, np.uint64(4) * _W1
_6W0, _6W1, _8W0, _8W1 = np.uint64(6) * _W0, np.uint64(6) * _W1, np.uint64(8) * _W0, np.uint64(8) * _W1
_WORDS = "UniTuple(uint64, 4)(uint64, uint64, uint64, uint64, uint64, uint64)"


@kernel(_WORDS)
def one_round(c0, c1, c2, c3, k0, k1):
    """One round of Philox on 32-bit words held in uint64."""
    p0, p1 = _M0 * (c0 & _LOW), _M1 * (c2 & _LOW)  # the masks tell the compiler that these are 32 x 32 bits
    return ((p1 >> _HALF) ^ c1 ^ k0) & _LOW, p1 & _LOW, ((p0 >> _HALF) ^ c3 ^ k1) & _LOW, p0 & _LOW


@kernel(_WORDS)
def two_rounds(c0, c1, c2, c3, k0, k1):
    """Two rounds, the key raised by its increment in between.

    Bits above 32 of the key fall away in the rounds.
    """
    c0, c1, c2, c3 = one_round(c0, c1, c2, c3, k0, k1)
    return one_round(c0, c1, c2, c3, k0 + _W0, k1 + _W1)


@kernel("void(uint64, uint64, uint64, uint64, uint64, float64[::1], float64[::1], int64)")
def uniform_pairs(seed, node, particle, pair, purpose, first, second, b):
    """Uniform numbers of 53 bits, in (0, 1] and in [0, 1), for `b` particles from number `particle` on.

    The ten rounds stand in the loop itself: a function of one counter would be optimised for one counter before
    the loop is turned into vector instructions, and then it is not (20 times slower, measured).
    Holds: the known-answer vectors of the authors' Random123 library.
    """
    k0, k1 = seed & _LOW, seed >> _HALF
    for l in range(b):
        c0, c1, c2, c3 = two_rounds(node, particle + np.uint64(l), pair, purpose, k0, k1)
        c0, c1, c2, c3 = two_rounds(c0, c1, c2, c3, k0 + _2W0, k1 + _2W1)
        c0, c1, c2, c3 = two_rounds(c0, c1, c2, c3, k0 + _4W0, k1 + _4W1)
        c0, c1, c2, c3 = two_rounds(c0, c1, c2, c3, k0 + _6W0, k1 + _6W1)
        c0, c1, c2, c3 = two_rounds(c0, c1, c2, c3, k0 + _8W0, k1 + _8W1)
        first[l] = (np.float64(np.int64(((c0 << _HALF) | c1) >> _DROP)) + 1.0) * 2.0**-53
        second[l] = np.float64(np.int64(((c2 << _HALF) | c3) >> _DROP)) * 2.0**-53


@kernel("float64(float64)", fastmath={"contract"}, error_model="numpy")
def log_unit(u):
    """log(u) for 2^-60 < u <= 1 without branch or call.

    Exponent times log 2, and 2 artanh((m - 1)/(m + 1)) of the mantissa m in [√½, √2).
    """
    bits = np.float64(u).view(np.int64)
    # the exponent is counted from √½
    e = (bits - 0x3FE6A09E667F3BCD) >> 52
    m = np.int64(bits - (e << 52)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = _LOG[11]
    p = p * z + _LOG[10]
    p = p * z + _LOG[9]
    p = p * z + _LOG[8]
    p = p * z + _LOG[7]
    p = p * z + _LOG[6]
    p = p * z + _LOG[5]
    p = p * z + _LOG[4]
    p = p * z + _LOG[3]
    p = p * z + _LOG[2]
    p = p * z + _LOG[1]
    p = p * z + _LOG[0]
    return e * _LN2 + 2.0 * s * p


@kernel("UniTuple(float64, 2)(float64)", fastmath={"contract"}, error_model="numpy")
def circle(u):
    """cos(2πu), sin(2πu) for 0 <= u < 1 without branch or call: quadrant, and Taylor within π/4 of it."""
    shifted = 4.0 * u + 6755399441055744.0
    quadrant = np.float64(shifted).view(np.int64) & 3
    f = (4.0 * u - (shifted - 6755399441055744.0)) * (0.5 * math.pi)
    z = f * f
    s = _SIN[7]
    s = s * z + _SIN[6]
    s = s * z + _SIN[5]
    s = s * z + _SIN[4]
    s = s * z + _SIN[3]
    s = s * z + _SIN[2]
    s = s * z + _SIN[1]
    s = f * (s * z + _SIN[0])
    c = _COS[8]
    c = c * z + _COS[7]
    c = c * z + _COS[6]
    c = c * z + _COS[5]
    c = c * z + _COS[4]
    c = c * z + _COS[3]
    c = c * z + _COS[2]
    c = c * z + _COS[1]
    c = c * z + _COS[0]
    first, second = (s, c) if quadrant & 1 else (c, s)
    return (-first if (quadrant == 1) or (quadrant == 2) else first), (-second if quadrant & 2 else second)


@kernel("void(float64[::1], float64[::1], int64)", error_model="numpy")
def to_normals(first, second, b):
    """Turn uniform pairs into independent standard normals, in place (Box & Muller 1958); at most 8.57."""
    for l in range(b):
        square = -2.0 * log_unit(first[l])
        radius = np.sqrt(square if square > 0.0 else 0.0)
        x, y = circle(second[l])
        first[l], second[l] = radius * x, radius * y
