"""Error against steps, as columns: one slot a solver."""

from __future__ import annotations

import numpy as np

from explorer.diffusion import SAMPLERS, Curve, Reference, error_curves
from explorer.diffusion.samplers.levels import Levels
from explorer.diffusion.samplers.problem import Posed

SLOTS = 6
SETS = {
    "two": "the two chosen",
    "usual": "the two and the usual ones",
    "multistep": "multistep ones",
    "stochastic": "the stochastic ones",
}
USUAL = ("euler", "heun", "dpm2", "dpmpp2m", "dpmpp3m", "rk4")
MULTISTEP = ("dpmpp2m", "dpmpp3m", "dpmpp3m_released", "ab2", "lms4")
STOCHASTIC = ("ancestral", "churn", "sde_dpmpp2m")
COUNTS = (5, 10, 20, 40, 80, 160, 320)
COUNTS_HIGH_DIM = (4, 8, 16)
PARTICLES, PARTICLES_FINITE, PARTICLES_HIGH_DIM = 200, 60, 12
HIGH_DIM_TOLERANCE = 1e-4  # of the reference; solvers there are measured to a few per cent
STILL = 0.1  # by how much the local slopes at the fine end may differ
DRIFT = 0.03  # a last change of the slope below this is no drift
SMALL = 0.02  # median errors, where data have size 1, below which a steady slope may be called an order


def compared(posed: Posed, first: str, second: str, which: str) -> tuple[str, ...]:
    """The solvers whose errors are drawn, at most six, the chosen two first."""
    rest = {"two": (), "usual": USUAL, "multistep": MULTISTEP, "stochastic": STOCHASTIC}[which]
    names = (first, second, *(rest if posed.flat else ()))
    return tuple(dict.fromkeys(names))[:SLOTS]


def effort(posed: Posed) -> tuple[tuple[int, ...], int, float]:
    """Step counts, particles and tolerance of the reference: less where an evaluation is dear."""
    if not posed.flat:
        return COUNTS_HIGH_DIM, PARTICLES_HIGH_DIM, HIGH_DIM_TOLERANCE
    return COUNTS, PARTICLES if posed.target.components <= 50 else PARTICLES_FINITE, 1e-10


def measure(
    posed: Posed,
    grid: Levels,
    methods: tuple[str, ...],
    seed: int,
    options: dict[str, float],
    exact: Reference | None = None,
) -> list[Curve]:
    """Errors of some solvers from the same starts, deterministic ones against the certified flow."""
    counts, n, tolerance = effort(posed)
    starts = posed.starts(n, float(grid(counts[0])[0]), seed)
    return error_curves(
        posed.target.denoise, starts, grid, methods, counts, seed, tolerance, exact, **options
    )


def error_table(posed: Posed, found: list[Curve], against: str) -> dict[str, np.ndarray]:
    """Columns of every slot; NaN where nothing is measured yet, or a solver has blown up."""
    counts = np.array(effort(posed)[0])
    empty = np.full(len(counts), np.nan)
    columns: dict[str, np.ndarray] = {"count": counts}
    for slot in range(SLOTS):
        curve = found[slot] if slot < len(found) else None
        at = empty if curve is None else (curve.steps if against == "steps" else curve.evaluations)
        columns[f"at{slot}"] = columns[f"at_high{slot}"] = at.astype(float)
        for part, name in (("median", "median"), ("low", "low"), ("high", "high"), ("largest", "worst")):
            held = empty if curve is None else np.array([getattr(spread, part) for spread in curve.spreads])
            sound = (held > 1e-15) & (held < 1e6)
            columns[f"{name}{slot}"] = np.where(sound, held, np.nan)
    return columns


def steady(curve: Curve) -> bool:
    """Whether the slope of a curve is an order: the last three local slopes agree, at errors small beside the data.

    Two can agree by chance while the slope still falls, as those of the third-order multistep solver do; and
    three can lie close while they drift ever faster.
    """
    if not curve.fit.asymptotic:
        return False
    fine = np.flatnonzero(curve.fit.used)
    fine = np.append(max(fine[0] - 1, 0), fine)
    medians = np.array([curve.spreads[i].median for i in fine])
    slopes = np.diff(np.log(medians)) / np.diff(np.log(curve.steps[fine]))
    drift = np.abs(np.diff(slopes))
    return bool(medians[1:].max() < SMALL and np.ptp(slopes) < STILL and drift[-1] <= max(drift[-2], DRIFT))


def order_table(found: list[Curve]) -> dict[str, np.ndarray]:
    """One row a solver: fitted and nominal order, whether the asymptotic range is reached, the stated error."""
    return {
        "fitted": np.array([curve.fit.order for curve in found], float),
        "fitted_error": np.array([curve.fit.stderr for curve in found], float),
        "nominal": np.array([SAMPLERS[curve.method].order for curve in found], float),
        "asymptotic": np.array([steady(curve) for curve in found], bool),
        "own_error": np.array([curve.own_error for curve in found], float),
    }


def slopes(found: list[Curve], against: str) -> dict[str, np.ndarray]:
    """Nominal slopes through the finest median of every solver, joined by gaps into one line."""
    x, y = [], []
    for curve in found:
        at = (curve.steps if against == "steps" else curve.evaluations).astype(float)
        end = curve.spreads[-1].median
        if 1e-15 < end < 1e6:
            ends = at[[len(at) // 2, -1]]
            x += [*ends, np.nan]
            y += [*(end * (at[-1] / ends) ** SAMPLERS[curve.method].order), np.nan]
    return {"slope_at": np.array(x, float), "slope": np.array(y, float)}
