"""From a study to the columns of the first, second and fourth figure."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.connectivity.line import Curve
from explorer.connectivity.network import pack
from explorer.connectivity.pair.study import TS, Join, Study
from explorer.connectivity.plane import Plane, Shadow, loss_plane, plane_through, shadow
from explorer.connectivity.run import Run
from explorer.connectivity.similarity import activation_similarity, weight_similarity
from explorer.connectivity.training import Record
from explorer.core.cache import Cache
from explorer.core.frame import Field, Series
from explorer.core.runner import Report, silent

Table = dict[str, np.ndarray]
MEASURES = ("loss", "error")
SEEN = 300  # training samples that colour the plane
SHOWN = 96  # units of a layer in the picture of similarities
MARGIN = 0.2  # of the plane around its corners, as a share of their extent
LEAST = 1e-6  # a loss below it is drawn as this
_PLANES = Cache(16)
GAP = 4  # empty columns between the two of them


def gap(*parts: np.ndarray) -> np.ndarray:
    """Parts of a broken line in one column, NaN between them."""
    return np.concatenate([piece for part in parts for piece in (part, [np.nan])][:-1])


def over_chord(values: np.ndarray) -> np.ndarray:
    """How far a curve on `TS` rises over the chord between its ends."""
    return values - (values[0] + TS * (values[-1] - values[0]))


def line_columns(study: Study, measure: str, mend: bool) -> Table:
    """Loss or error at every point of the line: as trained, matched, and repaired; training and test."""
    nothing = np.full(len(TS), np.nan)
    columns = {"t": TS}
    for test, end in ((False, ""), (True, "_test")):
        columns["before" + end] = _of(study.plain.curve(test), measure)
        columns["after" + end] = _of(study.curve(test), measure) if study.matched else nothing
        columns["mended" + end] = study.mended(test)[MEASURES.index(measure)] if mend else nothing
    return columns | {"best": nothing}


def _of(curve: Curve, measure: str) -> np.ndarray:
    return curve.loss if measure == "loss" else curve.error


def barrier_table(line: Table) -> dict[str, Any]:
    """One row a curve: a bar from the chord to where the curve stands highest over it, and its height."""
    rows = []
    for name in ("before", "after", "mended"):
        values = line[name]
        over = over_chord(values)
        top = int(np.nanargmax(over)) if np.isfinite(over).all() else 0
        rows.append((TS[top], values[top] - over[top], values[top], over[top]))
    at, foot, head, height = np.array(rows).T
    clear = height > 0.12 * np.nanmax(np.concatenate([head, height]))  # a smaller one has no room for words
    said = np.array([f"{h:.3g}" if c else "" for h, c in zip(height, clear, strict=True)])
    return {
        "bar_at": at,
        "bar_foot": foot,
        "bar_at_too": at,
        "bar_head": head,
        "bar_height": np.maximum(height, 0.0),
        "height_left": at - 0.012,
        "height_right": at + 0.012,
        "height_y": 0.5 * (foot + head),
        "said_left": np.where(at < 0.5, said, ""),
        "said_right": np.where(at < 0.5, "", said),
    }


def bent_table(study: Study | None) -> Table:
    """The chord and what the smooth curvature adds to it, on the line as trained and on the matched one."""
    empty = np.full(1, np.nan)
    if study is None:
        return {"bent_t": empty, "bent": empty, "kinks": empty}
    lines = [(part.segment(), part.curve()) for part in ((study.plain, study) if study.matched else (study,))]
    parts = []
    for segment, curve in lines:
        chord = curve.ends[0] + segment.t * (curve.ends[1] - curve.ends[0])
        parts.append((segment.t, chord + segment.gauss_newton + segment.residual, segment.kinks))
    return {
        name: gap(*columns)
        for name, columns in zip(("bent_t", "bent", "kinks"), zip(*parts, strict=True), strict=True)
    }


def training_table(a: Record | Run, b: Record | Run) -> Table:
    """Training and test loss of both networks after every epoch, up to now if they are still trained."""
    return {
        "epoch": np.arange(1.0, len(a.losses) + 1),
        "loss_a": np.array(a.losses, dtype=float),
        "loss_b": np.array(b.losses, dtype=float),
        "watched_a": np.array(a.watched_losses, dtype=float),
        "watched_b": np.array(b.watched_losses, dtype=float),
    }


def plane_of(study: Study) -> tuple[Plane, list[Shadow]]:
    """The plane through a, b and the moved b, and the three trainings seen from it."""
    join = study.join()
    plane = plane_through(join.a, join.b, join.moved)
    return plane, [shadow(plane, way) for way in study.ways()]


def plane_field(
    study: Study, plane: Plane, shadows: list[Shadow], points: int, report: Report = silent
) -> Field:
    """Logarithm to base ten of the training loss on the plane, over a fixed part of the samples.

    The grid reaches over the trainings as they look from the plane, too.
    """
    X, y = study.data(False)

    def sheet() -> Field:
        seen = np.vstack([way.at for way in shadows])
        drawn = loss_plane(plane, X[:SEEN], y[:SEEN], study.recipe.activation, points, MARGIN, report, seen)
        return Field(drawn.u, drawn.v, np.log10(np.maximum(drawn.loss, LEAST)))

    return _PLANES.get((study, points), sheet)


def plane_tables(plane: Plane, shadows: list[Shadow]) -> dict[str, dict[str, Any]]:
    """The three ends, the two lines between them, and the trainings as they look from the plane."""
    corners, (a, b, moved) = plane.corners, shadows
    same = bool((corners[1] == corners[2]).all())
    across, along = np.ptp(corners, axis=0)[::-1]
    up = 0.1 * across if across > 0.01 * along else 0.03 * along
    ways = {"way_a": a, "way_b": b, "way_moved": moved}
    return {
        "ends": end_table(corners, ("a", "b", "" if same else "P b"), up),
        "sides": {
            "side_u": corners[[1, 0, 2], 0],
            "side_v": corners[[1, 0, 2], 1],
        },
        "ways": {
            f"{name}_{axis}": way.at[:, place]
            for name, way in ways.items()
            for place, axis in enumerate("uv")
        },
    }


def end_table(corners: np.ndarray, names: tuple[str, ...], up: float) -> dict[str, Any]:
    """The ends of the lines, and their names a little above them."""
    return {
        "end_u": corners[:, 0],
        "end_v": corners[:, 1],
        "name_v": corners[:, 1] + up,
        "end": np.array(names),
    }


def spots(corners: np.ndarray) -> Series:
    """Where the cursor stands on both lines of the plane."""
    places = corners[0] + TS[:, None, None] * (corners[1:] - corners[0])
    return Series("alpha", {"spot_u": places[:, :, 0], "spot_v": places[:, :, 1]})


def rule() -> Series:
    """Where the cursor stands on the line."""
    return Series("alpha", {"chosen": TS[:, None]})


def likeness(study: Study, layer: int, by: str) -> tuple[Field, tuple[float, float]]:
    """Similarities of the units of a (rows, from above) and b (columns), as trained left, matched right.

    Returns
        the picture, and the mean of both diagonals: how alike units in the same place are
    """
    join = study.join()
    whole = [_similar(study, join, other, layer, by) for other in (join.b, join.moved)]
    matrices = [matrix[:SHOWN, :SHOWN] for matrix in whole]
    height = len(matrices[0])
    empty = np.full((height, max(1, round(GAP * height / SHOWN))), np.nan)
    values = np.hstack([matrices[0], empty, matrices[1]])
    diagonals = float(np.diag(whole[0]).mean()), float(np.diag(whole[1]).mean())
    return Field(np.arange(values.shape[1]) + 0.5, np.arange(height) + 0.5, values[::-1]), diagonals


def _similar(study: Study, join: Join, other: Any, layer: int, by: str) -> np.ndarray:
    if by == "weights":
        return weight_similarity(join.a, other, layer)
    return activation_similarity(join.a, other, study.data(False)[0], layer, study.recipe.activation)


def length(join: Join) -> tuple[float, float]:
    """Distance from a to b in the space of all weights, as trained and matched."""
    home = pack(join.a)
    return float(np.linalg.norm(pack(join.b) - home)), float(np.linalg.norm(pack(join.moved) - home))
