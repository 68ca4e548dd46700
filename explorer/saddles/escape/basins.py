"""The basin map of this scene: coarse at once, finer in the background, finished ones kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from explorer.core.cache import Cache
from explorer.core.frame import Field
from explorer.core.runner import Report
from explorer.saddles.basin_map import LEFT, Basins, basins
from explorer.saddles.escape.grounds import Chosen, Ground, ground
from explorer.saddles.escape.trails import Settings, recipe

COARSE = 25
STEPS = 500  # at most so many from each start
HUES = 9
LOST, NOWHERE = 0, HUES + 1  # colours of runs that left and of runs that came to rest at no listed point
KEPT = 6
RISE, ROOM = 0.075, 0.06  # of the map's height and width: how far a number stands from its mark, and its half
Key = tuple[Chosen, str, Settings, int]
_FINISHED = Cache(KEPT)


def _map(key: Key, report: Report | None) -> Basins:
    chosen, name, settings, grid = key
    held = ground(chosen)
    kind, options, step = recipe(held, name, settings)
    return basins(held.surface, kind, grid, step, STEPS, settings.seed, held.plane, report, **options)  # type: ignore[arg-type]


def at_once(key: Key) -> Basins:
    """The finished map, if it is known; a coarse one otherwise."""
    return _FINISHED.find(key) or _coarse((*key[:3], min(COARSE, key[3])))


@lru_cache(maxsize=KEPT)
def _coarse(key: Key) -> Basins:
    return _map(key, None)


def finer(key: Key, report: Report) -> Iterator[Basins]:
    """The map on grids that double up to the one asked for; nothing, if it is known already."""
    if _FINISHED.find(key) is not None:
        return
    count = 2 * COARSE
    while count < key[3]:
        yield _map((*key[:3], count), report)
        count *= 2
    yield _FINISHED.put(key, _map(key, report))


def map_parts(held: Ground, found: Basins) -> tuple[dict[str, Field], dict[str, dict[str, np.ndarray]]]:
    """The map as a field of colour numbers, and the share of the starts that each critical point gets."""
    hue = np.where(found.labels >= 0, 1 + found.labels % HUES, np.where(found.labels == LEFT, LOST, NOWHERE))
    shares = found.shares
    words = np.array([f"{share:.0%}" if share >= 0.005 else "" for share in shares], dtype="U5")
    table = {"end_x": held.places[:, 0], "end_y": _clear(held), "end_share": shares, "end_words": words}
    return {"basins": Field(found.a, found.b, hue.astype(float))}, {"ends": table}


def _clear(held: Ground) -> np.ndarray:
    """Heights (m,) of the numbers: above their marks, or below where another mark or the edge is above."""
    (left, right), (low, high) = held.plane.bounds
    place = (held.places - (left, low)) / (right - left, high - low)
    aside = np.abs(place[:, None, 0] - place[:, 0]) < ROOM
    over = place[:, 1] - place[:, None, 1]
    crowded = (aside & (over > 1e-6) & (over < 2.0 * RISE)).any(axis=1) | (place[:, 1] + 1.5 * RISE > 1.0)
    return held.places[:, 1] + np.where(crowded, -RISE, RISE) * (high - low)


def key(chosen: Chosen, name: str, settings: Settings, grid: int) -> Key:
    """What a map depends on; what does not matter to its method is set to one value, so that it is kept."""
    plain = replace(settings, steps=STEPS)
    if name not in ("heavy_ball", "nesterov"):
        plain = replace(plain, momentum=0.0)
    if name != "noisy":
        plain = replace(plain, noise=0.0)
    if name != "zeroth":
        plain = replace(plain, probes="sphere", directions=1)
    if name not in ("noisy", "zeroth"):
        plain = replace(plain, seed=0)
    return chosen, name, plain, grid


def cells(key: Key, a: np.ndarray, b: np.ndarray) -> Basins:
    """The map on chosen columns and rows, computed anew."""
    chosen, name, settings, _ = key
    held = ground(chosen)
    kind, options, step = recipe(held, name, settings)
    return basins(held.surface, kind, (a, b), step, STEPS, settings.seed, held.plane, **options)  # type: ignore[arg-type]
