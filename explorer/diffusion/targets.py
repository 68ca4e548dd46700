"""Ready-made targets: mixtures, shapes as finite sets, letters, and the 8 x 8 digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from explorer.core.assets import asset
from explorer.diffusion import glyphs, inputs
from explorer.diffusion.fit import fit_mixture
from explorer.diffusion.mixture import Mixture, PointSet, Target

SIDE = 8  # pixels of a digit's side
INK = 8.0  # half of the darkest pixel: images are stored 0..16 and served as -1..1


@dataclass(frozen=True)
class Example:
    """A target with what a scene needs beside it.

    Parameters
        name, label : str
        target      : Mixture or PointSet
        groups      : int array (c,)    the mode, letter or digit of every component
        names       : tuple of str      of the groups
    """

    name: str
    label: str
    target: Target
    groups: np.ndarray
    names: tuple[str, ...]


def ring(points: int = 128, radius: float = 1.0) -> np.ndarray:
    """Points evenly spaced on a circle about 0, (points, 2)."""
    angle = 2.0 * np.pi * np.arange(inputs.count(points, "points")) / points
    return inputs.real(radius, "radius", 1e-9, 1e9) * np.column_stack([np.cos(angle), np.sin(angle)])


def moons(points: int = 128) -> np.ndarray:
    """Two interleaved half circles, (points, 2), the upper one first; even numbers of points."""
    half = inputs.count(points, "points", 4) // 2
    angle = np.pi * (np.arange(half) + 0.5) / half
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    return np.concatenate([upper, -upper])


def checkerboard(cells: int = 4, side: int = 6) -> np.ndarray:
    """The dark cells of a board over [-1.5, 1.5]², each filled with side x side points."""
    cells, side = inputs.count(cells, "cells", 2, 64), inputs.count(side, "side", 1, 100)
    place = (np.arange(cells * side) + 0.5) / (cells * side)
    column, row = np.meshgrid(place, place)
    dark = ((column * cells).astype(int) + (row * cells).astype(int)) % 2 == 0
    return 3.0 * (np.column_stack([column[dark], row[dark]]) - 0.5)


def letters(text: str = "SCORE", points: int = 240) -> tuple[np.ndarray, np.ndarray]:
    """A word as about `points` points along its strokes, (m, 2) within [-2, 2], and the letter of each (m,).

    Raises    ValueError  when the text is empty, longer than 12, or not of the letters A to Z and blanks
    """
    word = text.upper() if isinstance(text, str) else ""
    if not word.strip() or len(word) > 12 or not set(word) <= glyphs.LETTERS | {" "}:
        raise ValueError("text must be 1 to 12 letters from A to Z; blanks are allowed between them.")
    wanted = inputs.count(points, "points", 10, 100_000)
    drawn = [(i, letter) for i, letter in enumerate(word) if letter != " "]
    length = sum(float(np.hypot(*np.diff(s, axis=0).T).sum()) for _, q in drawn for s in glyphs.strokes(q))
    spots = [glyphs.along(letter, length / wanted) for _, letter in drawn]
    place = np.concatenate(
        [s + np.array([i * (glyphs.WIDTH + glyphs.GAP), 0.0]) for (i, _), s in zip(drawn, spots, strict=True)]
    )
    low, high = place.min(axis=0), place.max(axis=0)
    which = np.repeat(np.arange(len(drawn)), [len(s) for s in spots])
    return (place - 0.5 * (low + high)) * (4.0 / (high - low).max()), which


@lru_cache(maxsize=1)
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The handwritten digits, read-only: images (1797, 64) from -1 (paper) to 1 (ink), and labels (1797,).

    Ref: Alpaydin & Kaynak, Optical recognition of handwritten digits, UCI Machine Learning Repository, 1998.
    """
    with np.load(asset("data/digits.npz"), allow_pickle=False) as stored:
        images, labels = stored["images"] / INK - 1.0, stored["labels"].astype(np.int64)
    images.setflags(write=False)
    labels.setflags(write=False)
    return images, labels


