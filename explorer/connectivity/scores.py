"""Loss and error of many networks on one straight ray, without making any of them anew.

The first layer is linear in the weights, so its products with the data are made twice for a whole ray and
added up; the other layers cost one product a network. Features stand before samples and the samples come in
blocks, so that what a block needs stays in the cache.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.network import (
    Array,
    Network,
    activate,
    as_network,
    as_pair,
    check_activation,
    check_inputs,
)
from explorer.connectivity.passes import check_labels, product

BLOCK = 128
"""Samples in a block. Larger products go to all threads of BLAS: with two busy cores a line of 50 points
through 128 + 128 units then took 650 ms, and takes 130 ms so."""


def score(net: Sequence, X: ArrayLike, y: ArrayLike, activation: str = "relu") -> tuple[float, float]:
    """Mean softmax cross-entropy in nats, and the share of wrong answers, of one network.

    Parameters
        X : array (n, inputs)      y : array (n,), classes 0 ... outputs - 1
    """
    layers = as_network(net)
    still = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    losses, errors = ray_scores(layers, still, np.zeros(1), X, y, activation)
    return float(losses[0]), float(errors[0])


def ray_scores(
    base: Sequence,
    direction: Sequence,
    reach: ArrayLike,
    X: ArrayLike,
    y: ArrayLike,
    activation: str = "relu",
) -> tuple[Array, Array]:
    """Loss and error of the networks ``base + s direction`` for every s.

    Parameters
        base, direction : networks of one architecture
        reach           : array (k,)        the s
        X, y            : arrays (n, inputs) and (n,)

    Returns
        losses (k,) in nats, errors (k,) as shares. A tie goes to the first class, as with argmax

    Cost: 2n (P - P_1) flops a network, P_1 the first layer's parameters, and n passes over its units.
    Holds: s = 0 gives the score of ``base``, bit by bit.
    """
    start, step = as_pair(base, direction)
    check_activation(activation)
    samples = check_inputs(start, X)
    labels = check_labels(y, len(samples), len(start[-1][1]))
    reach = np.asarray(reach, dtype=np.float64)
    losses, errors = np.zeros(len(reach)), np.zeros(len(reach))
    for at in range(0, len(samples), BLOCK):
        part = samples[at : at + BLOCK]
        scores = _ray_outputs(start, step, reach, part, activation)
        loss, wrong = _softmax_scores(scores, labels[at : at + BLOCK])
        losses += loss
        errors += wrong
    return losses / len(samples), errors / len(samples)


def _ray_outputs(base: Network, step: Network, reach: Array, samples: Array, activation: str) -> Array:
    """Outputs (k, classes, n) of every network of the ray on a block of samples."""
    first, drift = np.empty((2, len(base[0][1]), len(samples)))
    for (W, b), out in ((base[0], first), (step[0], drift)):
        product(W, samples.T, out)
        out += b[:, None]
    work = [np.empty((len(b), len(samples))) for _, b in base]
    scores = np.empty((len(reach), len(base[-1][1]), len(samples)))
    for out, s in zip(scores, reach, strict=True):
        work[-1] = out
        values = np.multiply(drift, s, out=work[0])
        values += first
        for (W, b), (dW, db), room in zip(base[1:], step[1:], work[1:], strict=True):
            product(W + s * dW, activate(values, activation), room)
            room += (b + s * db)[:, None]
            values = room
    return scores


def _softmax_scores(scores: Array, labels: NDArray[np.int64]) -> tuple[Array, Array]:
    """Summed loss and number of wrong answers (k,) for outputs (k, classes, n), which are overwritten."""
    scores -= scores.max(axis=1, keepdims=True)
    own = scores[:, labels, np.arange(len(labels))]
    wrong = own < 0
    total = np.exp(scores).sum(axis=1)
    tied = ~wrong & (total >= 2)
    if tied.any():
        which, sample = np.nonzero(tied)
        wrong[tied] = scores[which, :, sample].argmax(axis=1) != labels[sample]
    return (np.log(total) - own).sum(axis=1), wrong.sum(axis=1)
