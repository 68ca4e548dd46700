"""What the diffusion functions accept: one clear sentence for whatever they do not."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

LARGEST = 1e50  # a squared distance over the square of the smallest noise stays finite below it
NOISE_FLOOR = 1e-100  # squares of noise levels stay normal numbers above it


def real_array(value: Any, name: str) -> np.ndarray:
    """Return `value` as finite float64 numbers in C order, writable, copied only when it is not that already.

    Raises    ValueError  when it is not real numbers, or holds NaN, infinity or magnitudes above 1e50
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array of real numbers.") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold real numbers, not {array.dtype}.")
    array = np.require(array, np.float64, ["C", "W"])  # kernels are compiled for exactly this layout
    if array.size and not np.abs(array).max() <= LARGEST:  # false for NaN as well
        raise ValueError(f"{name} must be finite and below {LARGEST:.0e} in magnitude.")
    return array


def points(value: Any, name: str = "x", dim: int | None = None) -> np.ndarray:
    """Return points as an array (n, d); `dim` is the d that is asked for, if any.

    Raises    ValueError  when it has not two axes, no coordinate, or another d than `dim`
    """
    array = real_array(value, name)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(f"{name} must have the shape (points, dimensions), not {array.shape}.")
    if dim is not None and array.shape[1] != dim:
        raise ValueError(f"{name} must have {dim} dimensions like the target, it has {array.shape[1]}.")
    return array


def noise_level(value: Any, name: str = "sigma") -> float:
    """Return a noise level: 0, or between 1e-100 and 1e50.

    Raises    ValueError  when it is not one real number in that range
    """
    array = np.asarray(value)
    if array.ndim != 0 or array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be one real number, the standard deviation of the noise.")
    sigma = float(array)
    if sigma != 0.0 and not NOISE_FLOOR <= sigma <= LARGEST:
        raise ValueError(f"{name} must be 0 or between {NOISE_FLOOR:.0e} and {LARGEST:.0e}, not {sigma}.")
    return sigma


def noise_range(sigma_min: Any, sigma_max: Any) -> tuple[float, float]:
    """Return both ends of a grid of noise levels, 0 < sigma_min < sigma_max.

    Raises    ValueError  otherwise
    """
    low, high = noise_level(sigma_min, "sigma_min"), noise_level(sigma_max, "sigma_max")
    if not 0.0 < low < high:
        raise ValueError(f"sigma_min must be positive and below sigma_max, not {low:g} and {high:g}.")
    return low, high


def grid(value: Any, name: str = "sigmas") -> np.ndarray:
    """Return noise levels (steps + 1,): strictly decreasing, only the last may be 0; or strictly increasing.

    Raises    ValueError  otherwise
    """
    sigmas = real_array(value, name)
    if sigmas.ndim != 1 or len(sigmas) < 2:
        raise ValueError(f"{name} must be a list of at least two noise levels, not of shape {sigmas.shape}.")
    change = np.diff(sigmas)
    if not ((change < 0).all() or (change > 0).all()):
        raise ValueError(f"{name} must be strictly decreasing, or strictly increasing to add noise.")
    if change[0] > 0 and sigmas[0] == 0.0:
        raise ValueError(f"{name} that increase must start above 0, where the flow is still defined.")
    if sigmas.min() != 0.0 and not sigmas.min() >= NOISE_FLOOR:
        raise ValueError(f"{name} must be 0 or at least {NOISE_FLOOR:.0e}.")
    return sigmas


def count(value: Any, name: str, least: int = 1, most: int = 10**9) -> int:
    """Return an integer between `least` and `most`.

    Raises    ValueError  otherwise; True and False are no counts
    """
    try:
        number = -1 if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        number = -1
    if not least <= number <= most:
        raise ValueError(f"{name} must be a whole number between {least} and {most}, not {value!r}.")
    return number


def real(value: Any, name: str, low: float, high: float) -> float:
    """Return one real number between `low` and `high`, both included.

    Raises    ValueError  otherwise
    """
    array = np.asarray(value)
    if array.ndim != 0 or array.dtype.kind not in "iuf" or not low <= float(array) <= high:
        raise ValueError(f"{name} must be one real number between {low:g} and {high:g}, not {value!r}.")
    return float(array)


def generator(rng: Any) -> np.random.Generator:
    """Return a Generator, made from a seed when a seed is given.

    Raises    ValueError  for anything else: None would draw the state of the machine
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(int(rng))
    raise ValueError("rng must be a numpy.random.Generator or a seed, a whole number of at least 0.")
