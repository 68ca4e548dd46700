"""The problems of this scene: where the rows come from, decomposed once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from explorer.core.assets import asset
from explorer.core.dataset import Dataset, read_table, standardise
from explorer.ridge.decomposition import Decomposition, decompose
from explorer.ridge.problem import aligned_signal, draw_problem, make_spectrum

BUNDLED = {"diabetes": "Diabetes: 442 patients, 10 features", "synthetic": "Synthetic: the truth is known"}
SPECTRA = {
    "isotropic": "isotropic: all directions alike",
    "power": "power law: falls with the exponent",
    "spiked": "spiked: a few strong directions",
    "blocks": "two blocks: strong and weak",
}
FEWEST = 5  # rows: one for each of the five folds
# Decades that a path spans at most, and how far it reaches beyond the squared singular values.
DECADES = 9
REACH = 30.0


@dataclass(frozen=True, eq=False)
class Truth:
    """What is known of a synthetic problem: spectrum (p,), true weights (p,) and noise variance."""

    spectrum: np.ndarray
    signal: np.ndarray
    noise_var: float


@dataclass(frozen=True, eq=False)
class Posed:
    """A decomposed problem, the names of its features, its response's name, and the truth where it is known."""

    problem: Decomposition
    names: tuple[str, ...]
    response: str
    truth: Truth | None


@lru_cache(maxsize=4)
def bundled(name: str) -> Dataset:
    """A table that comes with the project."""
    return read_table(asset(f"data/{name}.csv"))


@lru_cache(maxsize=2)  # a table may hold 80 MB, and its decomposition as much again
def from_table(table: Dataset, target: str, scaled: bool, center: bool) -> Posed:
    """The regression of one column of a table on all others.

    Raises    ValueError  when the table has no such column, or a column cannot be standardised
    """
    if len(table.values) < FEWEST:
        raise ValueError(
            f"The table has {len(table.values)} rows; five-fold errors need at least {FEWEST} rows."
        )
    wanted = target or table.columns[-1]
    X, y, names = table.split(wanted)
    return Posed(decompose(standardise(X, names) if scaled else X, y, center), names, wanted, None)


@lru_cache(maxsize=8)
def _design(n: int, p: int, kind: str, exponent: float, seed: int) -> tuple[Decomposition, np.ndarray]:
    """Rows drawn once, with pure noise of unit variance as the response; and their spectrum."""
    shape = {"decay": exponent} if kind == "power" else {}
    spectrum = make_spectrum(kind, p, **shape)
    drawn = draw_problem(spectrum, np.zeros(p), n, 1.0, seed)
    return decompose(drawn.X, drawn.y), spectrum


@lru_cache(maxsize=8)
def synthetic(n: int, p: int, kind: str, exponent: float, alignment: float, noise: float, seed: int) -> Posed:
    """A problem whose truth is known; alignment and noise change the response only, not the decomposition."""
    design, spectrum = _design(n, p, kind, exponent, seed)
    signal = aligned_signal(spectrum, alignment)
    problem = design.with_response(design.X @ signal + noise * design.y)
    names = tuple(f"w{i + 1}" for i in range(p))
    return Posed(problem, names, "y", Truth(spectrum, signal, noise**2))


def penalty_grid(singular_values: np.ndarray, number: int) -> np.ndarray:
    """Penalties (number,) evenly spaced by ratio, from whole decade to whole decade around the squared values.

    Whole decades keep the axis still while a slider moves the singular values a little.
    """
    squared = singular_values[singular_values > 0] ** 2
    if not len(squared):
        return np.geomspace(1e-3, 1e3, number)
    top = np.ceil(np.log10(REACH * squared.max()))
    bottom = np.floor(np.log10(squared.min() / REACH))
    return np.logspace(max(bottom, top - DECADES), top, number)
