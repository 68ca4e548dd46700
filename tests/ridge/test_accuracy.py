"""Coefficients of ill-conditioned designs against arithmetic with 60 digits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from explorer.ridge import coefficients, decompose
from explorer.ridge.refine import SlicedProduct

mpmath = pytest.importorskip("mpmath")
ALPHAS = np.array([1e-20, 1e-17, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0])


def exact(X: np.ndarray, y: np.ndarray, alpha: float) -> np.ndarray:
    """Ridge coefficients by LU in 60 digits, as mpmath numbers."""
    with mpmath.workdps(60):
        A, b = mpmath.matrix(X.tolist()), mpmath.matrix(y.tolist())
        gram = A.T * A + mpmath.mpf(alpha) * mpmath.eye(X.shape[1])
        return np.array(list(mpmath.lu_solve(gram, A.T * b)))


def relative_error(w: np.ndarray, truth: np.ndarray) -> float:
    with mpmath.workdps(60):
        gap = mpmath.norm([mpmath.mpf(float(a)) - b for a, b in zip(w, truth, strict=True)])
        return float(gap / mpmath.norm(list(truth)))


def hilbert(size: int) -> np.ndarray:
    return 1.0 / (np.arange(size)[:, None] + np.arange(size) + 1.0)


@pytest.mark.parametrize("size", range(5, 13))
@pytest.mark.parametrize("response", ["consistent", "random"])
def test_hilbert_matrices(size: int, response: str) -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    X = hilbert(size)
    y = X @ np.ones(size) if response == "consistent" else np.random.default_rng(size).standard_normal(size)
    ours = coefficients(decompose(X, y), ALPHAS)
    for alpha, w in zip(ALPHAS, ours, strict=True):
        truth = exact(X, y, alpha)
        theirs = linear_model.Ridge(alpha=alpha, fit_intercept=False, solver="svd").fit(X, y).coef_
        error = relative_error(w, truth)
        if alpha <= 1e-4:  # ill-conditioned, so refined
            assert error < 3e-16
            assert error <= relative_error(theirs, truth)
        else:  # both are round-off
            assert error < 1e-14


@pytest.mark.parametrize("case", ["tall", "wide", "twin columns", "graded columns", "centred wide"])
def test_other_ill_conditioned_designs(case: str) -> None:
    rng = np.random.default_rng(5)
    X = rng.standard_normal((9, 6)) @ np.diag(10.0 ** -np.arange(0, 12, 2)) @ rng.standard_normal((6, 6))
    if case == "wide":
        X = np.ascontiguousarray(X.T)
    if case == "twin columns":
        X = X[:, [0, 1, 2, 0]]
    if case == "graded columns":
        X = rng.standard_normal((9, 6)) * 10.0 ** np.array([5, 0, -5, 3, -8, 1])
    if case == "centred wide":
        X = np.ascontiguousarray(X.T)
    y = rng.standard_normal(len(X))
    problem = decompose(X, y, case == "centred wide")
    scale = problem.s[0] ** 2
    alphas = scale * np.array([1e-20, 1e-16, 1e-12, 1e-7, 1e-4])
    polished = coefficients(problem, alphas)
    for alpha, w in zip(alphas, polished, strict=True):
        assert relative_error(w, exact(problem.X, problem.y, alpha)) < 5e-16


def test_polish_changes_nothing_but_the_last_digits() -> None:
    rng = np.random.default_rng(6)
    X = rng.standard_normal((40, 20)) * 10.0 ** -np.linspace(0, 3, 20)
    problem = decompose(X, rng.standard_normal(40))
    alphas = np.r_[0.0, 1e-40, np.logspace(-8, 3, 12)]
    plain, polished = (coefficients(problem, alphas, polish=p) for p in (False, True))
    gap = np.linalg.norm(plain - polished, axis=1) / np.linalg.norm(polished, axis=1)
    np.testing.assert_array_equal(gap[:2], 0.0)  # a zero penalty, and one below round-off, are left alone
    assert gap.max() < 1e-11
    assert gap[3:6].min() > 0.0


@pytest.mark.parametrize("transposed", [False, True])
def test_sliced_product_is_exact_to_twice_the_precision(transposed: bool) -> None:
    rng = np.random.default_rng(2)
    X = rng.standard_normal((7, 5)) * 10.0 ** rng.integers(-6, 6, 5)
    right = rng.standard_normal((7 if transposed else 5, 3)) * 10.0 ** rng.integers(-3, 3, 3)
    A = X.T if transposed else X
    rounded = A @ right
    got = SlicedProduct(X, condition=1e8).subtract([rounded], right, transposed)
    for i in range(A.shape[0]):
        for j in range(3):
            terms = [Fraction(a) * Fraction(b) for a, b in zip(A[i], right[:, j], strict=True)]
            true = Fraction(rounded[i, j]) - sum(terms)
            size = float(sum(abs(term) for term in terms))
            assert abs(got[i, j] - float(true)) <= 1e-15 * abs(float(true)) + 1e-22 * size
