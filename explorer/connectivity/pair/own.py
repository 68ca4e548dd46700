"""Two networks out of weight files: how their layers are named, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from explorer.connectivity.network import Network, pack, sizes_of
from explorer.connectivity.training import Pair, Record, Trained
from explorer.connectivity.weight_files import WeightsError, read_arrays
from explorer.connectivity.weight_map import Imported, LayerSource, assemble, guess_layers
from explorer.core.attachment import Attachment

ENDINGS = (".npz", ".safetensors")
TRANSPOSED = "^T"


@dataclass(frozen=True, eq=False)
class Own:
    """Both networks, and the sources of their layers; one and the same object for equal files.

    Attributes
        nets   : (a, b), each a list of (W (out, in), b (out,))
        layers : for a and for b the sources of the layers, from the inputs to the outputs
        unused : names of arrays in either file that no layer uses
    """

    nets: tuple[Network, Network]
    layers: tuple[tuple[LayerSource, ...], tuple[LayerSource, ...]]
    unused: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, from the inputs to the outputs."""
        return tuple(sizes_of(self.nets[0]))

    @property
    def pair(self) -> Pair:
        """The networks as if both had been trained for no epoch."""
        a, b = (Trained(net, _blank(net)) for net in self.nets)
        return Pair(a, b, 0)


def _blank(net: Network) -> Record:
    nothing = np.empty(0)
    return Record(nothing, nothing, nothing, nothing, pack(net)[None, :], 0)


def readable(content: bytes, name: str) -> dict[str, np.ndarray]:
    """The arrays of a file, by name.

    Raises
        WeightsError    (a ValueError) one sentence about what cannot be used
    """
    try:
        return read_arrays(content)
    except WeightsError as error:
        raise WeightsError(f"the file {name!r:.60} cannot be used: {error}") from None


@lru_cache(maxsize=4)
def load(first: Attachment | str, second: Attachment | str, layers: str = "") -> Own:
    """The networks of two files.

    Parameters
        first, second : the files; empty text means that none was given
        layers        : where every layer comes from, see `read_layers`; empty: names and shapes say it

    Raises
        WeightsError    (a ValueError) one sentence about what cannot be used
    """
    chosen = read_layers(layers) if layers.strip() else None
    a, b = (_imported(file, which, chosen) for file, which in ((first, "a"), (second, "b")))
    shapes = [tuple(sizes_of(found.net)) for found in (a, b)]
    if shapes[0] != shapes[1]:
        raise WeightsError(
            f"the two files must hold one architecture, and hold {chain(shapes[0])} and {chain(shapes[1])}"
        )
    if len(shapes[0]) < 3:
        raise WeightsError(
            f"the files hold one layer, {chain(shapes[0])}: without hidden units nothing can be matched"
        )
    unused = tuple(dict.fromkeys([*a.ignored, *b.ignored]))
    return Own((a.net, b.net), (tuple(a.layers), tuple(b.layers)), unused)


def _imported(file: Attachment | str, which: str, chosen: list[LayerSource] | None) -> Imported:
    if isinstance(file, str):
        raise WeightsError(f"give the weight file of network {which} as well: two networks are compared")
    arrays = readable(file.content, file.name)
    try:
        return assemble(arrays, guess_layers(arrays) if chosen is None else chosen)
    except WeightsError as error:
        raise WeightsError(f"the file {file.name!r:.60} cannot be used: {error}") from None


def read_layers(text: str) -> list[LayerSource]:
    """The sources that a text names, layers apart by semicolons: ``fc1.weight + fc1.bias; out.kernel^T + out.bias``.

    A matrix that stands in its file as (in, out) is followed by ``^T``; a layer without ``+`` has no bias.

    Raises
        WeightsError    the text is none
    """
    sources = []
    for place, part in enumerate(text.strip().rstrip(";").split(";"), start=1):
        names = [name.strip() for name in part.split("+")]
        if not 1 <= len(names) <= 2 or not all(names):
            raise WeightsError(
                f"layer {place} reads {part.strip()!r:.40}; a layer reads 'name of the matrix + name of the bias'"
            )
        weight, bias = names[0], names[1] if len(names) == 2 else None
        sources.append(LayerSource(weight.removesuffix(TRANSPOSED), bias, weight.endswith(TRANSPOSED)))
    return sources


def told(own: Own) -> str:
    """Which array became which layer, for the reader: once if both files name them alike."""
    first, second = (write_layers(layers) for layers in own.layers)
    text = f"layers read, {chain(own.sizes)}: {first}"
    if second != first:
        text += f", and in b {second}"
    if own.unused:
        text += f", unused {', '.join(own.unused[:4])}" + ", …" * (len(own.unused) > 4)
    return text


def write_layers(layers: tuple[LayerSource, ...]) -> str:
    """The text that `read_layers` reads back."""
    return "; ".join(
        source.weight + TRANSPOSED * source.transposed + (f" + {source.bias}" if source.bias else "")
        for source in layers
    )


def chain(sizes: tuple[int, ...]) -> str:
    """Widths as they are said: 64-32-10."""
    return "-".join(map(str, sizes))
