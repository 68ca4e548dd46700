"""Mixture sums in many dimensions, where matrix products beat the lane kernels (from about 16 dimensions up).

Same sums as lanes.py, by NumPy: |x - m|² = |x|² - 2 x·m + |m|² costs one matrix product but loses digits when
the noise is small beside |x|. The few components that carry weight there get their distance again, directly.
"""

from __future__ import annotations

import numpy as np

from explorer.diffusion.law import Law

ROWS = 512  # points at a time: bounds the memory of the (points, components) tables
FEW = 16  # dimensions up to which plain differences are taken
PAIRS = 65_536  # distances taken again at a time
LOST = 1e-9  # rounding error of a logit that calls for it
KEEP = 46.0  # components e^-46 = 1e-20 below the largest are not worth a second look


def moments(x: np.ndarray, law: Law, sigma: float, denoiser: bool) -> tuple[np.ndarray, np.ndarray]:
    """The denoiser or the score (n, d), and the log density (n,), at points x (n, d).

    Cost: O(n c d) round, O(n c d²) otherwise; memory O(512 (c + d)).
    """
    out, log_density = np.empty_like(x), np.empty(len(x))
    for start in range(0, len(x), ROWS):
        part = slice(start, start + ROWS)
        weight, log_density[part] = responsibilities(x[part], law, sigma)
        out[part] = _mean(x[part], weight, law, sigma, denoiser)
    return out, log_density


def responsibilities(x: np.ndarray, law: Law, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """r_k(x) (n, c) and the log density (n,) at points x (n, d)."""
    noisy = law.noisy(np.array([sigma]))
    offset = law.log_weight + law.log_normaliser(noisy)[0]
    logits = offset - 0.5 * (_round_squares(x, law, noisy[0]) if law.round else _squares(x, law, noisy[0]))
    top = logits.max(axis=1, keepdims=True)
    weight = np.exp(logits - top)
    total = weight.sum(axis=1, keepdims=True)
    return weight / total, (top + np.log(total))[:, 0]


def _round_squares(x: np.ndarray, law: Law, noisy: np.ndarray) -> np.ndarray:
    """|x - m_k|²/(s_k² + σ²), (n, c)."""
    if x.shape[1] <= FEW:
        squares = sum(np.square(x[:, j, None] - law.means[:, j]) for j in range(x.shape[1]))
        return np.asarray(squares / noisy[:, 0])
    own, norms = np.einsum("kd,kd->k", law.means, law.means), np.einsum("nd,nd->n", x, x)
    scaled = (norms[:, None] - 2.0 * (x @ law.means.T) + own) / noisy[:, 0]
    lost = 4.0 * np.finfo(float).eps * (norms[:, None] + own.max()) / noisy[:, 0]
    if lost.max() > LOST:
        # whatever the rounding did, no other component can come within KEEP of the largest
        logits = law.log_weight - 0.5 * (scaled + x.shape[1] * np.log(noisy[:, 0]))
        rows, columns = np.nonzero(logits + lost >= (logits - lost).max(axis=1, keepdims=True) - KEEP)
        variance = np.broadcast_to(noisy[:, 0], len(law.means))
        for start in range(0, len(rows), PAIRS):
            i, k = rows[start : start + PAIRS], columns[start : start + PAIRS]
            gap = x[i] - law.means[k]
            scaled[i, k] = np.einsum("pd,pd->p", gap, gap) / variance[k]
    return scaled


def _squares(x: np.ndarray, law: Law, noisy: np.ndarray) -> np.ndarray:
    """(x - m_k)ᵀ(C_k + σ²I)⁻¹(x - m_k), (n, c)."""
    out = np.empty((len(x), len(law.means)))
    for k, (mean, axes) in enumerate(zip(law.means, law.axes, strict=True)):
        out[:, k] = np.square((x - mean) @ axes) @ (1.0 / noisy[k])
    return out


def _mean(x: np.ndarray, weight: np.ndarray, law: Law, sigma: float, denoiser: bool) -> np.ndarray:
    """Σ_k r_k (anchor_k + gain_k (x - m_k)), (n, d)."""
    noisy = law.noisy(np.array([sigma]))[0]
    gain = law.variances / noisy if denoiser else -1.0 / noisy
    if law.round:
        share = weight * gain[:, 0]
        kept = (weight - share) if denoiser else -share
        return kept @ law.means + share.sum(axis=1, keepdims=True) * x
    out = np.zeros_like(x)
    for k, (mean, axes) in enumerate(zip(law.means, law.axes, strict=True)):
        moved = (((x - mean) @ axes) * gain[k]) @ axes.T
        out += weight[:, k : k + 1] * ((mean + moved) if denoiser else moved)
    return out
