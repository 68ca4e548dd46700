"""What the network at the cursor says: decisions in the plane, or a table of confusions and a few digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.connectivity.line import interpolate
from explorer.connectivity.network import Network, forward
from explorer.connectivity.pair.study import TS, Study
from explorer.core.frame import Series

DIGITS = 6
ACROSS, UP = 44, 26  # points of the lattice that shows decisions
LARGEST = 15.0  # size of the mark for a whole class, in pixels
MOST = 4  # classes that the plane has colours for
PITCH = 0.31  # of a digit's pixels, in units of the table of confusions


def networks(study: Study, mend: bool) -> list[Network]:
    """The network at every place of the cursor, on the matched line."""
    join = study.join()
    return study.mended_networks() if mend else [interpolate(join.a, join.moved, t) for t in TS]


def answers(study: Study, nets: list[Network], X: np.ndarray) -> np.ndarray:
    """Class of every sample at every place of the cursor: array (k, n)."""
    return np.array([forward(net, X, study.recipe.activation).argmax(axis=1) for net in nets])


def confusions(study: Study, said: np.ndarray) -> Series:
    """Test samples of each class called each class, as marks of that area; right and wrong ones apart."""
    _, y = study.data(True)
    classes = len(study.posed.names)
    counts = np.array([np.bincount(y * classes + row, minlength=classes**2) for row in said], float)
    truth, called = np.divmod(np.arange(classes**2), classes)
    sizes = LARGEST * np.sqrt(counts / np.bincount(y, minlength=classes).max())
    right = np.where(truth == called, sizes, 0.0)
    shape = counts.shape
    return Series(
        "alpha",
        {
            "called": np.broadcast_to(called.astype(float), shape),
            "truth": np.broadcast_to(truth.astype(float), shape),
            "right": right,
            "wrong": sizes - right,
        },
    )


def digits(study: Study, said: np.ndarray) -> tuple[dict[str, Any], Series]:
    """Six test digits that are hardest along the line: their ink, and what they are called at the cursor."""
    X, y = study.data(True)
    hardest = np.argsort(-(said != y).mean(axis=0), kind="stable")[:DIGITS]
    places = np.arange(len(hardest))
    left, foot = 11.2 + 3.9 * (places % 2), 6.9 - 3.5 * (places // 2)
    row, column = np.divmod(np.arange(64), 8)
    ink = {
        "ink_x": (left[:, None] + PITCH * column).ravel(),
        "ink_y": (foot[:, None] + PITCH * (7 - row)).ravel(),
        "ink": (6.0 * X[hardest]).ravel(),
    }
    words = np.array([[_verdict(y[i], said[k, i]) for i in hardest] for k in range(len(said))])
    shape = words.shape
    return ink, Series(
        "alpha",
        {
            "word_x": np.broadcast_to(left + 3.5 * PITCH, shape),
            "word_y": np.broadcast_to(foot - 0.65, shape),
            "word": words,
        },
    )


def _verdict(truth: int, said: int) -> str:
    return f"{said}" if truth == said else f"{said}, not {truth}"


def lattice(study: Study, nets: list[Network]) -> tuple[Series, dict[str, np.ndarray]]:
    """The decision at every place of a lattice, one column a class; and the test points in the same way."""
    X, y = study.data(True)
    everything = np.vstack([X, study.data(False)[0]])
    low, high = everything.min(axis=0), everything.max(axis=0)
    x, v = np.meshgrid(np.linspace(low[0], high[0], ACROSS), np.linspace(low[1], high[1], UP))
    said = answers(study, nets, np.column_stack([x.ravel(), v.ravel()]))
    decided = {"lattice_x": np.broadcast_to(x.ravel(), said.shape)}
    points = {"point_x": X[:, 0]}
    for place in range(MOST):
        decided[f"decided{place}"] = np.where(said == place, v.ravel(), np.nan)
        points[f"point{place}"] = np.where(y == place, X[:, 1], np.nan)
    return Series("alpha", decided), points
