"""Errors given the rows against the matrix formulas and against redrawn noise."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ridge import conditional_errors, decompose, fit_path, make_problem

PENALTIES = np.array([0.0, 0.3, 4.0, 200.0])


def rows(n: int, p: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n * p)
    half = rng.standard_normal((p, p))
    return rng.standard_normal((n, p)) + 0.3, rng.standard_normal(p), half @ half.T / p


@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize(("n", "p"), [(25, 7), (7, 25)])
def test_matrix_formulas(n: int, p: int, center: bool) -> None:
    X, w, sigma = rows(n, p)
    noise = 0.6
    got = conditional_errors(decompose(X, np.zeros(n), center), w, sigma, PENALTIES, noise)
    average = np.full((n, n), 1.0 / n) if center else np.zeros((n, n))
    m = X.mean(axis=0) if center else np.zeros(p)
    rest = np.eye(n) - average
    for i, alpha in enumerate(PENALTIES):
        Z = rest @ X
        inverse = (
            np.linalg.inv(Z.T @ Z + alpha * np.eye(p)) @ Z.T if alpha else np.linalg.pinv(Z, rcond=1e-12)
        )
        hat = inverse @ rest  # w = hat y, and the intercept is 1'y/n - m'w
        intercept = np.full(n, 1.0 / n) * center - m @ hat
        bias, level = hat @ X @ w - w, intercept @ X @ w
        smoother = X @ hat + intercept
        expected = {
            "bias2": bias @ sigma @ bias + level**2,
            "variance": noise * (np.trace(hat.T @ sigma @ hat) + intercept @ intercept),
            "train": (
                np.sum(((smoother - np.eye(n)) @ X @ w) ** 2) + noise * np.sum((smoother - np.eye(n)) ** 2)
            )
            / n,
            "fixed": (np.sum(((smoother - np.eye(n)) @ X @ w) ** 2) + noise * np.sum(smoother**2)) / n
            + noise,
        }
        expected["test"] = expected["bias2"] + expected["variance"] + noise
        for name, value in expected.items():
            np.testing.assert_allclose(getattr(got, name)[i], value, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("center", [False, True])
def test_mean_over_redrawn_noise(center: bool) -> None:
    drawn = make_problem(40, 25, alignment=0.4, noise_var=0.5, seed=2)
    problem = decompose(drawn.X, drawn.y, center)
    exact = conditional_errors(problem, drawn.weights, drawn.spectrum, PENALTIES, 0.5)
    rng = np.random.default_rng(3)
    test, train = [], []
    for _ in range(300):
        y = drawn.X @ drawn.weights + np.sqrt(0.5) * rng.standard_normal(40)
        path = fit_path(drawn.X, y, PENALTIES, center=center)
        test.append((path.coef - drawn.weights) ** 2 @ drawn.spectrum + path.intercept**2 + 0.5)
        train.append(path.train)
    for values, expected in ((np.array(test), exact.test), (np.array(train), exact.train)):
        z = (values.mean(axis=0) - expected) / (values.std(axis=0, ddof=1) / np.sqrt(300))
        assert np.abs(z).max() < 4.0


def test_a_diagonal_is_the_matrix_it_stands_for() -> None:
    X, w, _ = rows(12, 5)
    problem = decompose(X, np.zeros(12))
    diagonal = np.array([2.0, 1.0, 0.5, 0.0, 3.0])
    ours, whole = (conditional_errors(problem, w, s, PENALTIES, 1.0) for s in (diagonal, np.diag(diagonal)))
    np.testing.assert_allclose(ours.test, whole.test, rtol=1e-13)


@pytest.mark.parametrize(
    ("covariance", "sentence"),
    [
        (np.eye(4), "symmetric of shape"),
        (np.triu(np.ones((5, 5))), "symmetric of shape"),
        (-np.ones(5), ">= 0"),
        (np.ones(4), "one entry for each column"),
    ],
)
def test_what_cannot_be_a_covariance_is_refused(covariance: np.ndarray, sentence: str) -> None:
    X, w, _ = rows(12, 5)
    with pytest.raises(ValueError, match=sentence):
        conditional_errors(decompose(X, np.zeros(12)), w, covariance, PENALTIES, 1.0)
