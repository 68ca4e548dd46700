"""K-fold errors against refits."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ridge import decompose, fit_path, kfold, loo_error

PENALTIES = np.array([0.0, 1e-2, 3.0, 100.0])


def data(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n + p)
    return rng.standard_normal((n, p)) + 0.5, rng.standard_normal(n) + 1.0


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize("least", [1.0, 1e-3])  # a well-conditioned design goes another way than a graded one
@pytest.mark.parametrize(("n", "p"), [(23, 6), (6, 23), (20, 18)])
def test_equals_refits_without_each_fold(n: int, p: int, least: float, center: bool) -> None:
    X, y = data(n, p)
    X = X * np.geomspace(1.0, least, p)
    result = kfold(decompose(X, y, center), PENALTIES, folds=3, seed=4)
    squared = np.empty((n, len(PENALTIES)))
    for fold in range(3):
        out = result.fold == fold
        path = fit_path(X[~out], y[~out], PENALTIES, center=center)
        squared[out] = (y[out, None] - X[out] @ path.coef.T - path.intercept) ** 2
        np.testing.assert_allclose(result.fold_error[fold], squared[out].mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(result.error, squared.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(result.se, result.fold_error.std(axis=0, ddof=1) / np.sqrt(3), rtol=1e-12)
    assert np.ptp(np.bincount(result.fold)) <= 1


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize(("n", "p"), [(12, 5), (5, 12), (2, 3)])
def test_a_fold_for_each_row_is_leave_one_out(n: int, p: int, center: bool) -> None:
    problem = decompose(*data(n, p), center)
    result = kfold(problem, PENALTIES, folds=n)
    np.testing.assert_allclose(result.error, loo_error(problem, PENALTIES), rtol=1e-9)


def test_columns_that_vary_in_one_fold_only_have_no_weight_elsewhere() -> None:
    y = np.array([1.0, 2.0, 3.0, 4.0])
    for X in (np.array([[0.1], [0.1], [0.1], [7.0]]), np.zeros((4, 6))):
        problem = decompose(X, y, center=True)
        result = kfold(problem, PENALTIES, folds=4)
        np.testing.assert_allclose(result.error, loo_error(problem, PENALTIES), rtol=1e-12)


def test_folds_follow_the_seed() -> None:
    problem = decompose(*data(30, 4))
    same = [kfold(problem, PENALTIES, seed=s).fold for s in (5, np.random.default_rng(5))]
    np.testing.assert_array_equal(*same)
    assert (same[0] != kfold(problem, PENALTIES, seed=6).fold).any()


def test_errors_that_overflow_are_refused() -> None:
    X = np.array([[1e90], [1e-90], [1e-90]])
    with pytest.raises(ValueError, match="overflow"):
        kfold(decompose(X, np.full(3, 1e90)), PENALTIES[:1], folds=3)


@pytest.mark.parametrize(("folds", "sentence"), [(1, "at least 2"), (31, "at most"), (2.5, "whole number")])
def test_impossible_folds_are_refused(folds, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        kfold(decompose(*data(30, 4)), PENALTIES, folds=folds)
