"""What must be true of a ridge path."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri, stdtr

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.ridge.decomposition import Decomposition
from explorer.ridge.fit import fit_path, path_from
from explorer.ridge.path.problems import Posed
from explorer.ridge.risk import predict_risk

EXACT = 1e-10
SIMULATED = 12
SOUND = 1e4  # condition number up to which the dual's own round-off does not matter
LEFT_OUT = 8  # rows refitted without, in the brute-force check
LARGEST = 4000  # rows beyond which brute force and the dual would take longer than the picture
HOERL = "Hoerl and Kennard, Ridge regression, 1970"
ALLEN = "Allen, The relationship between variable selection and data augmentation, 1974 (PRESS)"
DUAL = "Saunders, Gammerman and Vovk, Ridge regression learning algorithm in dual variables, 1998"
PENROSE = "Penrose, On best approximate solutions of linear matrix equations, 1956"
EQUIVALENT = (
    "Hastie, Montanari, Rosset and Tibshirani, Surprises in high-dimensional ridgeless least squares, 2022"
)


def simulated_penalties(penalties: np.ndarray) -> np.ndarray:
    """A dozen of the path's penalties, at which the problem is drawn anew."""
    return penalties[np.linspace(0, len(penalties) - 1, SIMULATED).astype(int)]


def checks(posed: Posed, frame: Frame, draws: int, rng: np.random.Generator) -> list[Check]:
    """Every check of the scene, exact identities first."""
    problem, path = posed.problem, frame.tables["path"]
    some = simulated_penalties(path["penalty"])[::3]
    return [
        _normal_equations(problem, some),
        _dual(problem, path["penalty"]),
        _leave_one_out(problem, some, rng),
        _freedom(path["df"]),
        _minimum_norm(problem),
        _simulation(posed, frame, draws),
    ]


def _normal_equations(problem: Decomposition, some: np.ndarray) -> Check:
    coef = path_from(problem, some).coef
    X, y = problem.X, problem.y
    residual = X.T @ (y - coef @ X.T).T - some * coef.T
    scale = np.linalg.norm(X.T @ y) or 1.0
    worst = np.linalg.norm(residual, axis=0).max() / scale
    return Check("normal equations", float(worst), 0.0, EXACT, f"{HOERL}: (XᵀX + αI)w = Xᵀy")


def _dual(problem: Decomposition, penalties: np.ndarray) -> Check:
    name, X, y = "primal = dual", problem.X, problem.y
    if problem.n > LARGEST:
        return Check.not_applicable(
            name, DUAL, f"The dual needs an n × n system; n = {problem.n} is too large."
        )
    # The dense dual loses about eps (s² + α) / α digits by itself: compare where that is far below the tolerance.
    top = problem.s.max(initial=0.0) ** 2
    sound = simulated_penalties(penalties)
    sound = sound[(top + sound) / sound < SOUND][:4]
    coef = path_from(problem, sound).coef
    gram = X @ X.T
    worst, scale = 0.0, np.linalg.norm(y) or 1.0
    for penalty, primal in zip(sound, coef, strict=True):
        dual = np.linalg.solve(gram + penalty * np.eye(problem.n), y)
        worst = max(worst, float(np.linalg.norm(X @ primal - gram @ dual) / scale))
    return Check(name, worst, 0.0, EXACT, f"{DUAL}: w = Xᵀ(XXᵀ + αI)⁻¹y")


def _leave_one_out(problem: Decomposition, some: np.ndarray, rng: np.random.Generator) -> Check:
    """The closed form, on a few rows, against fits without them."""
    name = "leave-one-out = refits"
    if problem.n > LARGEST:
        return Check.not_applicable(name, ALLEN, f"Refits are left out for n = {problem.n} rows.")
    penalty = some[-2:]
    rows = rng.choice(problem.n, min(LEFT_OUT, problem.n), replace=False)
    closed = _closed_errors(problem, penalty, rows)
    worst = 0.0
    for row, errors in zip(rows, closed, strict=True):
        kept = np.arange(problem.n) != row
        fit = fit_path(problem.X[kept], problem.y[kept], penalty, center=problem.center)
        refit = problem.y[row] - fit.coef @ problem.X[row] - fit.intercept
        worst = max(worst, float(np.abs(refit - errors).max()))
    scale = float(np.sqrt(np.mean(problem.y**2))) or 1.0
    return Check(name, worst / scale, 0.0, EXACT, f"{ALLEN}: e_i / (1 - h_ii)")


def _closed_errors(problem: Decomposition, penalty: np.ndarray, rows: np.ndarray) -> np.ndarray:
    coef = path_from(problem, penalty).coef
    residual = problem.y[rows, None] - problem.X[rows] @ coef.T
    factor = problem.s[:, None] ** 2 / (problem.s[:, None] ** 2 + penalty)
    leverage = problem.U[rows] ** 2 @ factor + float(problem.center) / problem.n
    return residual / (1.0 - leverage)


def _freedom(df: np.ndarray) -> Check:
    rises = float(np.maximum(np.diff(df), 0.0).max(initial=0.0))
    return Check("df falls with α", rises, 0.0, EXACT, f"{HOERL}: df = Σ s²/(s² + α)")


def _minimum_norm(problem: Decomposition) -> Check:
    limit = path_from(problem, [0.0]).coef[0]
    known = np.linalg.lstsq(problem.X, problem.y, rcond=None)[0]
    fitted = np.linalg.norm(problem.X @ (limit - known)) / (np.linalg.norm(problem.y) or 1.0)
    return Check("α → 0 is minimum norm", float(fitted), 0.0, EXACT, f"{PENROSE}: w(0) = X⁺y")


def _simulation(posed: Posed, frame: Frame, draws: int) -> Check:
    name = "theory = simulation"
    if posed.truth is None:
        return Check.not_applicable(name, EQUIVALENT, "The truth behind these data is not known.")
    found, truth = frame.tables["simulation"], posed.truth
    n, at = posed.problem.n, simulated_penalties(frame.tables["path"]["penalty"])
    theory = predict_risk(truth.spectrum, truth.signal, n, at, truth.noise_var)
    fair = n * (1.0 - theory.df2 / n) ** 2 >= 1.0
    error = np.maximum(found["sim_high"] - found["sim_test"], 1e-12 * theory.test)
    t = np.abs(found["sim_test"] - theory.test)[fair] / error[fair]
    z = np.minimum(-ndtri(stdtr(draws - 1, -t)), 99.0)  # few draws: Student's t, told on the normal scale
    note = f"The largest |z| over {fair.sum()} penalties, {draws} draws."
    if not fair.all():
        note += (
            " Where n(1 − df₂/n)² < 1 one direction rules the error, its mean converges too slowly to judge."
        )
    return Check(name, float(z.max()), 0.0, 4.0, EQUIVALENT, note=note)
