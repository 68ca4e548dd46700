"""The ridge path against the equations that define it, and against refits."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ridge import decompose, fit_path, path_from, shrinkage

PENALTIES = np.array([3.0, 1e-3, 0.4, 1e4, 0.4])  # neither sorted nor distinct
SHAPES = [(30, 8), (8, 30), (12, 12), (1, 4), (4, 1)]


def data(n: int, p: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, p)) + 0.7, rng.standard_normal(n) + 2.0


def refit(X: np.ndarray, y: np.ndarray, alpha: float, center: bool) -> tuple[np.ndarray, float]:
    """Ridge as an augmented least-squares problem, minimum norm at alpha = 0: another road to the answer."""
    x_mean, y_mean = (X.mean(0), y.mean()) if center else (np.zeros(X.shape[1]), 0.0)
    rows = np.vstack([X - x_mean, np.sqrt(alpha) * np.eye(X.shape[1])])
    w = np.linalg.lstsq(rows, np.r_[y - y_mean, np.zeros(X.shape[1])], rcond=None)[0]
    return w, y_mean - x_mean @ w


def loo_by_refits(X: np.ndarray, y: np.ndarray, alpha: float, center: bool) -> float:
    errors = []
    for i in range(len(y)):
        keep = np.arange(len(y)) != i
        w, b = refit(X[keep], y[keep], alpha, center)
        errors.append(y[i] - X[i] @ w - b)
    return float(np.mean(np.square(errors)))


@pytest.mark.parametrize(("n", "p"), SHAPES)
def test_normal_equations_and_primal_equals_dual(n: int, p: int) -> None:
    X, y = data(n, p)
    path = fit_path(X, y, PENALTIES)
    for alpha, w in zip(PENALTIES, path.coef, strict=True):
        right = X.T @ y
        assert np.linalg.norm(X.T @ (X @ w) + alpha * w - right) <= 1e-10 * np.linalg.norm(right)
        dual = X.T @ np.linalg.solve(X @ X.T + alpha * np.eye(n), y)
        assert np.linalg.norm(w - dual) <= 1e-10 * np.linalg.norm(dual)
    np.testing.assert_allclose(path.coef[2], path.coef[4], rtol=1e-13)
    np.testing.assert_array_equal(path.penalties, PENALTIES)


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize(("n", "p"), [(30, 8), (8, 30), (12, 12), (2, 5)])
def test_everything_equals_refits(n: int, p: int, center: bool) -> None:
    X, y = data(n, p)
    penalties = np.array([0.0, 1e-2, 1.0, 50.0])
    path = fit_path(X, y, penalties, center=center)
    for i, alpha in enumerate(penalties):
        w, b = refit(X, y, alpha, center)
        np.testing.assert_allclose(path.coef[i], w, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(path.intercept[i], b, rtol=1e-10, atol=1e-11)
        np.testing.assert_allclose(path.train[i], np.mean((y - X @ w - b) ** 2), rtol=1e-10, atol=1e-24)
        np.testing.assert_allclose(path.loo[i], loo_by_refits(X, y, alpha, center), rtol=1e-10)
    hat = np.array([[refit(X, e, penalties[2], center) for e in np.eye(n)]], dtype=object)[0]
    trace = sum(X[i] @ hat[i][0] + hat[i][1] for i in range(n))
    np.testing.assert_allclose(path.df[2], trace, rtol=1e-10)


@pytest.mark.parametrize("center", [False, True])
def test_gcv_follows_from_train_and_df(center: bool) -> None:
    for n, p in [(30, 8), (8, 30), (12, 12)]:
        path = fit_path(*data(n, p), [0.05, 1.0, 20.0], center=center)
        np.testing.assert_allclose(path.gcv, path.train / (1 - path.df / n) ** 2, rtol=1e-11)


@pytest.mark.parametrize("copies", [1, 2])
def test_gcv_is_leave_one_out_where_all_leverages_are_equal(copies: int) -> None:
    column = np.random.default_rng(3).standard_normal(9)
    circulant = np.vstack([np.array([np.roll(column, i) for i in range(9)])] * copies)
    y = np.random.default_rng(4).standard_normal(9 * copies)
    path = fit_path(circulant, y, [0.0, 0.1, 3.0])
    np.testing.assert_allclose(path.gcv, path.loo, rtol=1e-9)


def test_degrees_of_freedom_fall_and_training_error_rises() -> None:
    X, y = data(25, 10)
    path = fit_path(X, y, np.r_[0.0, np.logspace(-4, 6, 50)])
    assert (np.diff(path.df) < 0).all()
    assert (np.diff(path.train) > 0).all()
    assert (np.diff(np.linalg.norm(path.coef, axis=1)) < 0).all()
    np.testing.assert_allclose(path.df[0], 10, rtol=1e-14)
    np.testing.assert_allclose(
        path.df, shrinkage(path.singular_values, path.penalties).sum(axis=1), rtol=1e-14
    )


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize("kind", ["tall", "wide", "square", "twin columns", "twin rows", "short rank"])
def test_zero_penalty_is_the_minimum_norm_fit_and_the_limit(kind: str, center: bool) -> None:
    X, y = data(*{"tall": (14, 5), "square": (9, 9)}.get(kind, (7, 12)))
    if kind == "twin columns":
        X = X[:, [0, 1, 2, 0, 1]]
    if kind == "twin rows":
        X = X[[0, 1, 2, 3, 4, 0, 1]]
    if kind == "short rank":  # exactly, in spite of rounding: small whole numbers, and a mean over 8 rows
        rng = np.random.default_rng(9)
        X, y = (
            (rng.integers(-9, 9, (8, 3)) @ rng.integers(-9, 9, (3, 12))).astype(float),
            rng.standard_normal(8),
        )
    path = fit_path(X, y, [0.0, 1e-11], center=center)
    mean, level = (X.mean(0), y.mean()) if center else (0.0, 0.0)
    minimum_norm = np.linalg.pinv(X - mean, rcond=1e-12) @ (y - level)
    np.testing.assert_allclose(path.coef[0], minimum_norm, rtol=1e-9, atol=1e-11)
    for name in ("coef", "df", "train", "loo", "gcv"):
        at_zero, near_zero = getattr(path, name)
        np.testing.assert_allclose(at_zero, near_zero, rtol=1e-7, atol=1e-9, err_msg=name)


def test_interpolating_limit_is_the_formula_in_the_inverse_gram_matrix() -> None:
    X, y = data(8, 30)
    G = np.linalg.inv(X @ X.T)
    path = fit_path(X, y, [0.0])
    np.testing.assert_allclose(path.loo[0], np.mean((G @ y / np.diag(G)) ** 2), rtol=1e-10)
    np.testing.assert_allclose(path.gcv[0], 8 * np.sum((G @ y) ** 2) / np.trace(G) ** 2, rtol=1e-10)
    assert path.train[0] <= 1e-28
    assert path.df[0] == pytest.approx(8, rel=1e-14)


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize("scale", [1.0, 0.05, 1e-4])  # the first two are decomposed by the Gram matrix
def test_a_row_with_a_feature_of_its_own_is_left_out_correctly(center: bool, scale: float) -> None:
    X = np.random.default_rng(1).standard_normal((10, 4)) * [1.0, 1.0, scale, 0.0]
    y = np.random.default_rng(2).standard_normal(10) + 1.0
    X[4, 3] = 2.0  # only row 4 has it: its leverage is 1 at alpha = 0
    path = fit_path(X, y, [0.0, 1e-14 * scale**2, 1e-3], center=center)
    for i, alpha in enumerate([0.0, 0.0, 1e-3]):
        np.testing.assert_allclose(path.loo[i], loo_by_refits(X, y, alpha, center), rtol=1e-8)


def test_leverage_one_is_seen_through_the_round_off_of_the_gram_matrix() -> None:
    for seed in range(200):
        rng = np.random.default_rng(seed)
        basis = np.linalg.qr(np.column_stack([np.eye(12)[4], rng.standard_normal((12, 5))]))[0]
        turn, right = (np.linalg.qr(rng.standard_normal((6, 6)))[0] for _ in range(2))
        problem = decompose(basis @ turn * np.geomspace(1.0, 1 / 31, 6) @ right.T, np.ones(12))
        np.testing.assert_array_equal(problem.saturated, np.arange(12) == 4)


def test_an_outlier_of_leverage_nearly_one_is_not_taken_for_it() -> None:
    X = np.r_[np.ones(9), 3e5][:, None]
    y = np.random.default_rng(2).standard_normal(10) + 1.0
    path = fit_path(X, y, [0.0])
    np.testing.assert_allclose(path.loo[0], loo_by_refits(X, y, 0.0, False), rtol=1e-4)


@pytest.mark.parametrize(("n", "p"), [(40, 15), (15, 40)])
@pytest.mark.parametrize("spread", [1.0, 0.04, 1e-3])
def test_both_roads_decompose_alike(n: int, p: int, spread: float) -> None:
    m = min(n, p)
    rng = np.random.default_rng(8)
    left, right = (np.linalg.qr(rng.standard_normal((size, m)))[0] for size in (n, p))
    X = left * np.geomspace(1.0, spread, m) @ right.T
    problem = decompose(X, rng.standard_normal(n))
    np.testing.assert_allclose(problem.s, np.geomspace(1.0, spread, m), rtol=1e-11)
    np.testing.assert_allclose(problem.U * problem.s @ problem.Vt, X, atol=1e-14)
    for basis in (problem.U.T, problem.Vt):
        np.testing.assert_allclose(basis @ basis.T, np.eye(m), atol=1e-12)


def test_a_large_mean_costs_no_digits_but_those_of_the_data() -> None:
    X, y = data(12, 4)
    far = X + 1e9  # rounds the data; taking 1e9 off again is exact
    ours, near = (fit_path(Z, y, PENALTIES, center=True) for Z in (far, far - 1e9))
    np.testing.assert_allclose(ours.loo, near.loo, rtol=1e-11)
    np.testing.assert_allclose(ours.coef, near.coef, rtol=1e-11)


def test_centring_leaves_no_round_off_of_a_constant() -> None:
    for n in range(2, 40):
        problem = decompose(np.full((n, 2), 0.1), np.full(n, 0.7), center=True)
        assert not problem.X.any()
        assert not problem.y.any()


@pytest.mark.parametrize("center", [False, True])
def test_constant_columns_and_empty_designs(center: bool) -> None:
    y = np.array([0.1, 2.0, -1.0, 0.4, 0.9])
    for X in (np.zeros((5, 3)), np.full((5, 1), 0.1) if center else np.zeros((5, 1))):
        path = fit_path(X, y, [0.0, 1e-30, 1.0], center=center)
        level = y.mean() if center else 0.0
        assert not path.coef.any()
        np.testing.assert_allclose(path.intercept, level, rtol=1e-14)
        np.testing.assert_array_equal(path.df, float(center))
        np.testing.assert_allclose(path.loo, loo_by_refits(X, y, 1.0, center), rtol=1e-12)
    constant_y = fit_path(np.arange(5.0)[:, None], np.full(5, 0.1), [0.0, 1.0], center=True)
    assert not constant_y.coef.any()
    assert not constant_y.loo.any()


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize(("n", "p"), [(60, 20), (20, 60)])
def test_leave_one_out_equals_scikit_learn(n: int, p: int, center: bool) -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = data(n, p)
    penalties = np.logspace(-3, 4, 30)
    theirs = linear_model.RidgeCV(penalties, fit_intercept=center, store_cv_results=True).fit(X, y)
    ours = fit_path(X, y, penalties, center=center)
    np.testing.assert_allclose(ours.loo, theirs.cv_results_.mean(axis=0), rtol=1e-10)
    best = int(ours.loo.argmin())
    assert penalties[best] == theirs.alpha_
    np.testing.assert_allclose(ours.coef[best], theirs.coef_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.intercept[best], theirs.intercept_, rtol=1e-9, atol=1e-12)


def test_a_new_response_or_new_penalties_need_no_new_decomposition() -> None:
    for center in (False, True):
        X, y = data(15, 6)
        other = np.random.default_rng(7).standard_normal(15)
        moved = decompose(X, y, center).with_response(other)
        fresh = decompose(X, other, center)
        for name in ("y", "y_mean", "rotated", "outside"):
            np.testing.assert_array_equal(getattr(moved, name), getattr(fresh, name))
        ours, theirs = path_from(moved, [0.0, 2.0]), fit_path(X, other, [0.0, 2.0], center=center)
        for name in ("coef", "intercept", "df", "train", "loo", "gcv"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_blocks_of_penalties_give_the_same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = data(15, 6)
    X *= np.geomspace(1.0, 1e-5, 6)  # ill-conditioned, so that there is something to refine
    penalties = np.logspace(-9, 2, 11)
    whole = fit_path(X, y, penalties)
    for module in ("leave_out", "solution"):
        monkeypatch.setattr(f"explorer.ridge.{module}.BLOCK", 45)  # three penalties at a time
    blocks = fit_path(X, y, penalties)
    np.testing.assert_allclose(blocks.loo, whole.loo, rtol=1e-13)
    np.testing.assert_allclose(blocks.coef, whole.coef, rtol=1e-14)


def test_scaling_laws_hold_to_round_off() -> None:
    X, y = data(20, 6)
    base = fit_path(X, y, PENALTIES, center=True)
    scaled = fit_path(1e40 * X, 1e-30 * y, 1e80 * PENALTIES, center=True)
    np.testing.assert_allclose(scaled.coef, 1e-70 * base.coef, rtol=1e-11)
    np.testing.assert_allclose(scaled.loo, 1e-60 * base.loo, rtol=1e-11)
    np.testing.assert_allclose(scaled.df, base.df, rtol=1e-11)
