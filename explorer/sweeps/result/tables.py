"""From a cut to the columns of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.core.frame import Series
from explorer.core.roles import CATEGORY
from explorer.sweeps.result.cut import Cut, standard_error
from explorer.sweeps.result.source import NONE

SLOTS = len(CATEGORY)  # lines with a colour and a name of their own
MOST_POINTS = 60_000  # single values that a page holds; of more, some evenly
BARS = 8  # places where the running mean shows its standard error
TICKS = 9  # along an axis, at most
NOT_FINITE = "not a finite number"
WIDE = 0.3  # how far the single values of one level are spread


def slots(cut: Cut) -> np.ndarray:
    """Places along y that have a line; of many, some evenly."""
    number = cut.values.shape[1]
    return np.unique(np.linspace(0, number - 1, min(number, SLOTS)).round().astype(int))


def labels(cut: Cut) -> tuple[str, ...]:
    """The name of each slot's line; empty where there is no line."""
    drawn = [cut.named(cut.y, cut.levels[1][j]) if cut.y != NONE else "mean" for j in slots(cut)]
    return (*drawn, *("" for _ in range(SLOTS - len(drawn))))


def ticks(cut: Cut, axis: str, levels: tuple) -> tuple[tuple[int, str], ...]:
    """(place, words) of every drawn value of an axis, or of every second, third, …"""
    step = -(-len(levels) // TICKS)
    return tuple((place, cut.word(axis, levels[place])) for place in range(0, len(levels), step))


def spacing(levels: tuple) -> str:
    """What an axis says of its scale: values stand one step apart, which may be by ratio, or uneven."""
    numbers = [value for value in levels if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < len(levels) or len(levels) < 3:
        return ""
    steps = np.diff(numbers)
    if np.allclose(steps, steps[0], rtol=1e-6, atol=0.0):
        return ""
    even = min(numbers) > 0 and np.allclose(
        np.diff(np.log(numbers)), np.log(numbers[1] / numbers[0]), rtol=1e-6, atol=0.0
    )
    return " (log)" if even else " (not to scale)"


def cells(cut: Cut) -> dict[str, np.ndarray]:
    """One row a pair of values: its box on the map, mean, standard error, and how many cells are what."""
    i, j = (part.ravel() for part in np.indices(cut.values.shape[:2]).astype(float))
    return {
        "cell_left": i - 0.5,
        "cell_bottom": j - 0.5,
        "cell_right": i + 0.5,
        "cell_top": j + 0.5,
        "cell_mean": cut.mean.ravel(),
        "cell_error": cut.error.ravel(),
        "cell_count": cut.count.ravel(),
        "cell_failed": cut.failed.ravel(),
        "cell_not_finite": cut.not_finite.ravel(),
    }


def failed(cut: Cut) -> dict[str, np.ndarray]:
    """Where cells gave no number, and for which reason most often."""
    i, j = np.nonzero(cut.failed + cut.not_finite)
    why = np.where((cut.reasons == "") & ~np.isfinite(cut.values), NOT_FINITE, cut.reasons)
    reasons = [_foremost(why[place]) for place in zip(i, j, strict=True)]
    return {
        "failed_x": i.astype(float),
        "failed_y": j.astype(float),
        "failed_cells": cut.failed[i, j],
        "failed_not_finite": cut.not_finite[i, j],
        "failed_why": np.array(reasons, dtype=str) if reasons else np.zeros(0, "U1"),
    }


def _foremost(reasons: np.ndarray) -> str:
    different, counts = np.unique(reasons[reasons != ""], return_counts=True)
    return str(different[counts.argmax()])


def lines(cut: Cut, log: bool) -> dict[str, np.ndarray]:
    """Columns line0.. with bars low0.. to high0.., one for each slot; NaN where there is no line."""
    place = np.arange(len(cut.values), dtype=float)
    columns: dict[str, np.ndarray] = {"place": place, "place_again": place}
    empty = np.full(len(place), np.nan)
    picked = slots(cut)
    mean, error = cut.mean, _reach(cut)
    for slot in range(SLOTS):
        here = slot < len(picked)
        middle = mean[:, picked[slot]] if here else empty
        spread = error[:, picked[slot]] if here else empty
        columns[f"line{slot}"] = _drawable(middle, log)
        columns[f"low{slot}"] = _above_zero(middle - spread, middle, log)
        columns[f"high{slot}"] = _drawable(middle + spread, log)
    return columns


def _reach(cut: Cut) -> np.ndarray:
    """Array (nx, ny): half the length of each bar; no bar where too few of the averaged values are left."""
    return cut.error if cut.over != NONE else np.zeros(cut.count.shape)


def _drawable(values: np.ndarray, log: bool) -> np.ndarray:
    return np.where(values > 0, values, np.nan) if log else values


def _above_zero(low: np.ndarray, middle: np.ndarray, log: bool) -> np.ndarray:
    """The lower end of a bar; on a logarithmic axis one that reaches zero ends far below the mean."""
    return np.where(low <= 0, 1e-3 * _drawable(middle, log), low) if log else low


def single(cut: Cut, log: bool) -> dict[str, Series]:
    """What moves with the chosen place: every value, their mean with its error, and the rule."""
    nx, ny, _n = cut.values.shape
    kept = shown(cut)
    spread = WIDE * (2 * (np.arange(len(kept)) + 0.5) / len(kept) - 1)
    at = np.broadcast_to(np.arange(ny)[:, None] + spread, (ny, len(kept))).reshape(-1)
    points = cut.values[:, :, kept].reshape(nx, -1)
    mean, error = cut.mean, _reach(cut)
    level = np.broadcast_to(np.arange(ny, dtype=float), (nx, ny))
    return {
        "values": Series(
            "at", {"value_at": np.broadcast_to(at, points.shape), "value": _drawable(points, log)}
        ),
        "means": Series(
            "at",
            {
                "mean_at": level,
                "mean": _drawable(mean, log),
                "mean_low": _above_zero(mean - error, mean, log),
                "mean_at_again": level,
                "mean_high": _drawable(mean + error, log),
            },
        ),
        "rule": Series("at", {"chosen": np.arange(nx, dtype=float)[:, None]}),
        "told": _told(cut, at, points, log),
    }


def _told(cut: Cut, at: np.ndarray, points: np.ndarray, log: bool) -> Series:
    """The chosen value in words, at the upper left of the single cells."""
    drawn = _drawable(points, log)
    top = np.nanmax(drawn, initial=-np.inf) if np.isfinite(drawn).any() else 1.0
    words = np.array([cut.named(cut.x, value) for value in cut.levels[0]])[:, None]
    place = {"told_x": np.full(words.shape, at.min()), "told_y": np.full(words.shape, top)}
    return Series("at", {**place, "told": words})


def shown(cut: Cut) -> np.ndarray:
    """Places along the averaged axis whose single values are drawn."""
    nx, ny, n = cut.values.shape
    most = max(1, MOST_POINTS // (nx * ny))
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(int)


def running(cut: Cut, log: bool) -> dict[str, Series]:
    """The mean of the first 1, 2, … values of each slot, with bars at some counts that grow by ratio."""
    nx, _ny, n = cut.values.shape
    picked = slots(cut)
    values = cut.values[:, picked]
    count = np.isfinite(values).cumsum(axis=2)
    total = np.nancumsum(values, axis=2)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    most = max(2, MOST_POINTS // (nx * SLOTS))
    kept = np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(int)
    bars = np.unique(np.geomspace(2, n, BARS).round().astype(int)) - 1 if n > 1 else np.zeros(1, int)
    means: dict[str, Any] = {"first": np.broadcast_to(kept + 1.0, (nx, len(kept)))}
    ends: dict[str, Any] = {"bar": np.broadcast_to(bars + 1.0, (nx, len(bars)))}
    ends["bar_again"] = ends["bar"]
    for slot in range(SLOTS):
        if slot < len(picked):
            middle = mean[:, slot]
            error = np.stack([standard_error(values[:, slot, : last + 1]) for last in bars], axis=1)
            means[f"running{slot}"] = _drawable(middle[:, kept], log)
            ends[f"bar_low{slot}"] = _above_zero(middle[:, bars] - error, middle[:, bars], log)
            ends[f"bar_high{slot}"] = _drawable(middle[:, bars] + error, log)
        else:
            means[f"running{slot}"] = np.full((nx, len(kept)), np.nan)
            ends[f"bar_low{slot}"] = ends[f"bar_high{slot}"] = np.full((nx, len(bars)), np.nan)
    return {"running": Series("at", means), "running_bars": Series("at", ends)}
