"""Slope and curvature of the loss along the line, exactly, and what they say about the barrier.

Along theta(t) = a + t (b - a) the values of every layer are functions of t. Their first two derivatives are
carried forward with them (a second-order jet), so phi(t) = L(theta(t)), phi' and
phi'' = (b - a)^T Hessian (b - a) come from one pass of five products a layer, without differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.line import excess, interpolate, loss_curve
from explorer.connectivity.network import Array, as_pair, check_activation, check_inputs
from explorer.connectivity.passes import check_labels


@dataclass(frozen=True)
class Jets:
    """The loss along the line with two derivatives, at every t; arrays (k,).

    Attributes
        loss         : phi, nats
        slope        : phi'
        gauss_newton : mean of f'^T (diag p - p p^T) f', never negative
        residual     : mean of (p - y)^T f'': the only part of phi'' that can be negative
    """

    t: Array
    loss: Array
    slope: Array
    gauss_newton: Array
    residual: Array

    @property
    def curvature(self) -> Array:
        """phi'' = gauss_newton + residual. For ReLU that of the smooth pieces: at a kink phi' jumps."""
        return self.gauss_newton + self.residual


def line_jets(
    a: Sequence, b: Sequence, X: ArrayLike, y: ArrayLike, ts: ArrayLike, activation: str = "relu"
) -> Jets:
    """Loss, slope and curvature on the line from a to b, exact to rounding.

        z = W h + c,   z' = D h + W h' + d,   z'' = 2 D h' + W h'',   (D, d) = b - a
        h = s(z),      h' = s'(z) z',         h'' = s''(z) z'^2 + s'(z) z''

    Parameters
        a, b : networks of one architecture      X, y : arrays (n, inputs) and (n,)
        ts   : array (k,)

    Cost: 5 to 6 times `loss_curve`.   Holds: equals the difference quotients of the gradient.
    Ref: Pearlmutter, "Fast exact multiplication by the Hessian", 1994 (one direction); Schraudolph, "Fast
    curvature matrix-vector products", 2002 (the Gauss-Newton part).
    """
    t = np.asarray(ts, dtype=np.float64)
    rows = [jet.mean(axis=1) for jet in _sample_jets(a, b, X, y, t, activation)]
    return Jets(t, *np.array(rows).reshape(len(t), 4).T)


def _sample_jets(
    a: Sequence, b: Sequence, X: ArrayLike, y: ArrayLike, t: Array, activation: str
) -> Iterator[Array]:
    """At every t the rows loss, slope, Gauss-Newton and residual of every sample: arrays (4, n)."""
    first, second = as_pair(a, b)
    check_activation(activation)
    samples = check_inputs(first, X)
    labels = check_labels(y, len(samples), len(first[-1][1]))
    across = [(V - W, d - c) for (W, c), (V, d) in zip(first, second, strict=True)]
    start = first[0][0] @ samples.T + first[0][1][:, None]
    drift = across[0][0] @ samples.T + across[0][1][:, None]
    for s in t:
        jet = start + s * drift, drift, np.zeros_like(drift)
        for (W, c), (D, d) in zip(interpolate(first, second, s)[1:], across[1:], strict=True):
            jet = _layer_jet(W, c, D, d, *_activation_jet(*jet, activation))
        yield _loss_jet(*jet, labels)


def _layer_jet(
    W: Array, c: Array, D: Array, d: Array, h: Array, h1: Array, h2: Array
) -> tuple[Array, Array, Array]:
    return W @ h + c[:, None], D @ h + W @ h1 + d[:, None], 2.0 * (D @ h1) + W @ h2


def _activation_jet(z: Array, z1: Array, z2: Array, activation: str) -> tuple[Array, Array, Array]:
    if activation == "relu":
        on = z > 0
        return z * on, z1 * on, z2 * on
    h = np.tanh(z)
    rise = 1.0 - h * h
    return h, rise * z1, rise * (z2 - 2.0 * h * z1 * z1)


def _loss_jet(z: Array, z1: Array, z2: Array, labels: NDArray[np.int64]) -> Array:
    """Loss, slope, Gauss-Newton and residual curvature of every sample from an output jet: array (4, n)."""
    samples = np.arange(len(labels))
    z = z - z.max(axis=0)
    p = np.exp(z)
    total = p.sum(axis=0)
    p /= total
    mean = (p * z1).sum(axis=0)
    loss = np.log(total) - z[labels, samples]
    slope = mean - z1[labels, samples]
    spread = (p * (z1 - mean) ** 2).sum(axis=0)
    residual = (p * z2).sum(axis=0) - z2[labels, samples]
    return np.array([loss, slope, spread, residual])


