"""Index against height for random surfaces in many dimensions, and the semicircle of a random quadratic."""

from __future__ import annotations

import numpy as np

from explorer.saddles.escape.grounds import Ground
from explorer.saddles.random_surfaces import index_at_height, index_fraction, random_critical_points

HEIGHTS = np.linspace(-2.0, 2.0, 11)
SAMPLES = 300
DRAWN = 150
NONE = np.zeros(0)
FINE = np.linspace(-2.6, 2.6, 201)
BEFORE = {
    "height_law": {"law_height": FINE, "law_share": index_fraction(FINE)},
    "height_means": {
        "mean_height": NONE, "mean_share": NONE, "mean_low": NONE, "mean_high": NONE, "mean_height_": NONE
    },
    "height_points": {"point_height": NONE, "point_share": NONE},
}  # fmt: skip


def height_tables(dimension: int, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Share of directions that go down at critical points of random surfaces: means and single points."""
    mean, error = index_at_height(HEIGHTS, dimension, SAMPLES, seed)
    found = random_critical_points(dimension, SAMPLES, seed + 1)
    # As many equal points as the weights ask for, spread systematically.
    order = np.argsort(found.height)
    cumulative = np.cumsum(found.weight[order])
    picked = order[np.searchsorted(cumulative, (np.arange(DRAWN) + 0.5) / DRAWN).clip(max=SAMPLES - 1)]
    return {
        "height_means": {
            "mean_height": HEIGHTS,
            "mean_share": mean,
            "mean_low": mean - error,
            "mean_high": mean + error,
            "mean_height_": HEIGHTS,
        },
        "height_points": {
            "point_height": found.height[picked],
            "point_share": found.index[picked] / dimension,
        },
    }


def semicircle_table(ground: Ground, shift: float | None) -> dict[str, dict[str, np.ndarray]]:
    """Share of eigenvalues below x by the semicircle about the shift; no rows without a random quadratic."""
    if shift is None:
        return {"semicircle": {"semi_value": NONE, "semi_share": NONE}}
    x = np.linspace(-2.2, 2.2, 201)
    return {"semicircle": {"semi_value": x + shift, "semi_share": index_fraction(x)}}
