"""Small classification data, and what can be done to a data set before training: split, noise, subset."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.network import Array

Labels = NDArray[np.int64]
Seed = int | np.random.Generator


class Split(NamedTuple):
    """A data set in two parts: arrays (n, d) and (n,), once for training and once for testing."""

    X_train: Array
    y_train: Labels
    X_test: Array
    y_test: Labels


def two_moons(n: int, seed: Seed, noise: float = 0.1) -> tuple[Array, Labels]:
    """Two interleaved half circles of radius 1.

    Parameters
        n     : int >= 2        samples; the classes differ by one at most
        noise : float >= 0      standard deviation of a Gaussian added to both coordinates

    Returns
        X (n, 2), y (n,) in {0, 1}, in random order
    """
    rng = _rng(n, 2, noise, seed)
    y = np.arange(n) % 2
    angle = rng.uniform(0.0, np.pi, n)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.array([1.0, 0.5]) - upper
    return _shuffled(np.where(y[:, None] == 0, upper, lower), y, noise, rng)


def spirals(
    n: int, seed: Seed, noise: float = 0.05, arms: int = 2, turns: float = 1.25
) -> tuple[Array, Labels]:
    """Spiral arms from the centre to radius 1, one class an arm.

        r = sqrt(uniform),   angle = 2 pi (turns r + arm / arms)

    Returns
        X (n, 2), y (n,) in {0 ... arms - 1}, in random order
    """
    if arms < 2:
        raise ValueError(f"arms must be 2 or more, and is {arms}")
    rng = _rng(n, arms, noise, seed)
    y = np.arange(n) % arms
    radius = np.sqrt(rng.uniform(0.0, 1.0, n))
    angle = 2.0 * np.pi * (turns * radius + y / arms)
    points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return _shuffled(points, y, noise, rng)


def rings(n: int, seed: Seed, noise: float = 0.08, classes: int = 2) -> tuple[Array, Labels]:
    """Circles of radius 1/classes, 2/classes ... 1 about the centre, one class a circle.

    Returns
        X (n, 2), y (n,) in {0 ... classes - 1}, in random order
    """
    if classes < 2:
        raise ValueError(f"classes must be 2 or more, and is {classes}")
    rng = _rng(n, classes, noise, seed)
    y = np.arange(n) % classes
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    radius = (y + 1.0) / classes
    return _shuffled(radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), y, noise, rng)


def train_test(X: ArrayLike, y: ArrayLike, share: float, seed: Seed) -> Split:
    """A random split that gives every class its share of the test set, as far as whole samples allow.

    Parameters
        share : float in (0, 1)     part of each class that is kept for testing, rounded to samples
    """
    samples, labels = _pair(X, y)
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, and is {share}")
    order = np.random.default_rng(seed).permutation(len(labels))
    rank = np.empty(len(labels))
    for label in np.unique(labels):
        members = order[labels[order] == label]
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    test = rank < share
    if test.all() or not test.any():
        raise ValueError(f"{len(labels)} samples are too few to keep a share of {share} for testing")
    train = order[~test[order]]
    held = order[test[order]]
    return Split(samples[train], labels[train], samples[held], labels[held])


def noisy_labels(y: ArrayLike, share: float, seed: Seed, classes: int | None = None) -> Labels:
    """Labels of which a share, rounded to samples, has been turned into another class, all others alike.

    Parameters
        share   : float in [0, 1]
        classes : int           number of classes; by default the largest label and one
    """
    labels = np.asarray(y).astype(np.int64)
    classes = int(labels.max()) + 1 if classes is None else classes
    if not 0 <= share <= 1 or classes < 2:
        raise ValueError(f"share must lie in 0 ... 1 with two classes or more, and is {share} with {classes}")
    rng = np.random.default_rng(seed)
    turned = rng.permutation(len(labels))[: round(share * len(labels))]
    noisy = labels.copy()
    noisy[turned] = (labels[turned] + rng.integers(1, classes, len(turned))) % classes
    return noisy


def subset(X: ArrayLike, y: ArrayLike, size: int, seed: Seed) -> tuple[Array, Labels]:
    """A random part of the samples; with the same seed a smaller part lies within a larger one."""
    samples, labels = _pair(X, y)
    if not 1 <= size <= len(labels):
        raise ValueError(f"size must lie between 1 and {len(labels)}, and is {size}")
    chosen = np.random.default_rng(seed).permutation(len(labels))[:size]
    return samples[chosen], labels[chosen]


def _pair(X: ArrayLike, y: ArrayLike) -> tuple[Array, Labels]:
    samples, labels = np.asarray(X, dtype=np.float64), np.asarray(y)
    if samples.ndim != 2 or labels.shape != samples.shape[:1]:
        raise ValueError(f"X must be (n, d) and y (n,), and have shapes {samples.shape} and {labels.shape}")
    return samples, labels.astype(np.int64)


def _rng(n: int, classes: int, noise: float, seed: Seed) -> np.random.Generator:
    if n < classes or not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"n must be {classes} or more and noise 0 or more, and are {n} and {noise}")
    return np.random.default_rng(seed)


def _shuffled(points: Array, y: NDArray, noise: float, rng: np.random.Generator) -> tuple[Array, Labels]:
    points = points + noise * rng.standard_normal(points.shape)
    order = rng.permutation(len(y))
    return points[order], y[order].astype(np.int64)
