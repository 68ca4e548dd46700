"""What the ridge functions accept: one clear sentence for whatever they do not."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

LARGEST = 1e100  # squares and their sums stay finite below it


def real_array(value: Any, name: str, ndim: int) -> np.ndarray:
    """Return `value` as finite float64 numbers with `ndim` axes, without copying when it is that already.

    Parameters
        value : array-like      integers, booleans and floats of any width or memory order
        name  : str             what to call it in the sentence of refusal
        ndim  : int             0, 1 or 2

    Raises
        ValueError      when it is not numbers, has other axes, or holds NaN, infinity or more than 1e100
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array of real numbers") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold real numbers, not {array.dtype}")
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes, it has {array.ndim}")
    array = array.astype(np.float64, copy=False)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, it holds NaN or infinity")
    if array.size and np.abs(array).max() > LARGEST:
        raise ValueError(f"{name} must stay below {LARGEST:.0e} in magnitude; rescale it")
    return array


def design(X: Any) -> np.ndarray:
    """Return the design matrix (n, p) as float64, at least one row and one column."""
    X = real_array(X, "X", 2)
    if 0 in X.shape:
        raise ValueError(f"X must have at least one row and one column, its shape is {X.shape}")
    return X


def vector(value: Any, name: str, length: int, of: str) -> np.ndarray:
    """Return a float64 vector that has one entry for each of the `length` things called `of`."""
    array = real_array(value, name, 1)
    if len(array) != length:
        raise ValueError(f"{name} must have one entry for each {of} ({length}), it has {len(array)}")
    return array


def nonnegative(value: Any, name: str) -> np.ndarray:
    """Return a float64 vector (m,), m >= 1, of numbers >= 0."""
    array = real_array(value, name, 1)
    if not array.size:
        raise ValueError(f"{name} must have at least one entry")
    if (array < 0).any():
        raise ValueError(f"{name} must be >= 0, the smallest is {array.min():g}")
    return array


def number(value: Any, name: str, least: float = 0.0, most: float = LARGEST) -> float:
    """Return a number within `least`..`most` as float."""
    result = float(real_array(value, name, 0))
    if not least <= result <= most:
        raise ValueError(f"{name} must lie within {least:g}..{most:g}, it is {result:g}")
    return result


def count(value: Any, name: str, least: int) -> int:
    """Return a whole number >= `least` as int."""
    try:
        whole = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, not {value!r}") from None
    if whole < least:
        raise ValueError(f"{name} must be at least {least}, it is {whole}")
    return whole


def finite(array: np.ndarray, what: str) -> np.ndarray:
    """Return the array read-only, or refuse data for which `what` leaves the range of double precision."""
    if not np.isfinite(array).all():
        raise ValueError(f"{what} overflow: X and y span too many orders of magnitude; rescale them")
    return frozen(array)


def frozen(array: np.ndarray) -> np.ndarray:
    """Return the array as a read-only one that owns its numbers (a view is copied)."""
    array = array if array.base is None else array.copy()
    array.setflags(write=False)
    return array
