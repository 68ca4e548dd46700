"""What the ridge kernels cost beside the obvious call to scikit-learn or NumPy: ratios within one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from explorer import ridge

PENALTIES = np.logspace(-3, 4, 100)
Call = Callable[[], object]


def rows() -> list[dict]:
    """Return a row a comparison: name, ours_s, theirs_s (best of a few calls), ratio theirs / ours, note."""
    return [*_against_scikit_learn(), *_path_without_decomposition(), *_simulation()]


def _row(name: str, note: str, ours: Call, theirs: Call, repeats: int = 5) -> dict:
    """Time both in turn, so that a busy moment strikes either alike; the best of each counts."""
    best = [np.inf, np.inf]
    for _ in range(repeats):
        for which, call in enumerate((ours, theirs)):
            start = time.perf_counter()
            call()
            best[which] = min(best[which], time.perf_counter() - start)
    return {"name": name, "ours_s": best[0], "theirs_s": best[1], "ratio": best[1] / best[0], "note": note}


def _problem(n: int, p: int, kind: str = "isotropic", **shape: float) -> tuple[np.ndarray, np.ndarray]:
    drawn = ridge.make_problem(n, p, kind=kind, seed=0, **shape)
    return drawn.X, drawn.y


def _against_scikit_learn() -> list[dict]:
    """The whole path against a loop over Ridge and against RidgeCV, folds against a loop over both."""
    from sklearn.linear_model import Ridge, RidgeCV

    X, y = _problem(500, 200)
    problem, note = ridge.decompose(X, y), "100 penalties, 500 x 200"

    def path() -> object:
        return ridge.fit_path(X, y, PENALTIES)

    def loop(solver: str) -> object:
        return [Ridge(alpha=a, fit_intercept=False, solver=solver).fit(X, y) for a in PENALTIES]

    def leave_one_out(mode: str) -> object:
        return RidgeCV(PENALTIES, fit_intercept=False, gcv_mode=mode, store_cv_results=True).fit(X, y)

    return [
        _row("fit_path against a loop over Ridge", note, path, lambda: loop("auto"), 3),
        _row("fit_path against a loop over Ridge, svd", note, path, lambda: loop("svd"), 2),
        _row("fit_path against RidgeCV", note, path, lambda: leave_one_out("auto")),
        _row("fit_path against RidgeCV, svd", note, path, lambda: leave_one_out("svd"), 9),
        _row(
            "five folds, 100 penalties, against Ridge on 5",
            "theirs does a twentieth of the work",
            lambda: ridge.kfold(problem, PENALTIES),
            lambda: _loop_over_folds(problem, PENALTIES[::20]),
            3,
        ),
    ]


def _loop_over_folds(problem: ridge.Decomposition, penalties: np.ndarray) -> None:
    from sklearn.linear_model import Ridge

    for fold in range(5):
        out = np.arange(problem.n) % 5 == fold
        for alpha in penalties:
            Ridge(alpha=alpha, fit_intercept=False).fit(problem.X[~out], problem.y[~out]).predict(
                problem.X[out]
            )


def _path_without_decomposition() -> list[dict]:
    """What a penalty slider costs once the decomposition is kept, against one decomposition."""
    out = []
    for n, p, kind, shape in [
        (200, 100, "isotropic", {}),
        (500, 200, "isotropic", {}),
        (200, 400, "isotropic", {}),
        (200, 100, "power", {"decay": 3.0}),
        (500, 200, "power", {"decay": 3.0}),
    ]:
        X, y = _problem(n, p, kind, **shape)
        problem = ridge.decompose(X, y)
        out.append(
            _row(
                f"path_from, {n} x {p} {kind}",
                "theirs: one numpy SVD" + ("; ill-conditioned, so polished" if shape else ""),
                lambda problem=problem: ridge.path_from(problem, PENALTIES),
                lambda X=X: np.linalg.svd(X, full_matrices=False),
                9,
            )
        )
    return out


def _simulation() -> list[dict]:
    """Thirty draws against their bare decompositions, and the theory of their mean against the draws."""
    spectrum = ridge.make_spectrum("power", 100)
    signal = ridge.aligned_signal(spectrum, 0.5)
    X = ridge.draw_problem(spectrum, signal, 200, 0.5).X

    def draws() -> object:
        return ridge.simulate(spectrum, signal, 200, PENALTIES, 0.5)

    def bare() -> object:
        return [np.linalg.svd(X, full_matrices=False) for _ in range(30)]

    def theory() -> object:
        return ridge.predict_risk(spectrum, signal, 200, PENALTIES, 0.5)

    return [
        _row("30 draws, 200 x 100", "theirs: 30 numpy SVDs", draws, bare),
        _row("predict_risk, p = 100", "theirs: 30 draws by simulate", theory, draws),
    ]


if __name__ == "__main__":
    for row in rows():
        ours, theirs = 1e3 * row["ours_s"], 1e3 * row["theirs_s"]
        print(f"{row['name']:50} {ours:9.2f} ms {theirs:9.2f} ms  x{row['ratio']:<7.2f} {row['note']}")
