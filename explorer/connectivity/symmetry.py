"""What leaves the function of a network alone: another order of units, another scale, other signs.

Convention of the family: new unit i of hidden layer l is the old unit ``perms[l][i]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.network import (
    Array,
    Indices,
    Network,
    as_network,
    parameter_count,
    sizes_of,
    unpack,
)


def as_permutations(perms: Sequence[ArrayLike], sizes: Sequence[int]) -> list[Indices]:
    """The permutations as index arrays, one a hidden layer.

    Raises
        ValueError              wrong number of them, or one that is not a permutation of its layer
    """
    widths = sizes[1:-1]
    if len(perms) != len(widths):
        raise ValueError(
            f"perms must hold one permutation for each of {len(widths)} hidden layers, not {len(perms)}"
        )
    checked = []
    for layer, (perm, width) in enumerate(zip(perms, widths, strict=True)):
        order = np.asarray(perm)
        if order.shape != (width,) or not np.array_equal(np.sort(order), np.arange(width)):
            raise ValueError(f"perms[{layer}] must hold each of 0 ... {width - 1} exactly once")
        checked.append(order.astype(np.int64))
    return checked


def identity(sizes: Sequence[int]) -> list[Indices]:
    """The permutations that change nothing."""
    return [np.arange(width) for width in sizes[1:-1]]


def inverse(perms: Sequence[ArrayLike]) -> list[Indices]:
    """The permutations that undo these: ``permute(permute(net, p), inverse(p))`` is ``net``."""
    return [np.argsort(np.asarray(perm)) for perm in perms]


def random_permutations(sizes: Sequence[int], rng: np.random.Generator) -> list[Indices]:
    """One uniformly random permutation a hidden layer."""
    return [rng.permutation(width) for width in sizes[1:-1]]


def permute(net: Sequence, perms: Sequence[ArrayLike]) -> Network:
    """The network with its hidden units in another order: unit i is the old unit ``perms[layer][i]``.

        W_l -> P_l W_l P_{l-1}^T,   b_l -> P_l b_l,   P_0 = P_L = I

    Parameters
        perms : one array (units,) a hidden layer

    Raises
        ValueError              perms does not fit the network
    Cost: a copy of the weights.   Holds: `forward` agrees to 1e-12; `inverse` gives the network back exactly.
    Ref: Hecht-Nielsen, "On the algebraic structure of feedforward network weight spaces", 1990.
    """
    layers = as_network(net)
    orders = as_permutations(perms, sizes_of(layers))
    moved = []
    before: Indices | slice = slice(None)
    for (W, b), order in zip(layers, [*orders, np.arange(len(layers[-1][1]))], strict=True):
        moved.append((np.ascontiguousarray(W[order][:, before]), b[order]))
        before = order
    return moved


def permuted_places(sizes: Sequence[int], perms: Sequence[ArrayLike]) -> Indices:
    """Where each parameter of the permuted network stands in the old flat vector.

    Returns
        array (P,)              ``pack(permute(net, perms)) == pack(net)[places]``, so that a whole
                                trajectory (t, P) is permuted by ``trajectory[:, places]``
    """
    total = np.arange(parameter_count(sizes))
    orders = [np.arange(sizes[0]), *as_permutations(perms, sizes), np.arange(sizes[-1])]
    parts = []
    for layer, (W, b) in enumerate(unpack(total, sizes)):
        parts += [W[orders[layer + 1]][:, orders[layer]].ravel(), b[orders[layer + 1]]]
    return np.concatenate(parts)


def flip(net: Sequence, signs: Sequence[ArrayLike]) -> Network:
    """A tanh network with the sign of some hidden units turned on the way in and on the way out.

        W_l -> D_l W_l D_{l-1},   b_l -> D_l b_l,   D = diag(signs);   the function stays, tanh being odd

    Parameters
        signs : one array (units,) of +1 and -1 a hidden layer
    """
    layers = as_network(net)
    ends = (np.ones(sizes_of(layers)[0]), np.ones(sizes_of(layers)[-1]))
    turns = [ends[0], *(np.asarray(turn, dtype=np.float64) for turn in signs), ends[1]]
    if [len(turn) for turn in turns] != list(sizes_of(layers)) or any((abs(t) != 1).any() for t in turns):
        raise ValueError(
            "signs must hold one array of +1 and -1 for each hidden layer, as long as it is wide"
        )
    return [
        (out[:, None] * W * into, out * b)
        for (W, b), into, out in zip(layers, turns, turns[1:], strict=False)
    ]


def balance(net: Sequence, sweeps: int = 200, tolerance: float = 1e-14) -> Network:
    """A ReLU network with every unit scaled so that what enters it is as large as what leaves it.

        (w_j, b_j) -> c (w_j, b_j),  v_j -> v_j / c,  c > 0   until   ||(w_j, b_j)|| = ||v_j||

    Among all networks that differ by such scalings this is the one of least norm: the norm is convex in log c
    and a sweep minimises it over one layer at a time. A unit with nothing on one side is left alone.

    Parameters
        sweeps    : int         upper limit; one is enough with a single hidden layer
        tolerance : float       stop when no log c of a sweep exceeds it

    Holds: `forward` (ReLU) agrees to 1e-12; incoming and outgoing norms agree; the norm never grows.
    Ref: Neyshabur, Salakhutdinov, Srebro, "Path-SGD", 2015, section 3 (rescaling invariance).
    """
    layers = [(W.copy(), b.copy()) for W, b in as_network(net)]
    for _ in range(sweeps):
        largest = 0.0
        for (W, b), (V, _) in pairwise(layers):
            scale = _balancing(np.sqrt((W**2).sum(1) + b**2), np.sqrt((V**2).sum(0)))
            W *= scale[:, None]
            b *= scale
            V /= scale
            largest = max(largest, float(np.abs(np.log(scale)).max()))
        if largest <= tolerance:
            break
    return layers


def _balancing(into: Array, out: Array) -> NDArray:
    """c = sqrt(out / into) for every unit, 1 where one of the two is nothing."""
    alive = (into > 0) & (out > 0)
    return np.sqrt(np.divide(out, into, out=np.ones_like(into), where=alive))
