"""Numbers of this scene as the columns that its figures draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.core.frame import Field, Series
from explorer.saddles.escape.contours import Relief
from explorer.saddles.escape.grounds import Exit, Ground
from explorer.saddles.escape.trails import Trail, bends, spectra
from explorer.saddles.escape_laws import Escape

MARKS = {"minimum": "circle", "saddle": "x", "maximum": "triangle", "degenerate": "diamond"}
TAIL = 24  # steps behind the cursor that are drawn boldly
NEAR = 1e-6  # boxes within which a distance is no longer drawn: Newton would take the axis to 1e-16
LEAST = 1e-9  # share of the picture's heights below which a loss above the lowest is no longer drawn
FAR = 10.0  # boxes beyond which a run is no longer drawn
ARM = 0.14  # of the box: length of the eigenvector with the larger curvature
CURVES = 5


def relief_parts(relief: Relief) -> tuple[dict[str, Field], dict[str, dict[str, np.ndarray]]]:
    """The bands as a field; the level lines and their numbers as tables."""
    words = np.array([f"{level:.3g}" for level in relief.levels], dtype="U12")
    words[np.isnan(relief.places[:, 0])] = ""
    places = np.where(np.isnan(relief.places), relief.a[0], relief.places)
    tables = {
        "levels": {"level_x": relief.line[:, 0], "level_y": relief.line[:, 1]},
        "level_names": {"name_x": places[:, 0], "name_y": places[:, 1], "level": words},
    }
    return {"relief": Field(relief.a, relief.b, relief.band)}, tables


def critical_table(ground: Ground) -> dict[str, dict[str, np.ndarray]]:
    """The critical points at their places in the plane, with a mark by kind; those off the plane are left out."""
    found = ground.critical
    near = np.linalg.norm(found.points - ground.plane.points(*ground.places.T), axis=1)
    drawn = near < 1e-6 * ground.surface.size
    marks = np.array([MARKS[kind] for kind in found.kinds], dtype="U8")
    columns = {
        "critical_x": ground.places[:, 0],
        "critical_y": ground.places[:, 1],
        "critical_value": found.values,
        "critical_index": found.index,
        "critical_mark": marks,
    }
    return {"critical": {name: values[drawn] for name, values in columns.items()}}


def clock(trail: Trail, evaluations: bool) -> np.ndarray:
    """Where each step of a trail stands on the axis of steps or of numbers asked for."""
    return np.arange(len(trail.path)) * float(trail.asked if evaluations else 1)


def run_columns(
    ground: Ground,
    trails: Mapping[str, Trail],
    way: Exit | None,
    span: tuple[float, float],
    evaluations: bool,
) -> dict[str, np.ndarray]:
    """For each method: place in the plane, clock, loss, and distance from the saddle along its way out.

    Losses are drawn within the span of the picture's heights, and as far again below it.
    """
    columns = {}
    limit, (low, top) = FAR * ground.surface.size, span
    for name, trail in trails.items():
        place = ground.plane.coordinates(trail.path)
        columns[f"x_{name}"], columns[f"y_{name}"] = np.where(np.abs(place) < limit, place, np.nan).T
        columns[f"at_{name}"] = clock(trail, evaluations)
        with np.errstate(all="ignore"):
            loss = ground.surface.value(trail.path)
        columns[f"loss_{name}"] = np.where((loss <= top) & (loss >= 2.0 * low - top), loss, np.nan)
        above = loss - low
        columns[f"excess_{name}"] = np.where((above > LEAST * (top - low)) & (loss <= top), above, np.nan)
        distance = np.full(len(loss), np.nan)
        if way is not None:
            distance = np.abs((trail.path - way.point) @ way.direction)
        columns[f"distance_{name}"] = np.where(
            (distance > NEAR * ground.surface.size) & (distance < limit), distance, np.nan
        )
    return columns


def escape_table(
    trails: Mapping[str, Trail],
    escapes: Mapping[str, tuple[Escape, int | None]],
    columns: Mapping[str, np.ndarray],
    radius: float,
    evaluations: bool,
) -> dict[str, np.ndarray]:
    """One row a method: where its law says that it leaves, and at which step it does."""
    steps = {
        name: predicted.steps if predicted.applies else np.nan for name, (predicted, _) in escapes.items()
    }
    rows: dict[str, list[float]] = {
        key: [] for key in ("at", "distance", "loss", "excess", "found_at", "found_step")
    }
    for name, trail in trails.items():
        step, found = steps.get(name, np.nan), escapes[name][1] if name in escapes else None
        shown = np.isfinite(step) and step <= len(trail.path) - 1
        per = float(trail.asked if evaluations else 1)
        rows["at"].append(step * per if shown else np.nan)
        rows["distance"].append(radius if shown else np.nan)
        for key in ("loss", "excess"):
            held = columns[f"{key}_{name}"]
            rows[key].append(float(np.interp(step, np.arange(len(held)), held)) if shown else np.nan)
        rows["found_at"].append(np.nan if found is None else found * per)
        rows["found_step"].append(np.nan if found is None else found)
    table = {f"predicted_{key}" if not key.startswith("found") else key: rows[key] for key in rows}
    predicted = [steps.get(name, np.nan) for name in trails]
    return {
        **{key: np.array(held, dtype=float) for key, held in table.items()},
        "predicted_step": np.array(
            [step if np.isfinite(step) else np.nan for step in predicted], dtype=float
        ),
        "method": np.array(list(trails)),
    }


def far_off(ground: Ground, path: np.ndarray) -> np.ndarray:
    """Whether the points of a path (t, d) lie beyond a box three times as wide as that of the surface."""
    surface = ground.surface
    return ~(np.abs(path - surface.bounds.mean(axis=1)).max(axis=1) <= 1.5 * surface.size)


def bend_table(ground: Ground, trail: Trail, evaluations: bool) -> dict[str, np.ndarray]:
    """Some eigenvalues of the Hessian along a trail: lowest two, lower quarter, middle, highest."""
    values = spectra(ground, trail.path)
    values[far_off(ground, trail.path)] = np.nan  # out there they would dwarf those near the saddle
    columns = {f"curvature_{i + 1}": np.full(len(values), np.nan) for i in range(CURVES)}
    for i, rank in enumerate(ranks(ground.surface.dimension)):
        columns[f"curvature_{i + 1}"] = values[:, rank]
    return {"bend_at": clock(trail, evaluations), **columns}


def ranks(dimension: int) -> list[int]:
    """Which eigenvalues are drawn as curves, counted from the lowest."""
    wanted = (0, 1, dimension // 4, dimension // 2, dimension - 1)
    return sorted({rank for rank in wanted if rank < dimension})


def cursor_series(
    ground: Ground, trails: Mapping[str, Trail], chosen: str, columns: Mapping[str, np.ndarray]
) -> dict[str, Series]:
    """What moves with the step: tails, spots, eigenvectors and rules."""
    steps = len(trails[chosen].path)
    behind = np.arange(steps)[:, None] - np.arange(TAIL)[::-1]
    tail = {
        f"tail_{axis}_{name}": np.where(
            behind >= 0, columns[f"{axis}_{name}"][behind.clip(min=0)], np.nan
        ).astype("f4")
        for name in trails
        for axis in "xy"
    }
    spots = {f"spot_{axis}": np.column_stack([columns[f"{axis}_{name}"] for name in trails]) for axis in "xy"}
    at = columns[f"at_{chosen}"][:, None]
    here = {
        "here_x": columns[f"x_{chosen}"][:, None],
        "here_y": columns[f"y_{chosen}"][:, None],
        "here_distance": columns[f"distance_{chosen}"][:, None],
        "here_loss": columns[f"loss_{chosen}"][:, None],
        "here_excess": columns[f"excess_{chosen}"][:, None],
        "here_at": at,
    }
    return {
        "tail": Series("step", tail),
        "spots": Series("step", spots),
        "here": Series("step", here),
        "arms": Series("step", arms(ground, trails[chosen].path)),
    }


def arms(ground: Ground, path: np.ndarray) -> dict[str, np.ndarray]:
    """Eigenvectors of the Hessian in the plane, as long as their curvature: falling ones and rising ones.

    The two at a step share one scale: the larger curvature gets an arm of a fixed length.
    """
    values, axes = bends(ground, path)
    most = np.abs(values).max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        share = np.where(most > 0.0, np.abs(values) / most, 0.0)
    half = (ARM * np.ptp(ground.plane.bounds, axis=1).min() * share)[:, None, :] * axes
    place = ground.plane.coordinates(path)[:, :, None]
    ends = {"0": place - half, "1": place + half}
    return {
        f"{word}_{axis}{end}": np.where(sign, ends[end][:, row, :], np.nan)
        for word, sign in (("falling", values < 0.0), ("rising", values >= 0.0))
        for row, axis in enumerate("xy")
        for end in "01"
    }


def spectrum_series(ground: Ground, trail: Trail) -> Series:
    """All eigenvalues at each step, with the share of them that lie below."""
    values = spectra(ground, trail.path)
    d = values.shape[1]
    share = np.broadcast_to((np.arange(d) + 0.5) / d, values.shape)
    return Series("step", {"eigenvalue": values, "share_below": share})
