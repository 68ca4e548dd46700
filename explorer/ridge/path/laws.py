"""What must be true of a ridge path."""

from __future__ import annotations

from collections.abc import Mapping

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
    """Every check of the scene, on the columns that the figures draw; exact identities first.

    The exact ones are judged at penalties where plain dense algebra is itself good to far more digits than the
    tolerance: it loses about eps (s² + α) / α.
    """
    problem, path = posed.problem, frame.tables["path"]
    top = problem.s.max(initial=0.0) ** 2
    steps = np.flatnonzero((top + path["penalty"]) / path["penalty"] < SOUND)
    steps = steps[np.unique(np.linspace(0, len(steps) - 1, 4).astype(int))]
    hats = {step: _hat(problem, path["penalty"][step]) for step in steps}
    return [
        _normal_equations(posed, frame),
        _dual(posed, frame, steps),
        _leave_one_out(problem, frame, hats, rng),
        _freedom(problem, path, hats),
        _minimum_norm(posed, frame),
        _simulation(posed, frame, draws),
    ]


def _named(posed: Posed, frame: Frame) -> tuple[list[int], list[str]]:
    """Positions of the features that are drawn by name, and the columns that hold them."""
    places = {name: place for place, name in enumerate(posed.names)}
    names = [name for name in frame.facts["features"] if name]
    return [places[name] for name in names], [f"w{i + 1}" for i in range(len(names))]


def _hat(problem: Decomposition, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Leverages and residuals (n,), by a dense solve and nothing of the path's own algebra."""
    X, y = problem.X, problem.y
    if problem.p <= problem.n:
        inner = np.linalg.solve(X.T @ X + penalty * np.eye(problem.p), X.T)
    else:
        inner = np.linalg.solve(X @ X.T + penalty * np.eye(problem.n), X).T
    leverage = np.einsum("ij,ji->i", X, inner) + float(problem.center) / problem.n
    return leverage, y - X @ (inner @ y)


def _normal_equations(posed: Posed, frame: Frame) -> Check:
    problem, path = posed.problem, frame.tables["path"]
    some = np.arange(0, len(path["penalty"]), 9)
    penalties = path["penalty"][some]
    coef = path_from(problem, penalties, polish=False).coef
    X, y = problem.X, problem.y
    residual = X.T @ (y - coef @ X.T).T - penalties * coef.T
    worst = np.linalg.norm(residual, axis=0).max() / (np.linalg.norm(X.T @ y) or 1.0)
    places, columns = _named(posed, frame)
    drawn = np.column_stack([path[column][some] for column in columns])
    gap = np.abs(drawn - coef[:, places]).max() / (np.abs(coef).max() or 1.0)
    return Check("normal equations", float(max(worst, gap)), 0.0, EXACT, f"{HOERL}: (XᵀX + αI)w = Xᵀy")


def _dual(posed: Posed, frame: Frame, steps: np.ndarray) -> Check:
    name, problem, path = "primal = dual", posed.problem, frame.tables["path"]
    if problem.n > LARGEST:
        return Check.not_applicable(
            name, DUAL, f"The dual needs an n × n system; n = {problem.n} is too large."
        )
    places, columns = _named(posed, frame)
    gram, worst = problem.X @ problem.X.T, 0.0
    for step in steps:
        dual = np.linalg.solve(gram + path["penalty"][step] * np.eye(problem.n), problem.y)
        weights = problem.X.T @ dual
        drawn = np.array([path[column][step] for column in columns])
        worst = max(worst, float(np.abs(drawn - weights[places]).max() / (np.abs(weights).max() or 1.0)))
    return Check(name, worst, 0.0, EXACT, f"{DUAL}: w = Xᵀ(XXᵀ + αI)⁻¹y")


def _leave_one_out(
    problem: Decomposition,
    frame: Frame,
    hats: dict[int, tuple[np.ndarray, np.ndarray]],
    rng: np.random.Generator,
) -> Check:
    """The drawn curve against leverages from a dense solve, and those, on a few rows, against fits without them."""
    path, worst = frame.tables["path"], 0.0
    number = min(LEFT_OUT, problem.n) if problem.n <= LARGEST else 0
    rows = rng.choice(problem.n, number, replace=False)
    for step, (leverage, residual) in hats.items():
        left_out = residual / (1.0 - leverage)
        mean = float(np.mean(left_out**2)) or 1.0
        worst = max(worst, abs(float(path["loo"][step]) / mean - 1.0))
        for row in rows:
            kept = np.arange(problem.n) != row
            fit = fit_path(problem.X[kept], problem.y[kept], path["penalty"][[step]], center=problem.center)
            refit = problem.y[row] - fit.coef[0] @ problem.X[row] - fit.intercept[0]
            worst = max(worst, abs(refit - left_out[row]) / np.sqrt(mean))
    return Check("leave-one-out = refits", float(worst), 0.0, EXACT, f"{ALLEN}: e_i / (1 - h_ii)")


def _freedom(
    problem: Decomposition, path: Mapping[str, np.ndarray], hats: dict[int, tuple[np.ndarray, np.ndarray]]
) -> Check:
    rises = float(np.maximum(np.diff(path["df"]), 0.0).max(initial=0.0))
    traces = [abs(path["df"][step] - leverage.sum()) for step, (leverage, _) in hats.items()]
    worst = max(rises, *traces) / problem.n
    return Check("df = trace, falls with α", float(worst), 0.0, EXACT, f"{HOERL}: df = Σ s²/(s² + α)")


def _minimum_norm(posed: Posed, frame: Frame) -> Check:
    """The drawn limit α -> 0 is a least-squares fit, and lies in the row space: together, minimum norm."""
    problem = posed.problem
    limit = path_from(problem, [0.0], polish=False).coef[0]
    slope = problem.X.T @ (problem.y - problem.X @ limit)
    fitted = np.linalg.norm(slope) / (np.linalg.norm(problem.X, 2) * np.linalg.norm(problem.y) or 1.0)
    basis = np.linalg.qr(problem.X.T)[0] if problem.p > problem.n else np.eye(problem.p)
    outside = np.linalg.norm(limit - basis @ (basis.T @ limit)) / (np.linalg.norm(limit) or 1.0)
    places, _ = _named(posed, frame)
    drawn = np.abs(frame.tables["limit_weights"]["limit_weight"] - limit[places]).max() / (
        np.abs(limit).max() or 1.0
    )
    worst = float(max(fitted, outside, drawn))
    return Check("α → 0 is minimum norm", worst, 0.0, EXACT, f"{PENROSE}: w(0) = X⁺y")


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
