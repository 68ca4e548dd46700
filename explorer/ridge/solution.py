"""Ridge coefficients for a whole path of penalties at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.ridge.decomposition import Decomposition, spectral_weights
from explorer.ridge.inputs import finite, frozen, nonnegative
from explorer.ridge.refine import above_noise, refinable, refine

BLOCK = 1_000_000  # numbers in one (n, k) or (p, k) work array of the refinement


def coefficients(problem: Decomposition, penalties: Any, polish: bool = True) -> np.ndarray:
    """Return the ridge coefficients at every penalty.

        w(α) = V diag(s_j / (s_j² + α)) Uᵀ y,     w(0) = the minimum-norm least-squares solution

    The entries of X are taken as exact. A design whose rank is short only but for round-off is therefore of
    full rank to a penalty above ``(100 eps max(n, p) s_1)²``, and short of it to a smaller one.

    Parameters
        problem   : Decomposition
        penalties : array (k,)   α >= 0, in any order
        polish    : bool         refine ill-conditioned penalties (kappa > 30) with exact residuals

    Returns     array (k, p), read-only
    Raises      ValueError when a penalty is negative or not finite, or the coefficients overflow
    Cost: one product (k, r) x (r, p); 0.2 ms for 100 penalties at 500 x 200, and see `refine`.
    Holds: (XᵀX + αI) w = Xᵀy; w = Xᵀ (XXᵀ + αI)⁻¹ y; relative error against 60-digit arithmetic on Hilbert
        matrices of sizes 5 to 12 below 3e-16 for α from 1e-20 to 1e-4, where a plain decomposition has up
        to 1e-5.
    """
    alpha = nonnegative(penalties, "penalties")
    weights = spectral_weights(problem.s, problem.rotated, alpha)
    coef = finite(weights, "coefficients").T @ problem.Vt
    _add_faint(problem, alpha, coef)
    chosen = refinable(problem, alpha) if polish else np.zeros(len(alpha), dtype=bool)
    step = max(1, BLOCK // max(problem.X.shape))
    for block in np.split(np.flatnonzero(chosen), range(step, int(chosen.sum()), step)):
        if len(block):
            coef[block] = refine(problem, alpha[block], coef[block])
    return frozen(coef)


def _add_faint(problem: Decomposition, penalties: np.ndarray, coef: np.ndarray) -> None:
    """Add the directions below the rank cut where α is far above their s²: there each gives s uᵀy / α."""
    U, s, Vt = problem.faint
    if len(s):
        enough = above_noise(problem, penalties)
        coef[enough] += ((s * (U.T @ problem.y)) @ Vt) / penalties[enough, None]


def intercepts(problem: Decomposition, coef: np.ndarray) -> np.ndarray:
    """Return ``mean(y) - mean(x)·w`` (k,) for coefficients (k, p); zeros without centring."""
    return frozen(problem.y_mean - coef @ problem.x_mean)
