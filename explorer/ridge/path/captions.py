"""One sentence a figure about what it shows now."""

from __future__ import annotations

import numpy as np

from explorer.ridge.path.problems import Posed


def write(posed: Posed, columns: dict[str, np.ndarray], draws: int | None) -> dict[str, str]:
    """figure name -> sentence."""
    problem = posed.problem
    best = {name: columns["penalty"][np.nanargmin(columns[name])] for name in ("loo", "gcv")}
    picture = {
        "coefficients": f"{problem.n} rows, {problem.p} features, target {posed.response}; "
        "circles: the limit α → 0.",
        "shrinkage": f"Directions with s below √α, the rule, are shrunk by more than half; rank {problem.rank}.",
        "errors": f"Leave-one-out is least at α = {best['loo']:.3g}, GCV at {best['gcv']:.3g}; "
        "RidgeCV of scikit-learn returns the former.",
    }
    if posed.truth is None:
        picture["freedom"] = "The same errors against how many degrees of freedom the fit spends."
    else:
        simulated = f"mean ± standard error of {draws} drawn data sets" if draws else "simulation to follow"
        picture["freedom"] = f"Line: deterministic equivalent. Points: {simulated}."
    return picture
