"""The part of a ridge problem that no penalty changes: one thin singular value decomposition.

Convention of the family: minimise ``||y - Xw||² + α||w||²``; the 1/n form is ``lam = α / n``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.ridge.factor import EPS, numerical_rank, thin_svd
from explorer.ridge.inputs import design, frozen, nonnegative, vector


@dataclass(frozen=True, eq=False)
class Decomposition:
    """X = U diag(s) Vᵀ with the response in its basis; with ``center``, of the column-centred X and y.

    Fields (arrays are read-only)
        X, y             : array (n, p), (n,)   what was decomposed: as given, or centred
        x_mean, y_mean   : array (p,), float    what centring took away; zeros without it
        center           : bool                 whether an unpenalised intercept is fitted
        U, s, Vt         : array (n, r), (r,), (r, p)   r is the numerical rank: s > eps max(n, p) s_1
        singular_values  : array (min(n, p),)   s, and exact zeros for those below the cut
        rotated          : array (r,)           Uᵀy
        outside          : array (n,)           (I - UUᵀ) y, what no penalty can fit
        room             : array (n,)           1 - leverage at α = 0 (intercept included); see `saturated`
        faint            : U, s, Vt of the directions below the cut, which no fit uses at α = 0
        saturated        : array (n,) of bool   rows that a zero penalty fits whatever their y is: `room` is 0
                                                to round-off there, and `room` and `outside` are set to 0
    """

    X: np.ndarray
    y: np.ndarray
    x_mean: np.ndarray
    y_mean: float
    center: bool
    U: np.ndarray
    s: np.ndarray
    Vt: np.ndarray
    singular_values: np.ndarray
    rotated: np.ndarray
    outside: np.ndarray
    room: np.ndarray
    saturated: np.ndarray
    faint: tuple[np.ndarray, np.ndarray, np.ndarray]

    @property
    def n(self) -> int:
        """Samples."""
        return self.X.shape[0]

    @property
    def p(self) -> int:
        """Features."""
        return self.X.shape[1]

    @property
    def rank(self) -> int:
        """Numerical rank r of the (centred) design."""
        return len(self.s)

    @property
    def spare(self) -> int:
        """Dimensions of the samples that a zero penalty leaves unfitted, ``n - r - [center]``."""
        return self.n - self.rank - int(self.center)

    def with_response(self, y: Any) -> Decomposition:
        """Return the same design with another response (n,). Cost: O(n r), no new decomposition.

        Raises  ValueError  as `decompose`.   Holds: equals ``decompose(X, y)`` bit for bit.
        """
        rows, y_mean = centred(vector(y, "y", self.n, "row of X"), self.center)
        rotated, outside = _rotate(self.U, rows, self.saturated)
        return replace(self, y=rows, y_mean=float(y_mean), rotated=rotated, outside=outside)


def decompose(X: Any, y: Any, center: bool = False) -> Decomposition:
    """Return the thin singular value decomposition of a ridge problem: every path quantity follows from it.

        X = U diag(s) Vᵀ,   cut at  s > eps max(n, p) s_1

    The cut makes α = 0 the minimum-norm least-squares fit, and the limit α -> 0 continuous. Directions below
    it count as nothing at every penalty, except in `coefficients` where α is large enough to tell. A column
    that is constant becomes exactly zero when centred.

    Parameters
        X      : array (n, p)   design, n >= 1 rows (2 with ``center``), p >= 1 columns; never changed
        y      : array (n,)     response
        center : bool           fit an unpenalised intercept, by centring the columns of X and y

    Returns     Decomposition
    Raises      ValueError when a shape does not fit or an entry is not a finite number below 1e100
    Cost: O(n p min(n, p)), see `factor`; 5 to 9 ms at 500 x 200.
    Holds: U diag(s) Vt equals X to round-off; UᵀU = VtVtᵀ = I.
    """
    X = design(X)
    y = vector(y, "y", X.shape[0], "row of X")
    if center and X.shape[0] < 2:
        raise ValueError("center=True needs at least 2 rows, X has 1")
    rows, x_mean = centred(X, center)
    y, y_mean = centred(y, center)
    U, s, Vt = thin_svd(rows)
    rank = numerical_rank(s, max(X.shape))
    room, saturated = _room(U[:, :rank], center)
    rotated, outside = _rotate(U[:, :rank], y, saturated)
    return Decomposition(
        X=rows,
        y=y,
        x_mean=frozen(x_mean),
        y_mean=float(y_mean),
        center=bool(center),
        U=frozen(U[:, :rank]),
        s=frozen(s[:rank]),
        Vt=frozen(Vt[:rank]),
        singular_values=frozen(np.where(np.arange(len(s)) < rank, s, 0.0)),
        rotated=rotated,
        outside=outside,
        room=frozen(room),
        saturated=frozen(saturated),
        faint=(frozen(U[:, rank:]), frozen(s[rank:]), frozen(Vt[rank:])),
    )


def shrinkage(singular_values: Any, penalties: Any) -> np.ndarray:
    """Return how much of each principal direction of the data survives each penalty.

        f_j(α) = s_j² / (s_j² + α),   and 0 where s_j = 0

    Parameters
        singular_values : array (r,)   >= 0
        penalties       : array (k,)   α >= 0

    Returns     array (k, r), between 0 and 1, read-only
    Raises      ValueError when either is empty, negative or not finite
    Cost: O(k r).   Holds: falls in α, rises in s, sums to the degrees of freedom.
    """
    s = nonnegative(singular_values, "singular_values")
    return frozen(shrunk(s, nonnegative(penalties, "penalties")).T.copy())


def shrunk(s: np.ndarray, penalties: np.ndarray) -> np.ndarray:
    """Return ``s² / (s² + α)`` as an array (r, k), accurate also where it is tiny; 0 where s = 0."""
    share = np.zeros((len(s), len(penalties)))
    kept = s > 0
    with np.errstate(over="ignore", under="ignore"):
        ratio = np.sqrt(penalties) / s[kept, None]
        share[kept] = 1.0 / (1.0 + ratio * ratio)
    return share


def remaining(s: np.ndarray, penalties: np.ndarray) -> np.ndarray:
    """Return ``α / (s² + α)`` for s > 0 as an array (r, k): 1 - shrinkage, accurate also where it is tiny."""
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        ratio = s[:, None] / np.sqrt(penalties)
        return 1.0 / (1.0 + ratio * ratio)


def spectral_weights(s: np.ndarray, rotated: np.ndarray, penalties: np.ndarray) -> np.ndarray:
    """Return ``s_j u_jᵀy / (s_j² + α)`` for s > 0 as an array (r, k), without squares that could overflow."""
    length = np.hypot(s[:, None], np.sqrt(penalties))
    with np.errstate(over="ignore", under="ignore"):
        return (rotated[:, None] / length) * (s[:, None] / length)


def centred(values: np.ndarray, center: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return `values` less their mean along the rows, and that mean; a read-only copy either way."""
    if not center:
        return frozen(values.copy()), np.zeros(values.shape[1:])
    mean = values.mean(axis=0)
    constant = (values == values[:1]).all(axis=0)  # the mean of equal numbers may differ from them by an ulp
    mean = np.where(constant, values[0], mean)
    rows = values - mean
    missed = rows.mean(axis=0)  # round-off of a mean that is large beside the spread
    return frozen(rows - missed), mean + missed


def _rotate(U: np.ndarray, y: np.ndarray, saturated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Uᵀy and (I - UUᵀ) y."""
    rotated = U.T @ y
    outside = y - U @ rotated
    outside[saturated] = 0.0
    return frozen(rotated), frozen(outside)


def _room(U: np.ndarray, center: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return 1 - leverage of each row at α = 0, and the rows where it vanishes to round-off."""
    n, rank = U.shape
    if n == rank + int(center):  # then it vanishes in every row, whatever round-off says
        return np.zeros(n), np.ones(n, dtype=bool)
    room = 1.0 - float(center) / n - np.einsum("ij,ij->i", U, U)
    saturated = room < 10.0 * EPS * max(n, 100)
    return np.where(saturated, 0.0, room), saturated
