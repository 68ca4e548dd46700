"""Which array of a weight file is which layer, found from names and shapes, shown, and open to correction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.connectivity.network import Network, sizes_of
from explorer.connectivity.weight_files import LIMIT, WeightsError, read_arrays

MOST_LAYERS = 8
LARGEST = 1e30
_WEIGHT_WORDS = ("weight", "weights", "kernel", "coefs", "w")
_BIAS_WORDS = ("bias", "biases", "intercepts", "b")
_INWARD_WORDS = ("kernel", "coefs")


@dataclass(frozen=True)
class LayerSource:
    """Where one layer comes from.

    Attributes
        weight     : str            name of the matrix
        bias       : str or None    name of the bias; None stands for zeros
        transposed : bool           True where the file has it as (in, out)
    """

    weight: str
    bias: str | None
    transposed: bool = False


@dataclass(frozen=True)
class Imported:
    """A network out of a file, and how it was put together.

    Attributes
        net     : list of (W (out, in), b (out,)), float64
        layers  : list of LayerSource, from the inputs to the outputs
        ignored : list of names of arrays that were not used
    """

    net: Network
    layers: list[LayerSource]
    ignored: list[str]


def load_network(
    source: str | Path | bytes, layers: Sequence[LayerSource] | None = None, limit: int = LIMIT
) -> Imported:
    """A multilayer perceptron out of an .npz or safetensors file.

    Parameters
        source : path or bytes
        layers : list of LayerSource    put together by hand; by default `guess_layers` says
        limit  : int                    largest file in bytes

    Raises
        WeightsError            (a ValueError) the file cannot be used; one sentence says why
    """
    arrays = read_arrays(source, limit)
    return assemble(arrays, guess_layers(arrays) if layers is None else layers)


def load_pair(
    first: str | Path | bytes, second: str | Path | bytes, limit: int = LIMIT
) -> tuple[Imported, Imported]:
    """Two checkpoints of one network.

    Raises
        WeightsError            one of them cannot be used, or their widths differ
    """
    a, b = load_network(first, limit=limit), load_network(second, limit=limit)
    if sizes_of(a.net) != sizes_of(b.net):
        raise WeightsError(
            "the two files must hold one architecture, and hold "
            f"{_chain(sizes_of(a.net))} and {_chain(sizes_of(b.net))}"
        )
    return a, b


def assemble(arrays: Mapping[str, NDArray], layers: Sequence[LayerSource]) -> Imported:
    """The network that a list of sources describes.

    Raises
        WeightsError            a name that is not there, shapes that do not fit together, values that
                                are not finite or too large
    """
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise WeightsError(f"a network has 1 to {MOST_LAYERS} layers here, and {len(layers)} were named")
    net: Network = []
    for place, layer in enumerate(layers):
        W = _number_array(arrays, layer.weight, 2)
        W = np.ascontiguousarray(W.T if layer.transposed else W)
        b = np.zeros(len(W)) if layer.bias is None else _number_array(arrays, layer.bias, 1)
        if b.shape != W.shape[:1]:
            raise WeightsError(
                f"bias {layer.bias!r:.60} has {len(b)} values, and {layer.weight!r:.60} has {len(W)} units"
            )
        if net and W.shape[1] != len(net[-1][1]):
            raise WeightsError(
                f"layer {place + 1} ({layer.weight!r:.60}) takes {W.shape[1]} inputs, but the layer before "
                f"gives {len(net[-1][1])}: a layer is missing or the order is another"
            )
        net.append((W, b))
    used = {name for layer in layers for name in (layer.weight, layer.bias)}
    return Imported(net, list(layers), [name for name in arrays if name not in used])


def _number_array(arrays: Mapping[str, NDArray], name: str, dimensions: int) -> NDArray[np.float64]:
    if name not in arrays:
        raise WeightsError(
            f"the file holds no array {name!r:.60}; it holds {', '.join(list(arrays)[:12])!r:.200}"
        )
    array = arrays[name]
    if array.dtype.kind not in "fiu" or array.ndim != dimensions or array.size == 0:
        raise WeightsError(
            f"array {name!r:.60} must hold numbers in {dimensions} dimensions, and is {array.dtype} of shape "
            f"{array.shape!r:.60}"
        )
    values = np.array(array, dtype=np.float64)
    if not np.isfinite(values).all():
        raise WeightsError(f"array {name!r:.60} holds NaN or infinity")
    if np.abs(values).max() > LARGEST:
        raise WeightsError(f"array {name!r:.60} holds numbers beyond {LARGEST:g}, which are no weights")
    return values


def guess_layers(arrays: Mapping[str, NDArray]) -> list[LayerSource]:
    """Layers from names and shapes.

    Matrices are the weights, in the natural order of their names (2 before 10), or in the one order in which
    their shapes fit together; a matrix called kernel or coefs is (in, out), any other (out, in) unless only
    the transposes fit. A bias belongs to the matrix of the same name without its last word, or stands in the
    same place among the vectors if they are as many and fit.

    Raises
        WeightsError            no matrix, an array of more dimensions, or no order in which the shapes fit
    """
    deep = [name for name, array in arrays.items() if array.ndim > 2]
    if deep:
        raise WeightsError(
            f"array {deep[0]!r:.60} has {arrays[deep[0]].ndim} dimensions: only networks of matrices fit here"
        )
    matrices = sorted((name for name, array in arrays.items() if array.ndim == 2), key=_natural)
    if not 1 <= len(matrices) <= MOST_LAYERS:
        raise WeightsError(
            f"the file must hold 1 to {MOST_LAYERS} matrices, one a layer, and holds {len(matrices)}"
        )
    order, transposed = _chained({name: arrays[name].shape for name in matrices})
    vectors = sorted((name for name, array in arrays.items() if array.ndim == 1), key=_natural)
    biases = {_stem(name, _BIAS_WORDS): name for name in vectors}
    sources = [LayerSource(name, biases.get(_stem(name, _WEIGHT_WORDS)), transposed) for name in order]
    if all(source.bias is None for source in sources) and len(vectors) == len(order):
        widths = [arrays[name].shape[1 if transposed else 0] for name in order]
        if [len(arrays[name]) for name in vectors] == widths:
            sources = [
                LayerSource(s.weight, bias, transposed) for s, bias in zip(sources, vectors, strict=True)
            ]
    return sources


def _chained(shapes: dict[str, tuple[int, ...]]) -> tuple[list[str], bool]:
    """An order in which each matrix takes what the one before gives, and whether (in, out) is meant."""
    names = list(shapes)
    kernels = any(word in _INWARD_WORDS for name in names for word in _words(name))
    for transposed in (kernels, not kernels):
        if _fits(names, shapes, transposed):
            return names, transposed
    for transposed in (kernels, not kernels):
        fitting = (
            [order for order in permutations(names) if _fits(order, shapes, transposed)]
            if len(names) < 7
            else []
        )
        if len(fitting) == 1:
            return list(fitting[0]), transposed
    listed = ", ".join(f"{name} {shape[0]}x{shape[1]}" for name, shape in shapes.items())
    raise WeightsError(
        f"the matrices do not fit together in one order, so a layer is missing or misshapen: {listed:.300}"
    )


def _fits(order: Sequence[str], shapes: dict[str, tuple[int, ...]], transposed: bool) -> bool:
    give, take = (1, 0) if transposed else (0, 1)
    return all(shapes[p][give] == shapes[q][take] for p, q in pairwise(order))


def _words(name: str) -> list[str]:
    """The words and numbers of a name: "net.0.weight" -> net 0 weight, "W1" -> w 1, "dense_2/kernel:0"."""
    return re.findall(r"[a-z]+|[0-9]+", name.lower().removesuffix(":0"))


def _stem(name: str, words: Sequence[str]) -> tuple[str, ...]:
    """The name without the last word that says weight or bias, so that both parts of a layer agree."""
    parts = _words(name)
    for place in range(len(parts) - 1, -1, -1):
        if parts[place] in words:
            return tuple(parts[:place] + parts[place + 1 :])
    return tuple(parts)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that puts 2 before 10; a number too long for one is a word."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", name.lower())
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts]


def _chain(sizes: Sequence[int]) -> str:
    return "-".join(str(size) for size in sizes)
