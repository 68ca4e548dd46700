"""A network is a list of ``(W (out, in), b (out,))``; its shapes, its flat form, and what it says.

Two networks with the same hidden units in another order compute the same function; so do two ReLU networks
whose units are scaled by c on the way in and 1/c on the way out, and two tanh networks with both signs of a
unit turned: see `symmetry`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Network = list[tuple[Array, Array]]

ACTIVATIONS = ("relu", "tanh")


def as_network(net: Sequence[tuple[ArrayLike, ArrayLike]]) -> Network:
    """The same network as float64 arrays, after its shapes and values have been looked at.

    Raises
        ValueError              no layer, a layer that does not fit the one before it, a value not finite
    """
    layers: Network = []
    for place, layer in enumerate(net):
        if len(layer) != 2:
            raise ValueError(f"layer {place} must be a pair (W, b), and has {len(layer)} parts")
        W, b = (np.ascontiguousarray(part, dtype=np.float64) for part in layer)
        if W.ndim != 2 or b.shape != W.shape[:1] or W.size == 0:
            raise ValueError(
                f"layer {place} must have W (out, in) and b (out,), and has shapes {W.shape} and {b.shape}"
            )
        if layers and layers[-1][0].shape[0] != W.shape[1]:
            raise ValueError(
                f"layer {place} takes {W.shape[1]} inputs, but layer {place - 1} "
                f"gives {layers[-1][0].shape[0]} outputs"
            )
        if not (np.isfinite(W).all() and np.isfinite(b).all()):
            raise ValueError(f"layer {place} holds a value that is not a finite number")
        layers.append((W, b))
    if not layers:
        raise ValueError("a network needs at least one layer (W, b), and this list is empty")
    return layers


def sizes_of(net: Sequence[tuple[Array, Array]]) -> tuple[int, ...]:
    """Widths (inputs, hidden ..., outputs) of a network."""
    return (net[0][0].shape[1], *(W.shape[0] for W, _ in net))


def as_pair(a: Sequence, b: Sequence) -> tuple[Network, Network]:
    """Two networks of one architecture.

    Raises
        ValueError              the widths differ
    """
    first, second = as_network(a), as_network(b)
    if sizes_of(first) != sizes_of(second):
        raise ValueError(
            f"the two networks must have the same widths, and have {sizes_of(first)} and {sizes_of(second)}"
        )
    return first, second


def parameter_count(sizes: Sequence[int]) -> int:
    """Number P of weights and biases of a network with these widths."""
    return sum(out * (into + 1) for into, out in pairwise(sizes))


def unpack(theta: NDArray, sizes: Sequence[int]) -> list[tuple[NDArray, NDArray]]:
    """The layers as views of one flat vector: writing in a layer writes in ``theta``.

    Parameters
        theta : array (P,)      W row by row, then b, layer after layer
        sizes : (inputs, hidden ..., outputs)
    """
    layers, at = [], 0
    for into, out in pairwise(sizes):
        weights = theta[at : at + into * out].reshape(out, into)
        layers.append((weights, theta[at + into * out : at + into * out + out]))
        at += out * (into + 1)
    return layers


def pack(net: Sequence[tuple[Array, Array]]) -> Array:
    """All weights and biases as one new vector (P,), in the order of `unpack`."""
    return np.concatenate([part.ravel() for layer in net for part in layer])


def initial(sizes: Sequence[int], rng: np.random.Generator, activation: str = "relu") -> Network:
    """Random weights of variance 2/in (ReLU, hidden layers) or 1/in (tanh, and the last layer), biases 0.

    Ref: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015, eq. 10; LeCun, Bottou, Orr, Müller,
    "Efficient backprop", 1998, section 4.6.
    """
    check_activation(activation)
    if len(sizes) < 2 or any(size < 1 or size != int(size) for size in sizes):
        raise ValueError(
            f"sizes must name at least inputs and outputs, whole numbers >= 1, and are {tuple(sizes)}"
        )
    net: Network = []
    for place, (into, out) in enumerate(pairwise(int(size) for size in sizes)):
        gain = 2.0 if activation == "relu" and place < len(sizes) - 2 else 1.0
        net.append((rng.standard_normal((out, into)) * np.sqrt(gain / into), np.zeros(out)))
    return net


def check_activation(activation: str) -> None:
    """Raises ValueError unless the name is one of `ACTIVATIONS`."""
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, and is {activation!r}")


def activate(values: NDArray, activation: str) -> NDArray:
    """The activation, in place."""
    return np.maximum(values, 0.0, out=values) if activation == "relu" else np.tanh(values, out=values)


def check_inputs(net: Network, X: ArrayLike) -> Array:
    """The samples as float64 (n, inputs).

    Raises
        ValueError              X is not a table with one column an input, or holds a value not finite
    """
    samples = np.asarray(X, dtype=np.float64)
    if samples.ndim != 2 or samples.shape[1] != net[0][0].shape[1] or len(samples) == 0:
        raise ValueError(
            f"X must have shape (n, {net[0][0].shape[1]}) with n >= 1 to fit, and has {samples.shape}"
        )
    if not np.isfinite(samples).all():
        raise ValueError("X holds a value that is not a finite number")
    return samples


def forward(net: Sequence, X: ArrayLike, activation: str = "relu") -> Array:
    """Outputs of the network before the softmax.

        h_0 = x,  z_l = W_l h_{l-1} + b_l,  h_l = activation(z_l),  output z_L

    Parameters
        X          : array (n, inputs)
        activation : "relu" or "tanh"

    Returns
        array (n, outputs)

    Cost: 2nP flops.   Holds: `permute`, `balance` and `flip` leave it the same.
    """
    return hidden(net, X, activation)[-1].T


def hidden(net: Sequence, X: ArrayLike, activation: str = "relu", before: bool = False) -> list[Array]:
    """What every hidden layer says about every sample, and the outputs as the last entry.

    Parameters
        before : bool           True: before the activation; False: after it (outputs have none)

    Returns
        list of arrays (units, n), one a layer
    """
    layers = as_network(net)
    check_activation(activation)
    values = check_inputs(layers, X).T
    said = []
    for place, (W, b) in enumerate(layers):
        values = W @ values + b[:, None]
        said.append(values)
        if place < len(layers) - 1:
            # in place where the list is to hold what comes out of the activation
            values = activate(values.copy() if before else values, activation)
    return said
