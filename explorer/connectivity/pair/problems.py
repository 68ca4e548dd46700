"""What the two networks learn: images, points of the plane, or a table of one's own, split once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from explorer.connectivity.problems import Split, noisy_labels, rings, spirals, subset, train_test, two_moons
from explorer.core.assets import asset
from explorer.core.dataset import Dataset
from explorer.core.standardise import is_constant

TOY = "hyperbola"
BUNDLED = {
    "digits": "Digits: 1,797 images of 8 × 8",
    "moons": "Two moons in the plane",
    "spirals": "Two spirals in the plane",
    "rings": "Two rings in the plane",
    TOY: "Hyperbola: L = ½(w₁w₂ − 1)²",
}
PLANE = {"moons": two_moons, "spirals": spirals, "rings": rings}
MOST_CLASSES = 20
FEWEST = 20  # rows of a table: some of each class must be left on both sides of the split


@dataclass(frozen=True, eq=False)
class Posed:
    """A classification in two parts; one and the same object for equal inputs, so results are kept by it.

    Attributes
        split : Split               training labels with their noise
        names : tuple of str        of the classes
        kind  : "digits", "plane" or "table"
    """

    split: Split
    names: tuple[str, ...]
    kind: str

    @property
    def ends(self) -> tuple[int, int]:
        """Number of inputs and of classes."""
        return self.split.X_train.shape[1], len(self.names)


@lru_cache(maxsize=1)
def _digits() -> tuple[np.ndarray, np.ndarray]:
    with np.load(asset("data/digits.npz"), allow_pickle=False) as held:
        return held["images"] / 16.0, held["labels"].astype(np.int64)


def _rng(seed: int, use: int) -> np.random.Generator:
    """One stream a use, so that the noise of the labels does not hang on how many samples were drawn."""
    return np.random.default_rng([seed, use])


@lru_cache(maxsize=8)
def bundled(name: str, samples: int, spread: float, held_out: float, noise: float, seed: int) -> Posed:
    """Digits, or points of the plane, split; the spread is that of the points about their curve."""
    if name == "digits":
        X, y = _digits()
        X, y = subset(X, y, min(samples, len(y)), _rng(seed, 1))
    else:
        X, y = PLANE[name](samples, _rng(seed, 1), spread)
    names = tuple(str(label) for label in range(10 if name == "digits" else 2))
    return _split(X, y, names, "digits" if name == "digits" else "plane", held_out, noise, seed)


@lru_cache(maxsize=4)
def from_table(
    table: Dataset, target: str, scaled: bool, samples: int, held_out: float, noise: float, seed: int
) -> Posed:
    """The classification of one column of a table by all others, as they stand or scaled.

    Scaled columns have mean 0 and variance 1, and those of one value are left out.

    Raises      ValueError  when the column has more than 20 values, or the rows are too few
    """
    wanted = target or table.columns[-1]
    X, values, features = table.split(wanted)
    labels, y = np.unique(values, return_inverse=True)
    if len(labels) > MOST_CLASSES:
        raise ValueError(
            f"The column {wanted!r} has {len(labels)} different values; a class column has at most {MOST_CLASSES}."
        )
    if len(values) < FEWEST:
        raise ValueError(f"The table has {len(values)} rows; two networks need at least {FEWEST} of them.")
    varying = [place for place in range(len(features)) if not is_constant(X[:, place])]
    if not varying:
        raise ValueError("Every column beside the classes has one value; at least one must vary.")
    if scaled:
        X = X[:, varying]
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    X, y = subset(X, y, min(samples, len(y)), _rng(seed, 1))
    kind = "plane" if X.shape[1] == 2 and len(labels) <= 4 else "table"
    return _split(X, y, tuple(f"{label:g}" for label in labels), kind, held_out, noise, seed)


def _split(
    X: np.ndarray, y: np.ndarray, names: tuple[str, ...], kind: str, held_out: float, noise: float, seed: int
) -> Posed:
    """Noise turns training labels only: the test set keeps telling the truth."""
    parts = train_test(X, y, held_out, _rng(seed, 2))
    turned = noisy_labels(parts.y_train, noise, _rng(seed, 3), len(names))
    return Posed(parts._replace(y_train=turned), names, kind)
