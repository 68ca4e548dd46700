"""`match`: an order for the hidden units of b in which they stand where their likes stand in a."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.alignment import Alignment, align, assign, inner, moved_by
from explorer.connectivity.network import (
    Array,
    Indices,
    Network,
    as_network,
    as_pair,
    check_activation,
    check_inputs,
)
from explorer.connectivity.similarity import correlations
from explorer.connectivity.soft import graduated
from explorer.connectivity.straight_through import straight_through

METHODS = ("none", "weights", "activations", "straight_through", "sinkhorn")


@dataclass(frozen=True)
class Matching:
    """What `match` found.

    Attributes
        method       : str
        permutations : list of arrays (units,)   one a hidden layer, for `permute`
        objective    : float     what the method makes large, see `match`
        start        : float     the same with b as it is; never above ``objective``
        history      : array     on the way of the method; for "straight_through" every step, up and down
        signs        : list of arrays (units,) of +1 and -1, or None if they were not asked for
        soft         : list of arrays (units, units), doubly stochastic, or None except for "sinkhorn"
    """

    method: str
    permutations: list[Indices]
    objective: float
    start: float
    history: Array
    signs: list[Array] | None = None
    soft: list[Array] | None = None

    def apply(self, net: Sequence) -> Network:
        """The network with its units in the order, and of the signs, that were found."""
        return moved_by(as_network(net), self.permutations, self.signs)


def match(
    a: Sequence,
    b: Sequence,
    method: str = "weights",
    X: ArrayLike | None = None,
    *,
    y: ArrayLike | None = None,
    activation: str = "relu",
    signed: bool = False,
    restarts: int = 0,
    seed: int | np.random.Generator = 0,
    temperature: float = 0.1,
    steps: int = 100,
    report: Callable[[float, str], None] | None = None,
) -> Matching:
    """Permutations of the hidden units of b such that ``permute(b, permutations)`` lines up with a.

    ====================  ======================================================================
    method                objective, larger is better
    ====================  ======================================================================
    "none"                <a, b>, all weights and biases
    "weights"             <a, P b>, coordinate ascent; exact with one hidden layer
    "activations"         sum of the correlations of paired units over X; exact, layer by layer
    "straight_through"    minus the loss on X, y at the midpoint of a and P b
    "sinkhorn"            <a, P b>: soft matchings cooled to ``temperature``, rounded, then ascent
    ====================  ======================================================================

    Parameters
        X, y        : arrays (n, inputs), (n,)   X for "activations"; both for "straight_through"
        activation  : "relu" or "tanh"
        signed      : bool      tanh only: the sign of a unit is free as well (not for "sinkhorn")
        restarts    : int       "weights": further random starts beside the three fixed ones
        temperature : float     "sinkhorn": where the cooling ends, in units of the spread of the scores
        steps       : int       "straight_through": steps of Adam
        report      : callable(share, text) during "straight_through"; what it raises ends it

    Raises
        ValueError              networks of different widths, an unknown method, data missing
    Cost: 128 units, one and two hidden layers: "weights" 1.4 and 13 ms, "activations" 4 and 7 ms, "sinkhorn"
    8 and 22 ms, "straight_through" 3 and 6 ms a step (1,437 samples).
    Holds: ``objective >= start``; a planted permutation is found.
    Ref: Ainsworth, Hayase, Srinivasa, "Git Re-Basin", 2023, section 3; Li, Yosinski, Clune, Lipson, Hopcroft,
    "Convergent learning", 2016 (correlations); Pena et al., "Re-basin via implicit Sinkhorn
    differentiation", 2023 (soft matchings).
    """
    first, second = as_pair(a, b)
    check_activation(activation)
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, and is {method!r}")
    if signed and (activation != "tanh" or method == "sinkhorn"):
        raise ValueError("signs are free in tanh networks only, and with every method but sinkhorn")
    if method in ("activations", "straight_through"):
        if X is None or (method == "straight_through" and y is None):
            raise ValueError(
                f"method {method} needs the samples X" + (" and labels y" if X is not None else "")
            )
        samples = check_inputs(first, X)
        if method == "activations":
            return _by_activations(first, second, samples, activation, signed)
        return _by_midpoint(first, second, samples, np.asarray(y), activation, signed, steps, report)
    if method == "sinkhorn":
        return _by_cooling(first, second, temperature)
    if method == "none":
        return _by_weights(method, Alignment(first, second, signed), second)
    return _by_weights(method, align(first, second, signed, restarts, np.random.default_rng(seed)), second)


def _by_weights(method: str, found: Alignment, b: Network, soft: list[Array] | None = None) -> Matching:
    """The climb may have begun elsewhere than at b as it is, so the start is measured on b itself."""
    signs = found.signs if found.signed else None
    history = np.array(found.history)
    return Matching(method, found.perms, found.objective, inner(found.a, b), history, signs, soft)


def _by_cooling(a: Network, b: Network, temperature: float) -> Matching:
    """Rounds the soft matchings, lets the rounded order climb, and keeps b as it is if that is better."""
    soft = graduated(a, b, temperature)
    rounded = Alignment(a, b, perms=[assign(S)[0] for S in soft]).ascend()
    still = Alignment(a, b)
    return _by_weights("sinkhorn", max(rounded, still, key=lambda climb: climb.objective), b, soft)


def _by_activations(a: Network, b: Network, X: Array, activation: str, signed: bool) -> Matching:
    chosen = [(C, *assign(C, signed)) for C in correlations(a, b, X, activation)]
    start = float(sum(np.trace(C) for C, _, _ in chosen))
    objective = float(sum((signs * C[np.arange(len(C)), order]).sum() for C, order, signs in chosen))
    signs = [signs for _, _, signs in chosen] if signed else None
    return Matching(
        "activations",
        [order for _, order, _ in chosen],
        objective,
        start,
        np.array([start, objective]),
        signs,
    )


def _by_midpoint(
    a: Network,
    b: Network,
    X: Array,
    y: NDArray,
    activation: str,
    signed: bool,
    steps: int,
    report: Callable[[float, str], None] | None,
) -> Matching:
    best, losses = straight_through(a, b, X, y, activation, signed, steps, report=report)
    signs = best.signs if signed else None
    history = -np.array(losses)
    return Matching("straight_through", best.perms, float(history.max()), float(history[0]), history, signs)
