"""The denoiser of a mixture together with its exact Jacobian.

With the components' own scores g_k = -(C_k + σ²I)⁻¹ (x - m_k) and A_k = C_k (C_k + σ²I)⁻¹,

    D = x + σ² ḡ,   ∇D = Σ_k r_k A_k + σ² Σ_k r_k (g_k - ḡ)(g_k - ḡ)ᵀ,   ḡ = Σ_k r_k g_k

because every component's answer is x + σ² g_k. Deviations are multiplied, so nothing cancels, and ∇D comes
out symmetric and positive semi-definite. In two dimensions compiled in lanes, elsewhere by matrix products.
"""

from __future__ import annotations

import numpy as np

from explorer.core.jit import kernel
from explorer.diffusion import dense
from explorer.diffusion.lanes import BLOCK, exp_nonpositive, plane_moments
from explorer.diffusion.law import Law

NUMBERS = 2_000_000  # of one table (points, components, dimensions): 16 MB
_PLANES = "float64[:,::1], " * 3
_LAW = f"float64[:,::1], float64[:,::1], float64[::1], float64[::1], {_PLANES}float64"


@kernel(
    f"void(float64[:,::1], {_LAW}, float64[:,::1], float64[:,::1], float64[:,::1], int64)",
    error_model="numpy",
)
def plane_tangents(y, means, zeros, log_weight, offset, quad, slope, shrink, square, score, out, rows, b):
    """Entries 00, 01, 11 of ∇D into out (3, lanes) and ḡ into score (2, lanes) for a block y (2, lanes)."""
    plane_moments(y, means, zeros, log_weight, offset, quad, slope, score, rows, b)
    y0, y1, s0, s1, top, total = y[0], y[1], score[0], score[1], rows[0], rows[1]
    out00, out01, out11 = out[0], out[1], out[2]
    own = 0 if offset.shape[0] == 1 else 1
    out[:, :b] = 0.0
    for k in range(means.shape[0]):
        m0, m1, o = means[k, 0], means[k, 1], log_weight[k] + offset[own * k]
        p00, p01, p11 = quad[own * k, 0], 2.0 * quad[own * k, 1], quad[own * k, 2]
        g00, g01, g11 = slope[own * k, 0], slope[own * k, 1], slope[own * k, 2]
        a00, a01, a11 = shrink[own * k, 0], shrink[own * k, 1], shrink[own * k, 2]
        for l in range(b):
            z0, z1 = y0[l] - m0, y1[l] - m1
            e = exp_nonpositive((o - ((p00 * z0 + p01 * z1) * z0 + p11 * z1 * z1)) - top[l]) / total[l]
            d0, d1 = g00 * z0 + g01 * z1 - s0[l], g01 * z0 + g11 * z1 - s1[l]
            out00[l] += e * (a00 + square * d0 * d0)
            out01[l] += e * (a01 + square * d0 * d1)
            out11[l] += e * (a11 + square * d1 * d1)


@kernel(f"void(float64[:,::1], {_LAW}, float64[:,::1], float64[:,:,::1])")
def all_plane_tangents(x, means, zeros, log_weight, offset, quad, slope, shrink, square, answers, jacobians):
    """Write D (n, 2) and ∇D (n, 2, 2) at points x (n, 2); square is σ², the law as in lanes.py."""
    y, score, out, rows = (
        np.empty((2, BLOCK)),
        np.empty((2, BLOCK)),
        np.empty((3, BLOCK)),
        np.empty((3, BLOCK)),
    )
    for start in range(0, x.shape[0], BLOCK):
        b = min(BLOCK, x.shape[0] - start)
        for l in range(b):
            y[0, l], y[1, l] = x[start + l, 0], x[start + l, 1]
        plane_tangents(y, means, zeros, log_weight, offset, quad, slope, shrink, square, score, out, rows, b)
        for l in range(b):
            i = start + l
            answers[i, 0], answers[i, 1] = y[0, l] + square * score[0, l], y[1, l] + square * score[1, l]
            jacobians[i, 0, 0], jacobians[i, 1, 1] = out[0, l], out[2, l]
            jacobians[i, 0, 1], jacobians[i, 1, 0] = out[1, l], out[1, l]


def tangents(x: np.ndarray, law: Law, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """D (n, d) and ∇D (n, d, d) at points x (n, d).

    Cost: O(n c d²); compiled 3 ns a point and component in 2 dimensions.
    """
    n, d = x.shape
    answers, jacobians = np.empty((n, d)), np.empty((n, d, d))
    if d == 2:
        at = law.at(np.array([sigma]))
        levels = at.offset[0], at.quad[0], at.slope[0], at.shrink[0]
        all_plane_tangents(x, law.means, law.zeros, law.log_weight, *levels, sigma**2, answers, jacobians)
        return answers, jacobians
    rows = max(1, NUMBERS // (len(law.means) * d))
    for start in range(0, n, rows):
        part = slice(start, start + rows)
        answers[part], jacobians[part] = by_products(x[part], law, sigma)
    return answers, jacobians


def by_products(x: np.ndarray, law: Law, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """The same by NumPy, in any dimension; memory O(n c d)."""
    noisy = law.noisy(np.array([sigma]))[0]
    weight, _ = dense.responsibilities(x, law, sigma)
    gap, gain = x[:, None, :] - law.means, law.variances / noisy
    if law.round:
        score = -gap / noisy
        shrink = (weight @ np.broadcast_to(gain, (len(law.means), 1)))[:, :, None] * np.eye(x.shape[1])
    else:
        own = np.einsum("nki,kie->nke", gap, law.axes)
        score = np.einsum("nke,kie->nki", -own / noisy, law.axes)
        matrices = np.einsum("kie,ke,kje->kij", law.axes, gain, law.axes)
        shrink = np.einsum("nk,kij->nij", weight, matrices)
    mean = np.einsum("nk,nki->ni", weight, score)
    lean = score - mean[:, None, :]
    spread = np.matmul((weight[:, :, None] * lean).transpose(0, 2, 1), lean)
    return x + sigma**2 * mean, shrink + sigma**2 * spread