def _modes(name: str, label: str, weights: object, means: object, scales: object) -> Callable[[], Example]:
    def build() -> Example:
        target = Mixture(weights, means, scales)
        which = np.arange(target.components)
        return Example(name, label, target, which, tuple(f"mode {k + 1}" for k in which))

    return build


def _set(name: str, label: str, points: np.ndarray, groups: np.ndarray, names: tuple[str, ...]) -> Example:
    return Example(name, label, PointSet(points), groups, names)


def _moons() -> Example:
    points = moons()
    return _set("moons", "two moons", points, np.repeat([0, 1], len(points) // 2), ("upper", "lower"))


def _checkerboard() -> Example:
    points = checkerboard()
    cell = np.floor((points + 1.5) / 0.75).astype(int) @ [1, 4]
    found, which = np.unique(cell, return_inverse=True)
    return _set(
        "checkerboard", "checkerboard", points, which, tuple(f"cell {k + 1}" for k in range(len(found)))
    )


def _letters() -> Example:
    points, which = letters("SCORE")
    return _set("letters", "letters", points, which, tuple("SCORE"))


def _digits() -> Example:
    images, labels = digits()
    return _set("digits", "digits, every image", images, labels, tuple("0123456789"))


def _digits_mixture() -> Example:
    images, labels = digits()
    target = fit_mixture(images, 30, 0, floor=0.1, tolerance=1e-2).mixture
    likely = np.array([np.bincount(labels[own], minlength=10).argmax() for own in _owners(target, images)])
    return Example("digits_mixture", "digits, a fitted mixture", target, likely, tuple("0123456789"))


def _owners(target: Target, images: np.ndarray) -> list[np.ndarray]:
    """The images that each component answers for."""
    owner = target.responsibilities(images, 0.0).argmax(axis=1)
    return [np.flatnonzero(owner == k) for k in range(target.components)]


_THREE = [[1.2, 0.2], [-1.0, 0.9], [-0.2, -1.2]]
_TILTED = [[[0.5, 0.4], [0.4, 0.4]], [[0.05, 0.0], [0.0, 0.6]], [[0.3, -0.28], [-0.28, 0.3]]]
_NINE = [[x, y] for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0)]

EXAMPLES: dict[str, Callable[[], Example]] = {
    "gaussian": _modes("gaussian", "one Gaussian", [1.0], [[0.3, -0.2]], 0.5),
    "two": _modes("two", "two modes", [1.0, 1.0], [[-1.0, 0.0], [1.0, 0.0]], 0.25),
    "three": _modes("three", "three modes", [1.0, 1.0, 1.0], _THREE, 0.3),
    "unequal": _modes("unequal", "unequal modes", [0.7, 0.2, 0.1], _THREE, [0.45, 0.2, 0.08]),
    "tilted": _modes(
        "tilted", "tilted modes", [0.4, 0.3, 0.3], [[1.0, 0.8], [-1.2, 0.0], [0.8, -1.0]], _TILTED
    ),
    "nine": _modes("nine", "nine sharp modes", [1.0] * 9, _NINE, 0.05),
    "eight": _modes("eight", "eight modes on a ring", [1.0] * 8, 1.5 * ring(8), 0.12),
    "ring": lambda: _set("ring", "ring", ring(), np.zeros(128, int), ("ring",)),
    "moons": _moons,
    "checkerboard": _checkerboard,
    "letters": _letters,
    "digits": _digits,
    "digits_mixture": _digits_mixture,
}
"""Every ready-made target by name."""


@lru_cache(maxsize=32)
def example(name: str) -> Example:
    """The ready-made target of that name, built once.

    Raises    ValueError  when there is none
    """
    if name not in EXAMPLES:
        raise ValueError(f"there is no target {name!r}; choose one of {', '.join(EXAMPLES)}.")
    return EXAMPLES[name]()
