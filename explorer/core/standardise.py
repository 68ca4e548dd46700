"""Puts columns on one scale: mean 0, standard deviation 1."""

from __future__ import annotations

import numpy as np

from explorer.core.table_error import DataError, listed

_ROUNDING = 8 * np.finfo(float).eps


def standardise(X: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1.

        (x - mean(x)) / sqrt(mean((x - mean(x))²))          the population's standard deviation, divisor n

    Parameters
        X     : array (n, p)        finite numbers
        names : p str               for messages

    Returns
        array (n, p)

    Raises                          DataError   naming the columns that are constant, up to rounding
    Cost: O(np).                    Holds: means 0 and deviations 1 to rounding, at any scale and offset.
    """
    constant = [name for name, column in zip(names, X.T, strict=True) if is_constant(column)]
    if constant:
        raise DataError(
            f"The same value stands in every row of {listed(constant)}: "
            "leave constant columns out, because they have no spread to divide by."
        )
    centred = X - X.mean(axis=0)
    centred -= centred.mean(axis=0)  # the first mean is rounded, and where the offset is large it shows
    centred /= np.abs(centred).max(axis=0)  # or squares of small numbers would vanish
    return centred / np.sqrt(np.mean(centred**2, axis=0))


def is_constant(column: np.ndarray) -> bool:
    """Whether numbers differ by no more than rounding, so that their spread says nothing."""
    return bool(np.ptp(column) <= _ROUNDING * np.abs(column).max())
