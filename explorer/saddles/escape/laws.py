"""What must be true of a surface, of ten methods on it and of the map, judged on what the figures draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.saddles.escape import basins as maps
from explorer.saddles.escape import quadratic_laws, tables
from explorer.saddles.escape.grounds import Exit, Ground
from explorer.saddles.escape.random_laws import estimators, index_is_even, semicircle, symmetric_estimate
from explorer.saddles.escape.trails import LABELS, Trail, escapes

EXACT = 1e-10
CERTIFIED = 1e-8
DIFFERENCED = 1e-6
NOTHING = 1e-5  # share of the largest curvature below which an eigenvalue's sign is not judged
RULE = "The definition of each step; Polyak 1964 (heavy ball), Dauphin et al. 2014 (saddle-free Newton)"
CALCULUS = "Richardson 1911, extrapolated central differences"
MORSE = "Morse 1934: ∇f = 0, index = number of negative Hessian eigenvalues"
GROWTH = "e₊ = (1 + η|h|)e and its kin, the recursions on ½he²; for saddle-free Newton log₂(r/e₀)"
ENDS = "A basin is the set of starts whose run ends at one critical point"
NO_SADDLE = "No listed critical point has a negative curvature."


@dataclass(frozen=True, eq=False)
class Case:
    """What the checks compare the frame with."""

    ground: Ground
    runs: dict[str, Trail]
    followed: str
    way: Exit | None
    key: maps.Key
    seed: int
    evaluations: bool


def checks(case: Case, frame: Frame, shift: float | None) -> list[Check]:
    """Every check of the scene; exact identities first."""
    start = case.runs[case.followed].path[0]
    return [
        _derivatives(case),
        _critical(case, frame),
        _steps(case, frame),
        _curvature(case, frame),
        _escape(case, frame),
        *quadratic_laws.checks(case.ground, case.way, start),
        symmetric_estimate(case.ground, case.seed),
        estimators(case.ground, start, case.seed),
        _map(case, frame),
        semicircle(case.ground, frame, shift),
        index_is_even(frame),
    ]


def _derivatives(case: Case) -> Check:
    """Directional derivatives of value and gradient at random points of the plane, by differences."""
    surface, rng = case.ground.surface, np.random.default_rng(case.seed)
    (left, right), (low, high) = case.ground.plane.bounds
    x = case.ground.plane.points(rng.uniform(left, right, 12), rng.uniform(low, high, 12))
    u = rng.standard_normal(x.shape)
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    h = 1e-3 * surface.size

    def difference(of) -> np.ndarray:  # type: ignore[no-untyped-def]
        rough = [(of(x + k * u) - of(x - k * u)) / (2.0 * k) for k in (h, h / 2.0, h / 4.0)]
        better = [(4.0 * rough[i + 1] - rough[i]) / 3.0 for i in (0, 1)]
        return (16.0 * better[1] - better[0]) / 15.0

    slope, bend = surface.gradient(x), surface.hessian(x)
    first = np.abs(difference(surface.value) - (slope * u).sum(axis=1)).max()
    second = np.abs(difference(surface.gradient) - np.einsum("ndk,nk->nd", bend, u)).max()
    worst = max(first / (np.abs(slope).max() or 1.0), second / (np.abs(bend).max() or 1.0))
    return Check("derivatives = differences", float(worst), 0.0, DIFFERENCED, CALCULUS)


def _critical(case: Case, frame: Frame) -> Check:
    """Drawn critical points have no slope, and their drawn index is that of a dense eigensolver."""
    name, surface = "∇f = 0 and index at critical points", case.ground.surface
    table = frame.tables["critical"]
    x = case.ground.plane.points(table["critical_x"], table["critical_y"])
    if len(x) == 0:
        return Check.not_applicable(name, MORSE, "No critical point lies in the drawn plane.")
    worst = float(np.linalg.norm(surface.gradient(x), axis=1).max())
    values = np.linalg.eigvalsh(surface.hessian(x))
    small = NOTHING * np.abs(case.ground.critical.eigenvalues).max()
    least, most = (values < -small).sum(axis=1), (values <= small).sum(axis=1)
    index, marks = table["critical_index"], table["critical_mark"]
    by_index = np.array([tables.MARKS[kind] for kind in ("minimum", "saddle", "maximum")])
    plain = by_index[(index > 0).astype(int) + (index >= x.shape[1])]
    flat = marks == tables.MARKS["degenerate"]  # a Hessian without an inverse
    wrong = (index < least) | (index > most) | np.where(flat, least == most, marks != plain)
    if wrong.any():
        worst = np.inf
    return Check(name, worst, 0.0, CERTIFIED, MORSE, note=f"{len(x)} points.")


def _steps(case: Case, frame: Frame) -> Check:
    """Drawn trajectories are the runs, and the runs obey their formulas in plain linear algebra."""
    ground, worst = case.ground, 0.0
    for name, run in case.runs.items():
        place = ground.plane.coordinates(run.path)
        limit = tables.FAR * ground.surface.size
        drawn = np.column_stack([frame.tables["runs"][f"{axis}_{name}"] for axis in "xy"])
        shown = np.isfinite(drawn)
        if (shown != (np.abs(place) < limit)).any():
            return Check("steps obey their formulas", np.inf, 0.0, EXACT, RULE)
        if shown.any():
            gap = np.abs(drawn - place)[shown].max() / ground.surface.size
            worst = max(worst, float(gap), _residual(ground, name, run))
    return Check("steps obey their formulas", worst, 0.0, EXACT, RULE)


def _residual(ground: Ground, name: str, run: Trail) -> float:
    """Largest relative residual of x⁺ − x in the formula of gradient descent and of the Newton methods."""
    x = run.path[:12]
    x = x[np.isfinite(x).all(axis=1) & (np.abs(x).max(axis=1) < 10.0 * ground.surface.size)]
    if len(x) < 2 or name not in ("gradient", "newton", "saddle_free"):
        return 0.0
    move, slope = np.diff(x, axis=0), ground.surface.gradient(x[:-1])
    values, axes = np.ones_like(slope), np.broadcast_to(np.eye(x.shape[1]), (*slope.shape, x.shape[1]))
    if name != "gradient":
        values, axes = np.linalg.eigh(ground.surface.hessian(x[:-1]))
        values = np.abs(values) if name == "saddle_free" else values
    move, slope = (np.einsum("tij,ti->tj", axes, part) for part in (move, run.step * slope))
    steep = np.abs(values).max(axis=1, keepdims=True)
    size = steep * np.abs(x[:-1]).max(axis=1, keepdims=True) + np.abs(slope).max(axis=1, keepdims=True)
    size = size + steep * np.abs(move).max(axis=1, keepdims=True)
    bent = np.abs(values) > 1e-10 * steep  # along a flat direction Newton's step is not defined
    return float((np.abs(values * move + slope) * bent / np.maximum(size, 1e-300)).max())


def _curvature(case: Case, frame: Frame) -> Check:
    """The drawn eigenvalues against a dense eigensolver, at a few steps of the followed run."""
    name, run = "drawn eigenvalues = dense eigensolver", case.runs[case.followed]
    some = np.unique(np.linspace(0, len(run.path) - 1, 6).astype(int))
    some = some[~tables.far_off(case.ground, run.path[some])]
    values = np.linalg.eigvalsh(case.ground.surface.hessian(run.path[some]))
    held = np.isfinite(values).all(axis=1)
    if not held.any():
        return Check.not_applicable(name, MORSE, "The run stays far from the surface's box.")
    worst = 0.0
    for i, rank in enumerate(tables.ranks(case.ground.surface.dimension)):
        drawn = frame.tables["bend"][f"curvature_{i + 1}"][some]
        gap = np.abs(drawn - values[:, rank])[held] / np.maximum(np.abs(values[held]).max(axis=1), 1e-300)
        worst = max(worst, float(gap.max()))
    return Check(name, worst, 0.0, EXACT, MORSE)


def _escape(case: Case, frame: Frame) -> Check:
    """The drawn prediction against the first step at which the run is beyond the radius."""
    name = "predicted = measured escape"
    if case.way is None:
        return Check.not_applicable(name, GROWTH, NO_SADDLE)
    drawn, gaps, reasons = frame.tables["escapes"], {}, []
    followed = case.runs[case.followed].path
    last = len(followed) - 1
    again = escapes(case.ground, case.way, followed[0], case.runs)
    for row, (method, (predicted, found)) in enumerate(again.items()):
        step = drawn["predicted_step"][row]
        if not np.array_equal(drawn["found_step"][row], np.nan if found is None else found, equal_nan=True):
            gaps[method] = np.inf
            continue
        if predicted.reason or predicted.kind != "path":
            reasons.append(predicted.reason)
        elif predicted.step is None or predicted.step > last:
            gaps[method] = 0.0 if found is None or found >= last - 1 else np.inf
        elif found is None:
            gaps[method] = 0.0 if predicted.step >= last else np.inf
        else:
            gaps[method] = abs(np.ceil(step - 1e-9) - found)
    if not gaps:
        why = next((reason for reason in reasons if reason), "the methods that run have no law of one path")
        return Check.not_applicable(name, GROWTH, f"No law applies: {why}.")
    note = "Laws that apply: " + ", ".join(LABELS[method] for method in gaps) + "."
    return Check(name, float(max(gaps.values())), 0.0, 1.0, GROWTH, note=note)


def _map(case: Case, frame: Frame) -> Check:
    """A few cells of the drawn map, run again by themselves, and the drawn shares, counted again."""
    name, field = "map = runs from its cells", frame.fields["basins"]
    columns = np.unique(np.linspace(0, len(field.x) - 1, 9).astype(int))
    rows = np.unique(np.linspace(0, len(field.y) - 1, 9).astype(int))
    again = maps.cells(case.key, field.x[columns], field.y[rows])
    hue = maps.map_parts(case.ground, again)[0]["basins"].values
    wrong = float(np.mean(hue != field.values[np.ix_(rows, columns)]))
    shares = frame.tables["ends"]["end_share"]
    counted = np.array([np.sum(shares[k :: maps.HUES]) for k in range(min(maps.HUES, len(shares)))])
    seen = np.array([np.mean(field.values == 1 + k) for k in range(len(counted))])
    gap = float(np.abs(counted - seen).max(initial=0.0))
    return Check(name, max(wrong, gap), 0.0, EXACT, ENDS, note=f"{hue.size} cells.")
