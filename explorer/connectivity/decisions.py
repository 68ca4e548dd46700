"""What a network decides: class by class, and over the plane of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.network import Array, as_network, forward
from explorer.connectivity.passes import check_labels


def probabilities(net: Sequence, X: ArrayLike, activation: str = "relu") -> Array:
    """Softmax of the outputs: array (n, classes), rows sum to 1."""
    scores = forward(net, X, activation)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def predict(net: Sequence, X: ArrayLike, activation: str = "relu") -> NDArray[np.int64]:
    """Class of the largest output, the first of several: array (n,)."""
    return forward(net, X, activation).argmax(axis=1)


def confusion(net: Sequence, X: ArrayLike, y: ArrayLike, activation: str = "relu") -> NDArray[np.int64]:
    """How many samples of class i were called j: array (classes, classes), rows the truth."""
    called = predict(net, X, activation)
    classes = len(as_network(net)[-1][1])
    labels = check_labels(y, len(called), classes)
    return np.bincount(labels * classes + called, minlength=classes**2).reshape(classes, classes)


@dataclass(frozen=True)
class Regions:
    """Classes over a rectangle: x (m,) and y (k,) coordinates; called (k, m) and its probability (k, m)."""

    x: Array
    y: Array
    called: NDArray[np.int64]
    sure: Array


def decision_regions(
    net: Sequence, X: ArrayLike, activation: str = "relu", points: int = 60, margin: float = 0.1
) -> Regions:
    """What a network of two inputs decides over the rectangle of some samples and a margin around it.

    Parameters
        X      : array (n, 2)   samples that say how far the picture reaches
        points : int            a side of the grid
        margin : float          room on each side, as a share of the extent
    """
    samples = np.asarray(X, dtype=np.float64)
    if samples.ndim != 2 or samples.shape[1] != 2 or len(samples) == 0:
        raise ValueError(f"regions can be drawn for two inputs, and X has shape {samples.shape}")
    low, high = samples.min(axis=0), samples.max(axis=0)
    room = margin * np.where(high > low, high - low, 1.0)
    x, y = np.linspace(low - room, high + room, points).T
    grid = np.column_stack([axis.ravel() for axis in np.meshgrid(x, y)])
    chances = probabilities(net, grid, activation)
    shape = points, points
    return Regions(x, y, chances.argmax(axis=1).reshape(shape), chances.max(axis=1).reshape(shape))
