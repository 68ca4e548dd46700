"""Ridge regression: paths, errors, and what theory predicts for them, as a plain library.

Convention of the whole family: minimise ``||y - Xw||² + α||w||²`` with no intercept unless ``center`` asks
for an unpenalised one; the 1/n form of the penalty is ``lam = α / n``.
"""

from explorer.ridge.conditional import ConditionalErrors, conditional_errors
from explorer.ridge.decomposition import Decomposition, decompose, shrinkage
from explorer.ridge.effective import effective_penalty
from explorer.ridge.fit import RidgePath, fit_path, path_from
from explorer.ridge.folds import FoldErrors, kfold
from explorer.ridge.leave_out import degrees_of_freedom, gcv_error, loo_error, training_error
from explorer.ridge.problem import Problem, aligned_signal, draw_problem, make_problem, make_spectrum
from explorer.ridge.risk import RiskCurve, predict_risk
from explorer.ridge.simulate import Draws, draws, gather, mean_and_error, simulate
from explorer.ridge.solution import coefficients

__all__ = [
    "ConditionalErrors",
    "Decomposition",
    "Draws",
    "FoldErrors",
    "Problem",
    "RidgePath",
    "RiskCurve",
    "aligned_signal",
    "coefficients",
    "conditional_errors",
    "decompose",
    "degrees_of_freedom",
    "draw_problem",
    "draws",
    "effective_penalty",
    "fit_path",
    "gather",
    "gcv_error",
    "kfold",
    "loo_error",
    "make_problem",
    "make_spectrum",
    "mean_and_error",
    "path_from",
    "predict_risk",
    "shrinkage",
    "simulate",
    "training_error",
]
