"""Synthetic ridge problems: a population spectrum, a signal across it, and rows drawn from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.ridge.inputs import count, frozen, nonnegative, number, vector

STRENGTH = 6.0  # log-ratio of squared signal between the two ends and the middle at alignment 1


@dataclass(frozen=True, eq=False)
class Problem:
    """One drawn problem in the eigenbasis of its covariance; arrays are read-only.

    Fields
        X         : array (n, p)   rows ~ N(0, diag(spectrum))
        y         : array (n,)     X signal + noise
        spectrum  : array (p,)     eigenvalues of the covariance, falling, mean 1
        signal    : array (p,)     true weights
        noise_var : float          σ²
    """

    X: np.ndarray
    y: np.ndarray
    spectrum: np.ndarray
    signal: np.ndarray
    noise_var: float

    @property
    def weights(self) -> np.ndarray:
        """The true weights (p,): the signal, because the features are the eigendirections."""
        return self.signal


def isotropic(p: int) -> np.ndarray:
    """Return p equal eigenvalues, all 1."""
    return frozen(np.ones(count(p, "p", 1)))


def power_law(p: int, decay: float = 1.0) -> np.ndarray:
    """Return eigenvalues proportional to ``i^-decay``, i = 1..p, scaled to mean 1; decay 0..100."""
    place = np.arange(1.0, count(p, "p", 1) + 1.0)
    return _mean_one(place ** -number(decay, "decay", 0.0, 100.0))


def spiked(p: int, spikes: int = 3, height: float = 10.0) -> np.ndarray:
    """Return `spikes` eigenvalues `height` times as large as the others, scaled to mean 1; height >= 1."""
    return _two_levels(p, count(spikes, "spikes", 0), number(height, "height", 1.0))


def two_blocks(p: int, share: float = 0.5, ratio: float = 10.0) -> np.ndarray:
    """Return two levels, the first ``round(share p)`` eigenvalues `ratio` times the rest, scaled to mean 1.

    share lies within 0..1 and ratio >= 1.
    """
    first = round(number(share, "share", 0.0, 1.0) * count(p, "p", 1))
    return _two_levels(p, first, number(ratio, "ratio", 1.0))


SPECTRA: dict[str, Callable[..., np.ndarray]] = {
    "isotropic": isotropic,
    "power": power_law,
    "spiked": spiked,
    "blocks": two_blocks,
}


def make_spectrum(kind: str, p: int, **shape: Any) -> np.ndarray:
    """Return a population spectrum (p,): falling, positive, mean 1 (so that the trace is p), read-only.

    Parameters
        kind  : str     "isotropic", "power" (decay), "spiked" (spikes, height) or "blocks" (share, ratio)
        p     : int     >= 1
        shape : float   the arguments of that kind; see the function of each

    Raises      ValueError for an unknown kind or shape argument, or a value out of range
    """
    if kind not in SPECTRA:
        raise ValueError(f"kind must be one of {', '.join(SPECTRA)}, not {kind!r}")
    try:
        return SPECTRA[kind](p, **shape)
    except TypeError:
        raise ValueError(f"{kind} does not take {', '.join(shape)}") from None


def aligned_signal(spectrum: Any, alignment: float = 0.0, norm: float = 1.0) -> np.ndarray:
    """Return true weights leaning towards the large or the small eigenvalues, their length fixed.

        β_i² ∝ exp(6 a t_i),   t_i = +1 at the largest eigenvalue .. -1 at the smallest by rank, ties averaged

    Only the order of the eigenvalues counts, so the slider means the same on every spectrum, and equal
    eigenvalues get equal weight (an isotropic spectrum has no direction to lean to).

    Parameters
        spectrum  : array (p,)   eigenvalues >= 0, any order
        alignment : float        a within -1 (bottom directions) .. 0 (all alike) .. 1 (top directions)
        norm      : float        |β| >= 0

    Returns     array (p,), every entry >= 0, read-only
    Raises      ValueError when alignment leaves -1..1 or an entry is negative or not finite
    Holds: the length is `norm`; ``Σ ℓ β²`` rises with a.
    """
    spectrum = nonnegative(spectrum, "spectrum")
    lean = number(alignment, "alignment", -1.0, 1.0)
    _, index, repeats = np.unique(spectrum, return_inverse=True, return_counts=True)
    middle = np.cumsum(repeats) - 0.5 * (repeats + 1)  # mean rank of each distinct value, from 0
    place = 2.0 * middle[index] / max(1, len(spectrum) - 1) - 1.0 if len(spectrum) > 1 else np.zeros(1)
    amplitude = np.exp(0.5 * STRENGTH * lean * place)
    return frozen(amplitude * (number(norm, "norm") / np.linalg.norm(amplitude)))


def draw_problem(
    spectrum: Any, signal: Any, n: int, noise_var: float, seed: int | np.random.Generator = 0
) -> Problem:
    """Return n rows x ~ N(0, diag(spectrum)) and y = x·signal + noise.

    Rows are drawn one after the other, each with its noise: with the same integer seed, more rows extend the
    fewer, and the noise level only scales the same noise, so sliders move the picture without redealing it.

    Parameters
        spectrum  : array (p,)   eigenvalues >= 0
        signal    : array (p,)   true weights
        n         : int          >= 1
        noise_var : float        σ² >= 0
        seed      : int or numpy.random.Generator (which advances)

    Returns     Problem
    Raises      ValueError when lengths differ, n < 1, or an entry is negative or not finite
    """
    spectrum = frozen(nonnegative(spectrum, "spectrum").copy())
    signal = frozen(vector(signal, "signal", len(spectrum), "eigenvalue").copy())
    noise = number(noise_var, "noise_var")
    p = len(spectrum)
    normal = np.random.default_rng(seed).standard_normal((count(n, "n", 1), p + 1))
    X = normal[:, :p] * np.sqrt(spectrum)
    return Problem(frozen(X), frozen(X @ signal + np.sqrt(noise) * normal[:, p]), spectrum, signal, noise)


def make_problem(
    n: int,
    p: int,
    *,
    kind: str = "power",
    alignment: float = 0.0,
    norm: float = 1.0,
    noise_var: float = 1.0,
    seed: int | np.random.Generator = 0,
    **shape: Any,
) -> Problem:
    """Return a drawn problem from the settings of a scene, n 20..500 and p 2..400 in its sliders.

    Raises      ValueError as `make_spectrum`, `aligned_signal` and `draw_problem`, which it calls
    """
    spectrum = make_spectrum(kind, p, **shape)
    return draw_problem(spectrum, aligned_signal(spectrum, alignment, norm), n, noise_var, seed)


def _mean_one(values: np.ndarray) -> np.ndarray:
    """Return positive values scaled to mean 1."""
    return frozen(values * (len(values) / values.sum()))


def _two_levels(p: int, high: int, height: float) -> np.ndarray:
    """Return `high` values of `height` and the rest 1, scaled to mean 1."""
    return _mean_one(np.where(np.arange(count(p, "p", 1)) < high, height, 1.0))
