"""The best permutation there is, for hidden layers of at most six units: 720 orders a layer, all looked at.

Two questions, because the first tells the quality of a matching method and the second that of the geometry:
which order gives the largest objective, and which gives the lowest barrier?
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.connectivity.alignment import Alignment, align, assign
from explorer.connectivity.line import barrier, loss_curve
from explorer.connectivity.network import (
    Indices,
    Network,
    as_pair,
    check_activation,
    check_inputs,
    sizes_of,
)
from explorer.connectivity.passes import check_labels
from explorer.connectivity.search import WIDEST, lowest_barrier, order_table
from explorer.connectivity.similarity import weight_products
from explorer.connectivity.symmetry import permute

MOST = 600_000


@dataclass(frozen=True)
class Best:
    """The optimum over all permutations.

    Attributes
        permutations : list of arrays (units,)  one a hidden layer
        value        : float                    objective, or barrier in nats
        tried        : int                      how many there are, all of them accounted for
    """

    permutations: list[Indices]
    value: float
    tried: int


def best_objective(a: Sequence, b: Sequence) -> Best:
    """The permutation of b with the largest weight objective <a, P b>, proved by looking at all.

    A layer meets only its neighbours, so with the orders of every second hidden layer fixed each other layer
    is one exact linear assignment; those fixed orders are all tried.

    Raises
        ValueError              a hidden layer is wider than 6, or there are not 1 to 3 of them
    Cost: 720 orders of two layers of 6 units: 26 ms.
    Holds: no permutation has a larger objective; so the gap of any matching is >= 0.
    """
    first, second = as_pair(a, b)
    _check_widths(first)
    depth = len(first) - 1
    still = Alignment(first, second)
    found = still
    for middle in order_table(len(first[1][1])) if depth > 1 else [None]:
        trial = still.copy()
        if middle is not None:
            trial.turn(1, middle, np.ones(len(middle)))
        for layer in range(0, depth, 2):
            trial.turn(layer, *assign(weight_products(first, trial.moved, layer)))
        if trial.objective > found.objective:
            found = trial
    return Best(found.perms, found.objective, _count(first))


def best_barrier(
    a: Sequence,
    b: Sequence,
    X: ArrayLike,
    y: ArrayLike,
    ts: ArrayLike,
    activation: str = "relu",
    report: Callable[[float, str], None] | None = None,
) -> Best:
    """The permutation of b with the lowest barrier on the line from a, proved by looking at all.

    Losses are never negative, so a permutation is given up as soon as the samples seen so far lift one point
    of the line above the best barrier yet; points in the middle and samples that went badly come first.

    Parameters
        X, y   : arrays (n, inputs), (n,)       the loss is measured on these
        ts     : array (k,)                     points of the line, for example those of the curve
        report : callable(share, text)          now and then; what it raises ends the search

    Raises
        ValueError              as `best_objective`, or more than 600,000 permutations
    Cost: at worst (permutations) k n (P - P_1) steps, most of it given up early. Digits, 25 points: 64-6-10,
    1,437 samples 0.05 s; 64-5-5-10, 300 samples 0.3 s; 64-6-6-10, 300 samples 29 s.
    Holds: equals the least barrier of `loss_curve` over all permutations.
    """
    first, second = as_pair(a, b)
    check_activation(activation)
    _check_widths(first)
    if _count(first) > MOST:
        raise ValueError(
            f"these widths have {_count(first):,} permutations, and at most {MOST:,} can be searched"
        )
    samples = check_inputs(first, X)
    labels = check_labels(y, len(samples), len(first[-1][1]))
    t = np.asarray(ts, dtype=np.float64)
    start = align(first, second).perms
    orders = lowest_barrier(first, second, samples, labels, t, activation, start, report)
    value = barrier(loss_curve(first, permute(second, orders), samples, labels, t, activation))
    return Best(orders, value, _count(first))


def _check_widths(net: Network) -> None:
    widths = sizes_of(net)[1:-1]
    if not 1 <= len(widths) <= 3 or max(widths) > WIDEST:
        raise ValueError(
            f"all permutations are tried for 1 to 3 hidden layers of at most {WIDEST} units, not {widths}"
        )


def _count(net: Network) -> int:
    return math.prod(math.factorial(width) for width in sizes_of(net)[1:-1])
