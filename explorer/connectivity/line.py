"""The straight line between two networks: the loss along it, and how high it rises over its chord."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.connectivity.network import Array, Network, as_pair
from explorer.connectivity.scores import ray_scores


@dataclass(frozen=True)
class Curve:
    """Loss and error along a line.

    Attributes
        t     : array (k,)      0 is a, 1 is b
        loss  : array (k,)      mean softmax cross-entropy, nats
        error : array (k,)      share of wrong answers
        ends  : (float, float)  loss of a and of b
    """

    t: Array
    loss: Array
    error: Array
    ends: tuple[float, float]


def interpolate(a: Sequence, b: Sequence, t: float) -> Network:
    """The network ``(1 - t) a + t b``, weight by weight.

    Written from the nearer end, as ``a + t (b - a)`` or ``b - (1 - t)(b - a)``.

    Holds: t = 0 gives a and t = 1 gives b, and two equal networks give themselves for every t, bit by bit.
    """
    base, direction, reach = _ray(*as_pair(a, b), np.array([t], dtype=np.float64))[int(t >= 0.5)]
    return [(W + reach[0] * dW, c + reach[0] * dc) for (W, c), (dW, dc) in zip(base, direction, strict=True)]


def _ray(a: Network, b: Network, t: Array) -> tuple[tuple, tuple]:
    """The line as two rays, one from each end: (base, b - a, reach) for the smaller and the larger t."""
    across = [(V - W, d - c) for (W, c), (V, d) in zip(a, b, strict=True)]
    return (a, across, t), (b, across, t - 1.0)


def loss_curve(
    a: Sequence, b: Sequence, X: ArrayLike, y: ArrayLike, ts: ArrayLike, activation: str = "relu"
) -> Curve:
    """Loss and error of the networks on the line from a to b.

    Parameters
        a, b : networks of one architecture
        X, y : arrays (n, inputs) and (n,)
        ts   : array (k,)       where on the line; 0 is a, 1 is b, others are allowed

    Raises
        ValueError              shapes that do not fit, a t that is not finite
    Cost: as `ray_scores`.   Holds: the ends are the scores of a and of b, bit by bit.
    """
    first, second = as_pair(a, b)
    t = np.asarray(ts, dtype=np.float64)
    if t.ndim != 1 or t.size == 0 or not np.isfinite(t).all():
        raise ValueError("ts must be a list of at least one finite number")
    loss, error = np.empty(len(t)), np.empty(len(t))
    ends = np.empty(2)
    for side, (base, across, reach) in enumerate(_ray(first, second, t)):
        here = (t >= 0.5) == bool(side)
        losses, errors = ray_scores(base, across, np.append(reach[here], 0.0), X, y, activation)
        loss[here], error[here], ends[side] = losses[:-1], errors[:-1], losses[-1]
    return Curve(t, loss, error, (float(ends[0]), float(ends[1])))


def excess(curve: Curve) -> Array:
    """Loss above the chord between the ends: ``L(t) - [(1 - t) L(0) + t L(1)]``, array (k,)."""
    first, last = curve.ends
    chord = np.where(curve.t < 0.5, first + curve.t * (last - first), last + (curve.t - 1.0) * (last - first))
    return curve.loss - chord


def barrier(curve: Curve) -> float:
    """Height of the loss over the chord between the ends, at its highest point, in nats; never below 0.

        B = max(0, max_t  L(t) - [(1 - t) L(0) + t L(1)])

    The ends count as points of the line, so a line that hangs below its chord has the barrier 0.

    Ref: Entezari, Sedghi, Saukh, Neyshabur, "The role of permutation invariance in linear mode connectivity",
    2022, definition 2.1.
    """
    return max(0.0, float(excess(curve).max()))


def peak(curve: Curve) -> tuple[float, float]:
    """Where the loss stands highest over its chord, and how high there (can be below 0 between the ends)."""
    over = excess(curve)
    top = int(over.argmax())
    return float(curve.t[top]), float(over[top])


def layer_rises(
    a: Sequence, b: Sequence, X: ArrayLike, y: ArrayLike, t: float = 0.5, activation: str = "relu"
) -> Array:
    """How far the loss rises over the chord when one layer alone walks to t and the others stay those of a.

        L(a with layer l at t) - [(1 - t) L(a) + t L(b)]

    Returns
        array (layers,)         nats

    Holds: in a network of one layer it is the excess of `loss_curve` at t.
    """
    first, second = as_pair(a, b)
    across = [(V - W, d - c) for (W, c), (V, d) in zip(first, second, strict=True)]
    ends = loss_curve(first, second, X, y, [0.0], activation).ends
    chord = (1.0 - t) * ends[0] + t * ends[1]
    rises = []
    for place in range(len(first)):
        alone = [(dW, dc) if i == place else (0 * dW, 0 * dc) for i, (dW, dc) in enumerate(across)]
        rises.append(ray_scores(first, alone, [t], X, y, activation)[0][0] - chord)
    return np.array(rises)
