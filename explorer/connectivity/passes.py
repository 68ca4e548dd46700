"""Forward and backward passes over small batches in buffers that are made once.

Plain NumPy on BLAS, features before samples so that the softmax runs over the first axis. Measured on two
cores, 64-128-10 on the digits, batch 64, Adam, one net, 20 epochs, float32: 39 ms; the same loop compiled
with numba 29 ms (ReLU) and 80 ms (tanh: its tanh is twenty times slower than NumPy's); float64 61 ms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from explorer.connectivity.network import (
    Array,
    activate,
    as_network,
    check_activation,
    check_inputs,
    pack,
    parameter_count,
    sizes_of,
    unpack,
)

ONE_THREAD = 64 * 64 * 64
"""OpenBLAS hands a product of more multiplications than this to all its threads."""


def check_labels(y: ArrayLike, samples: int, classes: int) -> NDArray[np.int64]:
    """The labels as integers 0 ... classes - 1.

    Raises
        ValueError              wrong length, not whole numbers, or out of range
    """
    labels = np.asarray(y)
    if labels.shape != (samples,):
        raise ValueError(f"y must hold one label for each of {samples} samples, and has shape {labels.shape}")
    whole = labels.astype(np.int64) if labels.dtype.kind in "iufb" and np.isfinite(labels).all() else None
    if whole is None or (whole != labels).any() or whole.min() < 0 or whole.max() >= classes:
        raise ValueError(
            f"y must hold whole numbers from 0 to {classes - 1}, one for each output of the network"
        )
    return whole


def product(left: NDArray, right: NDArray, out: NDArray) -> None:
    """``left @ right`` into ``out``; a small product is cut into parts that one thread does.

    Two threads win little on a product this small, and where another program has the second core they wait
    for each other: a step of 0.09 ms was seen to take 0.5 to 4 ms.
    """
    rows, work = len(left), left.size * right.shape[1]
    if ONE_THREAD < work <= 16 * ONE_THREAD:
        for parts in range(-(-work // ONE_THREAD), 33):
            if rows % parts == 0:
                left = left.reshape(parts, rows // parts, -1)
                out = out.reshape(parts, rows // parts, -1)
                break
    np.matmul(left, right, out=out)


class Pass:
    """One forward and backward pass for batches of one size.

    Attributes
        theta : array (P,)      weights and biases; shared with the caller, read here
        slope : array (P,)      gradient of the mean cross-entropy of the last batch; overwritten by `run`
    """

    def __init__(self, theta: NDArray, slope: NDArray, sizes: Sequence[int], batch: int, activation: str):
        self.theta, self.slope, self.activation = theta, slope, activation
        self._layers = [(W, b[:, None]) for W, b in unpack(theta, sizes)]
        self._slopes = [(W, b[:, None]) for W, b in unpack(slope, sizes)]
        self._values = [np.empty((width, batch), theta.dtype) for width in sizes[1:]]
        self._errors = [np.empty((width, batch), theta.dtype) for width in sizes[1:]]
        self._row = np.empty((1, batch), theta.dtype)

    def run(self, inputs: NDArray, targets: NDArray) -> tuple[float, int]:
        """Summed loss and number of wrong answers of a batch; its mean gradient is left in ``slope``.

        Parameters
            inputs  : array (batch, inputs)
            targets : array (batch, classes), one 1 a row
        """
        loss, wrong = self.score(inputs, targets)
        self._backward(inputs)
        return loss, wrong

    def score(self, inputs: NDArray, targets: NDArray) -> tuple[float, int]:
        """Summed loss and number of wrong answers of a batch, without the gradient."""
        self._forward(inputs)
        return self._softmax(targets)

    def _forward(self, inputs: NDArray) -> None:
        values = inputs.T
        for place, ((W, b), out) in enumerate(zip(self._layers, self._values, strict=True)):
            product(W, values, out)
            out += b
            values = out if place == len(self._layers) - 1 else activate(out, self.activation)

    def _softmax(self, targets: NDArray) -> tuple[float, int]:
        """Loss and wrong answers of the last outputs; leaves (p - y)/batch in the last error buffer."""
        scores, errors, row = self._values[-1], self._errors[-1], self._row
        np.max(scores, axis=0, keepdims=True, out=row)
        scores -= row
        np.exp(scores, out=errors)
        np.sum(errors, axis=0, keepdims=True, out=row)
        errors /= row
        own = np.einsum("kn,nk->n", scores, targets)
        wrong = self._wrong(own, targets)
        loss = float(np.log(row, out=row).sum()) - float(own.sum())
        errors -= targets.T
        errors *= 1.0 / len(targets)
        return loss, wrong

    def _wrong(self, own: NDArray, targets: NDArray) -> int:
        """Answers whose own score is below the best; where two may share the best, the first one counts."""
        wrong = own < 0
        tied = self._row[0] >= 2
        if tied.any():
            tied &= ~wrong
            wrong[tied] = self._values[-1][:, tied].argmax(axis=0) != targets[tied].argmax(axis=1)
        return int(np.count_nonzero(wrong))

    def _backward(self, inputs: NDArray) -> None:
        for place in range(len(self._layers) - 1, -1, -1):
            errors, (slope_W, slope_b) = self._errors[place], self._slopes[place]
            product(errors, self._values[place - 1].T if place else inputs, slope_W)
            np.sum(errors, axis=1, keepdims=True, out=slope_b)
            if place:
                product(self._layers[place][0].T, errors, self._errors[place - 1])
                self._through(self._values[place - 1], self._errors[place - 1])

    def _through(self, values: NDArray, errors: NDArray) -> None:
        """Times the derivative of the activation, written in its value: 1[h > 0] or 1 - h^2."""
        if self.activation == "relu":
            errors *= values > 0
        else:
            np.multiply(values, values, out=values)
            np.subtract(1.0, values, out=values)
            errors *= values


def one_hot(labels: NDArray[np.int64], classes: int, dtype: DTypeLike = np.float64) -> NDArray:
    """Labels as rows with one 1: array (n, classes)."""
    return np.eye(classes, dtype=dtype)[labels]


def loss_and_gradient(
    net: Sequence, X: ArrayLike, y: ArrayLike, activation: str = "relu"
) -> tuple[float, Array]:
    """Mean softmax cross-entropy of a network and its exact gradient.

        L = (1/n) sum_i [log sum_k exp z_ik - z_{i, y_i}]

    Parameters
        X : array (n, inputs)      y : array (n,), classes 0 ... outputs - 1

    Returns
        loss in nats, gradient (P,) in the order of `pack`

    Cost: 6nP flops.   Holds: equals central differences of the loss to their error.
    """
    layers = as_network(net)
    check_activation(activation)
    samples = check_inputs(layers, X)
    sizes = sizes_of(layers)
    labels = check_labels(y, len(samples), sizes[-1])
    slope = np.empty(parameter_count(sizes))
    run = Pass(pack(layers), slope, sizes, len(samples), activation)
    loss, _ = run.run(samples, one_hot(labels, sizes[-1]))
    return loss / len(samples), slope