def predicted_from_ends(curvatures: tuple[float, float], ts: ArrayLike) -> Array:
    """The excess over the chord if the curvature ran straight from its value at a to its value at b.

        -t (1 - t) [(2 - t) phi''(0) + (1 + t) phi''(1)] / 6

    What a local look at the two networks foretells. Curvature is positive at a minimum, so it foretells no
    barrier; where there is one, the curvature has changed its sign on the way.

    Parameters
        curvatures : (phi''(0), phi''(1))      ts : array (k,)
    """
    t = np.asarray(ts, dtype=np.float64)
    return -t * (1.0 - t) * ((2.0 - t) * curvatures[0] + (1.0 + t) * curvatures[1]) / 6.0


@dataclass(frozen=True)
class Segment:
    """The excess of the loss over its chord, and the curvature that makes it; arrays (k,) in nats.

    Attributes
        excess       : from the losses
        gauss_newton : -int G phi''_gauss_newton ds, never positive: it holds the line down
        residual     : -int G phi''_residual ds: a barrier comes from here, or from kinks
        kinks        : what the jumps of phi' add, 0 for tanh
        error        : excess - (gauss_newton + residual + kinks): what the quadrature leaves
        bound        : float    how large that may be, see `segment_identity`
    """

    t: Array
    excess: Array
    gauss_newton: Array
    residual: Array
    kinks: Array
    error: Array
    bound: float


def segment_identity(
    a: Sequence,
    b: Sequence,
    X: ArrayLike,
    y: ArrayLike,
    ts: ArrayLike,
    activation: str = "relu",
    nodes: int = 3,
) -> Segment:
    """The excess of the loss over its chord as an integral of the curvature along the line.

        phi(t) - [(1 - t) phi(0) + t phi(1)] = -int_0^1 G(t, s) dphi'(s),   G = min(t, s) (1 - max(t, s))
                                             = -int_0^1 G phi'' ds - sum_kinks G(t, s_j) [jump of phi' at s_j]

    The whole integral is taken by parts from phi' alone, (1 - t) int_0^t phi' - t int_t^1 phi', the smooth
    part from phi''; their difference is what the kinks of a ReLU network add. Gauss-Legendre rules between
    neighbouring ts.

    The bound is |mean of d| + 3 standard errors of that mean, d being how much the integral of each sample
    changes when the rule loses a point. The mean alone bounds a smooth line. With ReLU phi' jumps at every
    crossing, a jump between the points of a rule leaves an error of either sign, and the mean of d may be small
    by chance where the error is not: the spread over the samples shows how large both are. (For a jump
    anywhere in a cell, error and d of the rule of 3 points have the mean squares 0.0113 and 0.0437.)

    Parameters
        ts    : array (k,)      increasing from 0 to 1
        nodes : int             points of the rule between two ts, 2 or more

    Raises
        ValueError              ts do not run from 0 to 1, or nodes < 2
    Cost: (2 nodes - 1)(k - 1) jets.
    Holds: tanh: error and kinks fall like the power 2 nodes of the spacing, to rounding; ReLU with one hidden
    layer: kinks equal the sum over all crossings z_ij(s) = 0, to the error.
    """
    curve = loss_curve(a, b, X, y, ts, activation)
    t = curve.t
    if len(t) < 2 or t[0] != 0 or t[-1] != 1 or (np.diff(t) <= 0).any():
        raise ValueError("ts must increase from 0 to 1")
    if nodes < 2:
        raise ValueError(f"nodes must be 2 or more, and is {nodes}")
    samples, bent = _along(a, b, X, y, t, activation, nodes)
    lost = samples - _along(a, b, X, y, t, activation, nodes - 1)[0]
    over, whole = excess(curve), samples.mean(axis=1)
    doubt = lost.std(axis=1, ddof=min(1, lost.shape[1] - 1)) / np.sqrt(lost.shape[1])
    bound = max(float((np.abs(lost.mean(axis=1)) + 3.0 * doubt).max()), 1e-12)
    return Segment(t, over, bent[0], bent[1], whole - bent[0] - bent[1], over - whole, bound)


def _along(
    a: Sequence, b: Sequence, X: ArrayLike, y: ArrayLike, t: Array, activation: str, nodes: int
) -> tuple[Array, list[Array]]:
    """The whole integral of every sample from phi', array (k, n), and the mean of its two smooth parts from
    phi'', arrays (k,); by rules between neighbouring t."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    widths = np.diff(t)[:, None]
    s = (t[:-1, None] + 0.5 * widths * (points + 1.0)).ravel()
    w = (0.5 * widths * weights).ravel()
    slopes, means = [], []
    for jet in _sample_jets(a, b, X, y, s, activation):
        slopes.append(jet[1])
        means.append(jet[2:].mean(axis=1))
    here = t[:, None]
    green = np.minimum(here, s) * (1.0 - np.maximum(here, s))
    whole = (np.where(s < here, 1.0 - here, -here) * w) @ np.array(slopes)
    return whole, [-(green * part) @ w for part in np.array(means).T]
