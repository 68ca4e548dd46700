"""Coordinate ascent over the hidden layers: one exact linear assignment at a time.

The objective is the inner product of all weights of a with all weights of the moved b. The norm of the moved
b is that of b, so a larger product is a smaller distance: ||a - P b||^2 = ||a||^2 + ||b||^2 - 2 <a, P b>.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy

import numpy as np
from scipy.optimize import linear_sum_assignment

from explorer.connectivity.network import Array, Indices, Network, sizes_of
from explorer.connectivity.similarity import weight_products
from explorer.connectivity.symmetry import flip, identity, permute, random_permutations


class Alignment:
    """A network b on its way to a: where its units stand now, and the objective after every sweep.

    Attributes
        moved   : network           b with units in their present order and sign
        perms   : list of (units,)  that order: place i holds the old unit perms[layer][i]
        signs   : list of (units,)  that sign, +1 unless signed
        history : list of float     objective at the start and after every sweep
    """

    def __init__(self, a: Network, b: Network, signed: bool = False, perms: Sequence[Indices] | None = None):
        self.a, self.signed = a, signed
        self.perms = [order.copy() for order in (identity(sizes_of(b)) if perms is None else perms)]
        self.signs = [np.ones(len(order)) for order in self.perms]
        self.moved = permute(b, self.perms)
        self.history: list[float] = [self.objective]

    def copy(self) -> Alignment:
        """Another alignment at the same place; turning one leaves the other where it is."""
        twin = copy(self)
        twin.perms, twin.signs, twin.moved = list(self.perms), list(self.signs), list(self.moved)
        twin.history = list(self.history)
        return twin

    @property
    def objective(self) -> float:
        """Sum of all products of a weight of a with the weight of b that has come to its place."""
        return inner(self.a, self.moved)

    def turn(self, layer: int, order: Indices, signs: Array) -> None:
        """Reorders a layer as it stands now, and multiplies its units by signs."""
        (W, c), (V, d) = self.moved[layer], self.moved[layer + 1]
        self.moved[layer] = (signs[:, None] * W[order], signs * c[order])
        self.moved[layer + 1] = (V[:, order] * signs, d)
        self.perms[layer] = self.perms[layer][order]
        self.signs[layer] = signs * self.signs[layer][order]

    def settle(self, layer: int) -> bool:
        """The best order of one layer while the others stay; True where it raised the objective."""
        products = weight_products(self.a, self.moved, layer)
        order, signs = assign(products, self.signed)
        now, then = np.trace(products), (signs * products[np.arange(len(order)), order]).sum()
        if then - now <= 1e-12 * np.abs(products).max(initial=0.0) * len(order):
            return False
        self.turn(layer, order, signs)
        return True

    def ascend(self, sweeps: int = 100) -> Alignment:
        """Layer after layer until none of them gains; every sweep raises the objective."""
        layers = range(len(self.perms))
        for _ in range(sweeps):
            gains = [self.settle(layer) for layer in layers]
            if not any(gains):
                break
            self.history.append(self.objective)
        return self


def inner(a: Network, b: Network) -> float:
    """Inner product of all weights and biases of two networks."""
    return float(
        sum(np.vdot(p, q) for left, right in zip(a, b, strict=True) for p, q in zip(left, right, strict=True))
    )


def assign(products: Array, signed: bool = False) -> tuple[Indices, Array]:
    """The one-to-one assignment of largest sum: order (units,) and signs (units,).

    Parameters
        signed : bool           True: the sign of every product is free, so their sizes count

    Ref: Crouse, "On implementing 2D rectangular assignment algorithms", 2016 (the solver of SciPy).
    """
    order = linear_sum_assignment(np.abs(products) if signed else products, maximize=True)[1]
    chosen = products[np.arange(len(order)), order]
    return order.astype(np.int64), np.where(chosen < 0, -1.0, 1.0) if signed else np.ones(len(order))


def starts(a: Network, b: Network, signed: bool, rng: np.random.Generator, extra: int) -> Iterator[Alignment]:
    """Places to climb from: b as it is; built up from the inputs; from the outputs; and random orders.

    From the inputs, the first layer is assigned by its incoming weights alone, the next one by its own with
    the first already in order, and so on: if b is a permuted copy of a, this finds the copy exactly.
    """
    depth = len(a) - 1
    yield Alignment(a, b, signed)
    for sides, layers in (("in", range(depth)), ("out", reversed(range(depth)))):
        built = Alignment(a, b, signed)
        for layer in layers:
            built.turn(layer, *assign(weight_products(a, built.moved, layer, sides), signed))
        built.history = [built.objective]
        yield built
    for _ in range(extra):
        yield Alignment(a, b, signed, random_permutations(sizes_of(b), rng))


def align(
    a: Network, b: Network, signed: bool = False, extra: int = 0, rng: np.random.Generator | None = None
) -> Alignment:
    """The best of the climbs from `starts`; with one hidden layer a single climb is the exact optimum."""
    if len(a) == 2:
        return Alignment(a, b, signed).ascend()
    begins = starts(a, b, signed, rng or np.random.default_rng(0), extra)
    return max((begin.ascend() for begin in begins), key=lambda climb: climb.objective)


def moved_by(net: Network, perms: Sequence[Indices], signs: Sequence[Array] | None) -> Network:
    """The network with its units in another order and then, for tanh, with other signs."""
    ordered = permute(net, perms)
    return ordered if signs is None else flip(ordered, signs)
