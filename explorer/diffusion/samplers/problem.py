"""What the inputs of this scene describe: a target and a plane to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from explorer.core.dataset import Dataset
from explorer.diffusion import (
    Brownian,
    Example,
    Mixture,
    PointSet,
    Target,
    digits,
    example,
    letters,
)

BUNDLED = {
    "three": "Three modes",
    "two": "Two modes",
    "gaussian": "One Gaussian: everything in closed form",
    "unequal": "Unequal modes",
    "tilted": "Tilted modes",
    "nine": "Nine sharp modes",
    "eight": "Eight modes on a ring",
    "own": "A mixture of your own",
    "drawn": "Points that you draw",
    "ring": "Ring, 128 points",
    "moons": "Two moons, 128 points",
    "checkerboard": "Checkerboard, 288 points",
    "letters": "Letters of a word",
    "digits": "Digits in 64 dimensions, every image",
    "digits_mixture": "Digits, a fitted mixture",
}
MOST_POINTS = 600  # rows of a table of one's own that become points of the target
MOST_MODES = 20
MOST_DOTS = 120
SPIRAL = "; ".join(
    f"{0.25 * turn * np.cos(turn):.2f} {0.25 * turn * np.sin(turn):.2f}" for turn in np.linspace(1.5, 7.5, 16)
)
LINKED = 0.3  # points of one's own nearer than this belong to one group
HIGH_DIM_PARTICLES = 36  # an evaluation there is a product with every image


@dataclass(frozen=True, eq=False)
class Plane:
    """Two orthonormal directions (d, 2) through the origin."""

    axes: np.ndarray

    def project(self, x: np.ndarray) -> np.ndarray:
        """Coordinates (..., 2) of points (..., d)."""
        return x @ self.axes

    def place(self, x: np.ndarray, at: np.ndarray) -> np.ndarray:
        """The points x (n, d) moved so that their coordinates in the plane are `at` (2,)."""
        return x + (at - self.project(x)) @ self.axes.T


@dataclass(frozen=True, eq=False)
class Posed:
    """A target with its plane."""

    name: str
    target: Target
    groups: np.ndarray
    names: tuple[str, ...]
    plane: Plane

    @property
    def flat(self) -> bool:
        """Whether the plane is the whole space."""
        return self.target.dim == 2

    @property
    def movable(self) -> bool:
        """Whether the target is a mixture that can be written as text, so that its means can be moved."""
        target = self.target
        return (
            self.flat and isinstance(target, Mixture) and target.law.round and target.components <= MOST_MODES
        )

    @property
    def drawn(self) -> bool:
        """Whether the target is points that were drawn by hand."""
        return self.name == "drawn"

    def particles(self, wanted: int) -> int:
        """How many particles are run."""
        return wanted if self.flat else min(wanted, HIGH_DIM_PARTICLES)

    def starts(self, n: int, sigma: float, seed: int) -> np.ndarray:
        """Starts (n, d) from the noise at sigma, the same particles for every grid."""
        return sigma * Brownian(seed).starts(n, self.target.dim)


def _posed(given: Example) -> Posed:
    target = given.target
    axes = np.eye(2) if target.dim == 2 else _principal(digits()[0])
    return Posed(given.name, target, given.groups, given.names, Plane(axes))


def _principal(images: np.ndarray) -> np.ndarray:
    """The two directions of largest variance (d, 2), each with its largest entry positive."""
    axes = np.linalg.svd(images - images.mean(axis=0), full_matrices=False)[2][:2].T
    return axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])


@lru_cache(maxsize=16)
def bundled(name: str, text: str = "") -> Posed:
    """A target by name; the text is the word, the modes of a mixture or the points of one's own.

    Raises    ValueError  one sentence, when the text cannot be read
    """
    if name == "letters":
        points, which = letters(text)
        names = tuple(letter for letter in text.upper() if letter != " ")
        return _posed(Example(name, "letters", PointSet(points), which, names))
    if name == "own":
        return _posed(_mixture(text))
    if name == "drawn":
        return _posed(_set_of("drawn", _dots(text)))
    return _posed(example(name))


def _mixture(text: str) -> Example:
    """A mixture written as ``x y spread weight; x y spread weight; ...``, the last two optional."""
    numbers = _rows(text)
    if not 1 <= len(numbers) <= MOST_MODES or any(not 2 <= len(row) <= 4 for row in numbers):
        raise ValueError(
            f"Modes are written as x y spread weight; and so on, 1 to {MOST_MODES} of them, for example "
            "-1 0 0.25; 1 0.5 0.1 2."
        )
    full = np.array([[*row, *[0.25, 1.0][len(row) - 2 :]] for row in numbers])
    if not (np.abs(full) <= 20).all() or not (full[:, 2] >= 0.01).all() or not (full[:, 3] > 0).all():
        raise ValueError(
            "Modes have places and weights of at most 20, spreads from 0.01 and positive weights."
        )
    names = tuple(f"mode {k + 1}" for k in range(len(full)))
    target = Mixture(full[:, 3], full[:, :2], full[:, 2])
    return Example("own", "your mixture", target, np.arange(len(full)), names)


def _rows(text: str) -> list[list[float]]:
    """Numbers separated by blanks or commas, rows by semicolons; none when one of them is no number."""
    rows = [row.replace(",", " ").split() for row in text.split(";") if row.strip()]
    try:
        return [[float(word) for word in row] for row in rows]
    except ValueError:
        return []


def _dots(text: str) -> np.ndarray:
    """Points (m, 2) written as ``x y; x y; ...``."""
    numbers = _rows(text)
    if not 1 <= len(numbers) <= MOST_DOTS or any(len(row) != 2 for row in numbers):
        raise ValueError(
            f"Points are written as x y; x y; and so on, 1 to {MOST_DOTS} of them, for example -1 0; 1 0.5."
        )
    points = np.array(numbers)
    if not (np.abs(points) <= 20).all():
        raise ValueError("Points have places of at most 20.")
    return points


def _set_of(name: str, points: np.ndarray) -> Example:
    """A finite set, in groups of points that are near each other."""
    which = (
        np.zeros(1, int) if len(points) == 1 else fcluster(linkage(points, "single"), LINKED, "distance") - 1
    )
    order = np.argsort(-np.bincount(which), kind="stable")
    groups = np.argsort(order)[which]
    names = tuple(f"group {k + 1}" for k in range(groups.max() + 1))
    return Example(name, "your points", PointSet(points), groups, names)


@lru_cache(maxsize=4)
def from_table(table: Dataset) -> Posed:
    """The first two columns of a table as a finite set, centred, with standard deviation 1 over both."""
    values = table.values[:, :2]
    kept = np.linspace(0, len(values) - 1, min(len(values), MOST_POINTS)).astype(int)
    points = values[kept] - values[kept].mean(axis=0)
    spread = float(np.sqrt(np.mean(np.square(points))))
    if not spread > 0.0:
        raise ValueError("The points of the table are all the same; a target needs at least two places.")
    return _posed(_set_of("yours", points / spread))
