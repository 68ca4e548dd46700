"""How alike the hidden units of two networks are: one number for every unit of a against every unit of b."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.network import Array, Network, as_pair, hidden
from explorer.connectivity.passes import product


def weight_similarity(a: Sequence, b: Sequence, layer: int) -> Array:
    """Cosines between the units' weights, incoming, bias and outgoing in one vector (w, b, v).

    A neighbouring hidden layer is compared in the order it has, so with two hidden layers or more permute b
    first to see what a matching has done.

    Parameters
        layer : int             hidden layer, 0 the first

    Returns
        array (units, units)    [i, j]: unit i of a against j of b, -1 ... 1; 0 for a unit without weights
    """
    first, second = as_pair(a, b)
    _check_layer(first, layer)
    return _cosines(_unit_weights(first, layer), _unit_weights(second, layer))


def activation_similarity(
    a: Sequence, b: Sequence, X: ArrayLike, layer: int, activation: str = "relu"
) -> Array:
    """Correlations between the units' activations over the samples.

    Returns
        array (units, units)    -1 ... 1; 0 for a unit that says the same of every sample
    """
    first, second = as_pair(a, b)
    _check_layer(first, layer)
    return correlations(first, second, X, activation)[layer]


def correlations(a: Network, b: Network, X: ArrayLike, activation: str) -> list[Array]:
    """`activation_similarity` of every hidden layer, from one pass through each network."""
    said = [[_centred(values) for values in hidden(net, X, activation)[:-1]] for net in (a, b)]
    return [_cosines(left, right) for left, right in zip(*said, strict=True)]


def weight_products(a: Network, b: Network, layer: int, sides: str = "both") -> Array:
    """Inner products between the units' weights.

        C = W_a W_b^T + b_a b_b^T  +  V_a^T V_b        (incoming, then outgoing)

    Parameters
        layer : int                     hidden layer
        sides : "both", "in" or "out"   which of the two terms

    Returns
        array (units, units)
    """
    (Wa, ca), (Va, _) = a[layer], a[layer + 1]
    (Wb, cb), (Vb, _) = b[layer], b[layer + 1]
    total = np.outer(ca, cb) if sides != "out" else np.zeros((len(ca), len(cb)))
    work = np.empty_like(total)
    if sides != "out":
        product(Wa, Wb.T, work)
        total += work
    if sides != "in":
        product(Va.T, Vb, work)
        total += work
    return total


def _unit_weights(net: Network, layer: int) -> Array:
    """One row (w, b, v) a unit."""
    W, c = net[layer]
    return np.hstack([W, c[:, None], net[layer + 1][0].T])


def _centred(values: Array) -> Array:
    """Rows less their means; a constant row becomes exactly 0 and not its rounding error."""
    centred = values - values.mean(axis=1, keepdims=True)
    centred[np.ptp(values, axis=1) == 0] = 0.0
    return centred


def _cosines(left: Array, right: Array) -> NDArray:
    lengths = np.outer(np.linalg.norm(left, axis=1), np.linalg.norm(right, axis=1))
    return np.divide(left @ right.T, lengths, out=np.zeros_like(lengths), where=lengths > 0)


def _check_layer(net: Network, layer: int) -> None:
    if not 0 <= layer < len(net) - 1:
        raise ValueError(f"layer must name a hidden layer, 0 to {len(net) - 2}, and is {layer}")
