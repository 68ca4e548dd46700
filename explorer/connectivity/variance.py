"""REPAIR: gives the units of a merged network back the spread that averaging has taken from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.connectivity.line import Curve, interpolate, loss_curve
from explorer.connectivity.network import (
    Array,
    Network,
    activate,
    as_network,
    as_pair,
    check_activation,
    check_inputs,
    hidden,
)
from explorer.connectivity.scores import score


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation (units,) of every hidden unit's input over some samples, a pair a layer."""

    layers: list[tuple[Array, Array]]


def spread_of(net: Sequence, X: ArrayLike, activation: str = "relu") -> Spread:
    """Mean and standard deviation of what enters every hidden unit, before the activation."""
    return Spread([(z.mean(axis=1), z.std(axis=1)) for z in hidden(net, X, activation, before=True)[:-1]])


def repair(
    net: Sequence, a: Sequence, b: Sequence, t: float, X: ArrayLike, activation: str = "relu"
) -> Network:
    """The merged network with the input of every hidden unit brought to its parents' spread.

        z -> s (z - mean z) + m,   s = [(1 - t) sd_a + t sd_b] / sd,   m = (1 - t) mean_a + t mean_b

    layer by layer, each seen through the layers already repaired, and folded into weights and biases.

    Parameters
        net  : network              the merged one, ``interpolate(a, b, t)``
        a, b : its parents, b in its matched order
        t    : float
        X    : array (n, inputs)    samples the means and deviations are taken over

    Cost: three forward passes.
    Holds: afterwards means and deviations over X are the wanted ones to 1e-10; at t = 0 and t = 1 nothing
    changes. A unit of no spread keeps its scale.
    Ref: Jordan, Sedghi, Saukh, Entezari, Neyshabur, "REPAIR: REnormalizing Permuted Activations for
    Interpolation Repair", 2023, section 3 (there by batch-norm statistics).
    """
    first, second = as_pair(a, b)
    check_activation(activation)
    samples = check_inputs(first, X)
    return _repaired(
        as_network(net),
        spread_of(first, samples, activation),
        spread_of(second, samples, activation),
        t,
        samples,
        activation,
    )


def _repaired(net: Network, of_a: Spread, of_b: Spread, t: float, X: Array, activation: str) -> Network:
    values = X.T
    mended = []
    for (W, c), (mean_a, sd_a), (mean_b, sd_b) in zip(net, of_a.layers, of_b.layers, strict=False):
        z = W @ values + c[:, None]
        mean, sd = z.mean(axis=1), z.std(axis=1)
        wanted = (1.0 - t) * sd_a + t * sd_b
        flat = sd <= 1e-12 * np.abs(z).max(axis=1)
        scale = np.divide(wanted, sd, out=np.ones_like(sd), where=~flat)
        shift = (1.0 - t) * mean_a + t * mean_b - scale * mean
        mended.append((scale[:, None] * W, scale * c + shift))
        values = activate(scale[:, None] * z + shift[:, None], activation)
    return [*mended, net[-1]]


def repaired_line(
    a: Sequence, b: Sequence, ts: ArrayLike, X: ArrayLike, activation: str = "relu"
) -> list[Network]:
    """The repaired network at every place t of the line from a to b; X as in `repair`.

    Cost: a forward pass over X for every t, and two.
    """
    first, second = as_pair(a, b)
    check_activation(activation)
    samples = check_inputs(first, X)
    spreads = spread_of(first, samples, activation), spread_of(second, samples, activation)
    return [
        _repaired(interpolate(first, second, t), *spreads, t, samples, activation)
        for t in np.asarray(ts, dtype=np.float64)
    ]


def repaired_curve(
    a: Sequence,
    b: Sequence,
    X: ArrayLike,
    y: ArrayLike,
    ts: ArrayLike,
    samples: ArrayLike,
    activation: str = "relu",
) -> Curve:
    """`loss_curve` of the repaired networks.

    Parameters
        X, y    : arrays (n, inputs), (n,)  what the loss is measured on
        samples : array (m, inputs)         what means and deviations are taken over; training inputs

    Cost: a forward pass over X and one over the samples for every t.
    """
    ends = loss_curve(a, b, X, y, [0.0], activation).ends
    t = np.asarray(ts, dtype=np.float64)
    loss, error = np.array(
        [score(net, X, y, activation) for net in repaired_line(a, b, t, samples, activation)]
    ).T
    return Curve(t, loss, error, ends)
