"""Capital letters as strokes, drawn for this project on a grid 4 wide and 6 high."""

from __future__ import annotations

import itertools

import numpy as np

WIDTH, HEIGHT, GAP = 4.0, 6.0, 2.0

_STROKES = {
    "A": "00 26 40/12 32",
    "B": "00 06 36 45 44 33 03/33 42 41 30 00",
    "C": "45 36 16 05 01 10 30 41",
    "D": "00 06 26 44 42 20 00",
    "E": "46 06 00 40/03 33",
    "F": "46 06 00/03 33",
    "G": "45 36 16 05 01 10 30 41 43 23",
    "H": "00 06/40 46/03 43",
    "I": "16 36/26 20/10 30",
    "J": "46 41 30 10 01",
    "K": "00 06/46 03 40",
    "L": "06 00 40",
    "M": "00 06 23 46 40",
    "N": "00 06 40 46",
    "O": "10 01 05 16 36 45 41 30 10",
    "P": "00 06 36 45 44 33 03",
    "Q": "10 01 05 16 36 45 41 30 10/22 40",
    "R": "00 06 36 45 44 33 03/23 40",
    "S": "45 36 16 05 04 13 33 42 41 30 10 01",
    "T": "06 46/26 20",
    "U": "06 01 10 30 41 46",
    "V": "06 20 46",
    "W": "06 10 23 30 46",
    "X": "00 46/06 40",
    "Y": "06 23 46/23 20",
    "Z": "06 46 00 40",
}

LETTERS = frozenset(_STROKES)


def strokes(letter: str) -> list[np.ndarray]:
    """The strokes of a capital letter, each an array (corners, 2) with x in 0..4 and y in 0..6."""
    return [
        np.array([[int(place[0]), int(place[1])] for place in stroke.split()], float)
        for stroke in _STROKES[letter].split("/")
    ]


def along(letter: str, spacing: float) -> np.ndarray:
    """Points (m, 2) along the strokes of a letter, about `spacing` apart, corners included."""
    rows = []
    for stroke in strokes(letter):
        for a, b in itertools.pairwise(stroke):
            parts = max(1, round(float(np.hypot(*(b - a))) / spacing))
            rows.append(a + np.arange(parts)[:, None] / parts * (b - a))
        rows.append(stroke[-1:])
    return np.unique(np.concatenate(rows).round(9), axis=0)
