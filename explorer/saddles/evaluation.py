"""Value, gradient and Hessian of any surface on a block of points, inside compiled code.

A surface comes to the kernels as one tuple of arrays (`KERNEL_SURFACE`):

    code, constants, parts      a program (see `program`), empty for a spectral surface
    curvature h, quartic q      of a spectral surface f(z) = Σ ½ h z² + ¼ q z⁴, empty for a program
    basis Q                     (d, d); its columns are the eigenvectors, x = centre + Q z

A spectral surface is worked on in its own coordinates z, where the Hessian is diagonal and a step costs O(d).
The table of rows holds one number per lane: d unknowns, the value, d rows of gradient, then the Hessian (the
lower triangle by rows for a program, the d diagonal entries for a spectral surface), then scratch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.core.jit import kernel
from explorer.saddles.interpreter import run

VALUE, GRADIENT, HESSIAN = range(3)
WIDEST = 256  # lanes worked on together: wide enough to share the choice of an operation,
CACHED = 16_384  # numbers in the register table: small enough for the cache
KERNEL_SURFACE = (
    "Tuple((int64[:,::1], float64[::1], int64[:,::1], float64[::1], float64[::1], float64[:,::1]))"
)
KernelSurface = tuple[
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
]


def lanes(rows: int, points: int) -> int:
    """How many points to work on together, for a register table of so many rows."""
    return max(1, min(WIDEST, points, max(16, CACHED // rows)))


@kernel(error_model="numpy")
def evaluate(surface, level, rows, n):
    """Fill the rows of the value, and of the gradient and Hessian where the level asks for them.

    Parameters
        surface : KERNEL_SURFACE
        level   : VALUE, GRADIENT (value too) or HESSIAN (all)
        rows    : (r, lanes)        the unknowns stand in the first d rows
        n       : int               lanes 0 <= i < n are worked on

    Cost: see `interpreter.run`; a spectral surface about 1 ns a dimension and lane.
    """
    code, constants, parts, curvature, quartic, _ = surface
    if code.shape[0] > 0:
        run(code, constants, parts[level, 0], parts[level, 1], rows, n)
        return
    d = curvature.shape[0]
    value = rows[d]
    for i in range(n):
        value[i] = 0.0
    for k in range(d):
        h, q = curvature[k], quartic[k]
        z = rows[k]
        for i in range(n):
            square = z[i] * z[i]
            value[i] += square * (0.5 * h + 0.25 * q * square)
        if level >= GRADIENT:
            slope = rows[d + 1 + k]
            for i in range(n):
                slope[i] = z[i] * (h + q * z[i] * z[i])
        if level >= HESSIAN:
            bend = rows[2 * d + 1 + k]
            for i in range(n):
                bend[i] = h + 3.0 * q * z[i] * z[i]


@kernel(f"void({KERNEL_SURFACE}, int64, float64[:,::1], float64[:,::1], float64[:,::1])", error_model="numpy")
def evaluate_points(surface, level, points, rows, out):
    """Evaluate at many points, a block at a time.

    Parameters
        points : (d, N)
        rows   : (r, lanes)     scratch
        out    : (k, N)         the first k rows after the unknowns: 1, 1 + d or all of them
    """
    d, total = points.shape
    wide = rows.shape[1]
    for first in range(0, total, wide):
        n = min(wide, total - first)
        for k in range(d):
            for i in range(n):
                rows[k, i] = points[k, first + i]
        evaluate(surface, level, rows, n)
        for k in range(out.shape[0]):
            for i in range(n):
                out[k, first + i] = rows[d + k, i]
