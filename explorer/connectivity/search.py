"""The compiled search behind `exhaustive.best_barrier`: every order of up to three small hidden layers.

Losses are never negative, so an order is given up as soon as the samples seen so far lift one point of the
line above the best so far.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.connectivity.line import interpolate, loss_curve
from explorer.connectivity.network import Array, Indices, Network, forward, sizes_of
from explorer.core.jit import kernel

WIDEST = 6
CHUNK = 1000


def order_table(width: int) -> Indices:
    """All permutations of a layer in lexicographic order: array (width!, width)."""
    return np.array(list(permutations(range(width))), dtype=np.int64)


def lowest_barrier(
    a: Network,
    b: Network,
    X: Array,
    labels: NDArray[np.int64],
    ts: Array,
    activation: str,
    first: list[Indices],
    report: Callable[[float, str], None] | None = None,
) -> list[Indices]:
    """The order of every hidden layer of b that gives the lowest barrier on the points ts.

    Parameters
        first  : list of arrays (units,)    where to begin; the better, the sooner others are given up
        report : callable(share, text)      now and then; what it raises ends the search
    """
    tables = [order_table(width) for width in sizes_of(a)[1:-1]]
    counts = [len(table) for table in tables]
    data = _prepared(a, b, X, labels, ts, activation, tables)
    begin = [
        int(np.nonzero((table == order).all(axis=1))[0][0])
        for table, order in zip(tables, first, strict=True)
    ]
    at = int(np.ravel_multi_index(begin, counts))
    lowest, at = scan(at, at + 1, np.inf, at, *data)
    for start in range(0, math.prod(counts), CHUNK):
        if report is not None:
            share = start / math.prod(counts)
            report(share, f"{start:,} of {math.prod(counts):,} permutations, lowest barrier {lowest:.3g}")
        lowest, at = scan(start, min(math.prod(counts), start + CHUNK), lowest, at, *data)
    return [table[place] for table, place in zip(tables, np.unravel_index(at, counts), strict=True)]


def _prepared(
    a: Network, b: Network, X: Array, labels: NDArray, ts: Array, activation: str, tables: list[Indices]
) -> tuple[Any, ...]:
    """What the compiled part needs. The middle of the line and the hardest samples come first: they prune."""
    ends = loss_curve(a, b, X, labels, ts, activation).ends
    ts = ts[np.argsort(np.abs(ts - 0.5), kind="stable")]
    scores = forward(interpolate(a, b, 0.5), X, activation)
    hard = np.argsort(scores[np.arange(len(X)), labels] - scores.max(axis=1), kind="stable")
    X, labels = X[hard], labels[hard]
    allowed = len(X) * (ends[0] + ts * (ends[1] - ends[0]))
    first = [np.ascontiguousarray(X @ W.T + c) for W, c in (a[0], b[0])]
    three = tables + [np.zeros((1, 1), np.int64)] * (3 - len(tables))
    widths = np.array(sizes_of(a)[1:], dtype=np.int64)
    return *three, *first, _padded(a), _padded(b), widths, labels, ts, allowed, activation == "relu"


def _padded(net: Network) -> Array:
    """The layers after the first in one array (layers, rows, 7): up to six weights, then the bias."""
    stacked = np.zeros((len(net) - 1, max(len(c) for _, c in net[1:]), WIDEST + 1))
    for layer, (W, c) in zip(stacked, net[1:], strict=True):
        layer[: len(c), : W.shape[1]] = W
        layer[: len(c), WIDEST] = c
    return stacked


_TABLE = "int64[:,::1]"
_MATRIX = "float64[:,::1]"
_CUBE = "float64[:,:,::1]"


@kernel(f"void({_CUBE}, {_CUBE}, {_CUBE}, int64[::1], {_TABLE}, float64)")
def merge(
    merged: Array, A: Array, B: Array, widths: NDArray[np.int64], orders: NDArray[np.int64], t: float
) -> None:
    """The layers after the first at t of the way from A to the reordered B, into ``merged``."""
    last = len(A) - 1
    for layer in range(len(A)):
        for i in range(widths[layer + 1]):
            row = i if layer == last else orders[layer + 1, i]
            for j in range(widths[layer]):
                here = A[layer, i, j]
                merged[layer, i, j] = here + t * (B[layer, row, orders[layer, j]] - here)
            merged[layer, i, 6] = A[layer, i, 6] + t * (B[layer, row, 6] - A[layer, i, 6])


@kernel(f"float64(float64[::1], float64[::1], {_CUBE}, int64[::1], int64, boolean)")
def sample_loss(
    values: Array, work: Array, merged: Array, widths: NDArray[np.int64], label: int, relu: bool
) -> float:
    """Cross-entropy of one sample, its first layer's inputs in ``values``; both buffers are overwritten."""
    for layer in range(len(merged)):
        for j in range(widths[layer]):
            values[j] = max(values[j], 0.0) if relu else math.tanh(values[j])
        for i in range(widths[layer + 1]):
            total = merged[layer, i, 6]
            for j in range(widths[layer]):
                total += merged[layer, i, j] * values[j]
            work[i] = total
        values, work = work, values
    classes = widths[len(widths) - 1]
    top = values[0]
    for k in range(1, classes):
        top = max(top, values[k])
    total = 0.0
    for k in range(classes):
        total += math.exp(values[k] - top)
    return math.log(total) + top - values[label]


@kernel(
    f"Tuple((float64, int64))(int64, int64, float64, int64, {_TABLE}, {_TABLE}, {_TABLE}, {_MATRIX}, "
    f"{_MATRIX}, {_CUBE}, {_CUBE}, int64[::1], int64[::1], float64[::1], float64[::1], boolean)"
)
def scan(
    start: int,
    stop: int,
    lowest: float,
    at: int,
    table0: Indices,
    table1: Indices,
    table2: Indices,
    first_a: Array,
    first_b: Array,
    A: Array,
    B: Array,
    widths: NDArray[np.int64],
    labels: NDArray[np.int64],
    ts: Array,
    allowed: Array,
    relu: bool,
) -> tuple[float, int]:
    """The lowest barrier among the orders of rank start ... stop - 1 and the one known already, and its rank.

    Parameters
        lowest, at       : barrier in nats and rank of the best order known
        first_a, first_b : arrays (n, units)    inputs of the first hidden layer at both ends
        allowed          : array (k,)           summed loss on the chord at every t
    """
    merged, values, work = np.empty_like(A), np.empty(A.shape[1] + 6), np.empty(A.shape[1] + 6)
    orders = np.zeros((3, 6), np.int64)
    for rank in range(start, stop):
        orders[0, : table0.shape[1]] = table0[rank // (len(table1) * len(table2))]
        orders[1, : table1.shape[1]] = table1[rank // len(table2) % len(table1)]
        orders[2, : table2.shape[1]] = table2[rank % len(table2)]
        bound = lowest * len(labels)
        worst = 0.0
        for k in range(len(ts)):
            merge(merged, A, B, widths, orders, ts[k])
            over = -allowed[k]
            for i in range(len(labels)):
                for j in range(widths[0]):
                    here = first_a[i, j]
                    values[j] = here + ts[k] * (first_b[i, orders[0, j]] - here)
                over += sample_loss(values, work, merged, widths, labels[i], relu)
                if over >= bound:
                    break
            worst = max(worst, over)
            if worst >= bound:
                break
        if worst < bound:
            lowest, at = worst / len(labels), rank
    return lowest, at
