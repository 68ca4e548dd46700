"""From a posed problem to the columns of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.core.frame import Series
from explorer.ridge.conditional import conditional_errors
from explorer.ridge.fit import RidgePath, path_from
from explorer.ridge.path.problems import Posed
from explorer.ridge.risk import predict_risk
from explorer.ridge.simulate import Draws, mean_and_error

NAMED = 10  # coefficient paths with a colour and a name of their own
GREY = 40  # further ones, drawn in grey
SHOWN = 80  # singular values drawn
ERRORS = ("train", "bias2", "variance", "risk", "gcv", "loo", "kfold")


def path_columns(posed: Posed, path: RidgePath) -> dict[str, np.ndarray]:
    """One row a penalty: errors, degrees of freedom and, where the truth is known, what they should be."""
    columns = {
        "penalty": path.penalties,
        "df": path.df,
        "train": path.train,
        "gcv": path.gcv,
        "loo": path.loo,
        "kfold": np.full(len(path.penalties), np.nan),
    }
    if posed.truth is not None:
        truth = posed.truth
        exact = conditional_errors(
            posed.problem, truth.signal, truth.spectrum, path.penalties, truth.noise_var
        )
        theory = predict_risk(truth.spectrum, truth.signal, posed.problem.n, path.penalties, truth.noise_var)
        columns |= {"bias2": exact.bias2, "variance": exact.variance, "risk": exact.test}
        columns |= {"df_theory": theory.df1, "test_theory": theory.test, "train_theory": theory.train}
    return columns


def weight_tables(posed: Posed, path: RidgePath) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]:
    """Columns w1..w10 of the largest coefficients, the next forty joined into one line, and ten names."""
    size = np.abs(path.coef).max(axis=0)
    # Where the truth is known the directions stand by falling variance: the same ones at each move.
    order = np.argsort(-size, kind="stable") if posed.truth is None else np.arange(len(size))
    chosen, others = np.sort(order[:NAMED]), order[NAMED : NAMED + GREY]
    k = len(path.penalties)
    named = {
        f"w{i + 1}": path.coef[:, chosen[i]] if i < len(chosen) else np.full(k, np.nan) for i in range(NAMED)
    }
    gap = np.full((1, len(others)), np.nan)
    rest = {
        "rest_at": np.append(path.penalties, np.nan)[:, None].repeat(len(others), axis=1).T.reshape(-1),
        "rest_weight": np.concatenate([path.coef[:, others], gap]).T.reshape(-1),
    }
    names = tuple(posed.names[j] for j in chosen) + ("",) * (NAMED - len(chosen))
    return named, rest, names


def limit_tables(posed: Posed, at: float, named: tuple[str, ...]) -> dict[str, dict[str, np.ndarray]]:
    """The end α -> 0 of every curve, placed at the left edge of the axis."""
    end = path_from(posed.problem, [0.0], polish=False)
    weights = [end.coef[0, posed.names.index(name)] for name in named if name]
    errors = {name: getattr(end, name)[0] for name in ("train", "gcv", "loo")}
    if posed.truth is not None:
        truth = posed.truth
        exact = conditional_errors(posed.problem, truth.signal, truth.spectrum, [0.0], truth.noise_var)
        errors["risk"] = exact.test[0]
    values = np.array([value if np.isfinite(value) and value > 0 else np.nan for value in errors.values()])
    return {
        "limit": {"limit_at": np.full(len(values), at), "limit_error": values},
        "limit_weights": {"limit_weight_at": np.full(len(weights), at), "limit_weight": np.array(weights)},
    }


def minima(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where each error curve is least: at which penalty, at how many degrees of freedom, and the curve's name."""
    curves = [name for name in ERRORS if name in columns]
    curves = [name for name in curves if np.isfinite(columns[name]).any()]
    best = [int(np.nanargmin(columns[name])) for name in curves]
    return {
        "least_at": columns["penalty"][best],
        "least_df": columns["df"][best],
        "least_error": np.array([columns[name][i] for name, i in zip(curves, best, strict=True)]),
        "curve": np.array(curves),
    }


def directions(posed: Posed) -> tuple[np.ndarray, np.ndarray]:
    """Singular values drawn, and the share of the response along each."""
    s = posed.problem.s
    drawn = np.unique(np.linspace(0, len(s) - 1, min(len(s), SHOWN)).astype(int))
    along = np.abs(posed.problem.rotated)[drawn]
    return s[drawn], along / max(along.max(initial=0.0), 1e-300)


def cursor_series(columns: dict[str, np.ndarray], s: np.ndarray, share: np.ndarray) -> dict[str, Series]:
    """What moves with the chosen penalty: rules, rings and the shrink factor of every direction."""
    penalty = columns["penalty"]
    error = columns.get("test_theory", columns["loo"])
    df = columns.get("df_theory", columns["df"])
    rule = {"chosen": penalty, "chosen_root": np.sqrt(penalty), "chosen_df": df, "chosen_error": error}
    factors = s**2 / (s**2 + penalty[:, None])
    return {
        "rule": Series("alpha", {name: values[:, None] for name, values in rule.items()}),
        "directions": Series(
            "alpha",
            {
                "singular": np.broadcast_to(s, factors.shape),
                "share": np.broadcast_to(share, factors.shape),
                "factor": factors,
            },
        ),
    }


def simulation_table(found: Draws | None) -> dict[str, np.ndarray]:
    """Mean over repeated draws with its standard error; no rows before the first two draws."""
    if found is None or len(found) < 2:
        axes = [f"sim_{axis}{end}" for axis in ("at", "df") for end in ("", "_low", "_high")]
        return {name: np.zeros(0) for name in (*axes, "sim_test", "sim_low", "sim_high")}
    df = found.df.mean(axis=0)
    test, error = mean_and_error(found.test)
    return {
        "sim_at": found.penalties,
        "sim_at_low": found.penalties,
        "sim_at_high": found.penalties,
        "sim_df": df,
        "sim_test": test,
        "sim_df_low": df,
        "sim_low": test - error,
        "sim_df_high": df,
        "sim_high": test + error,
    }
