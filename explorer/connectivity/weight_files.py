"""Arrays out of a weight file that somebody else has written: .npz or safetensors, and nothing is ever run.

Neither format needs Python objects, so a file that holds any (a pickle) is refused, not read. Sizes are
looked at before anything is read or unpacked: the file's, and in an archive what every member says it holds.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

LIMIT = 64 * 2**20
MOST_ARRAYS = 1000
MOST_HEADER = 2**20


class WeightsError(ValueError):
    """A weight file, or a network in it, that cannot be used; the message is one sentence for the reader."""


_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "|u1",
    "BOOL": "|b1",
}


def read_arrays(source: str | Path | bytes, limit: int = LIMIT) -> dict[str, NDArray]:
    """All arrays of a weight file by name, in the file's order.

    Parameters
        source : path, or the content of a file as bytes
        limit  : int            largest size in bytes, of the file and of what it unpacks to

    Returns
        dict of arrays as they stand in the file; bfloat16 becomes float32

    Raises
        WeightsError            (a ValueError) missing, too large, pickled, cut short or not of these formats
    """
    content = _content(source, limit)
    if content[:2] == b"PK":
        return _from_npz(content, limit)
    if content[:1] == b"\x80":
        raise WeightsError(
            "the file is a Python pickle, which can run code and is never loaded; save .npz or safetensors"
        )
    if content[:6] == b"\x93NUMPY":
        raise WeightsError(
            "the file is a single array (.npy); save all layers in one .npz or safetensors file"
        )
    return _from_safetensors(content)


def _content(source: str | Path | bytes, limit: int) -> bytes:
    if isinstance(source, bytes):
        size, content = len(source), source
        _check_size(size, limit)
        return content
    path = Path(source)
    try:
        if not path.is_file():
            raise WeightsError(f"there is no file {path.name!r:.60}")
        _check_size(path.stat().st_size, limit)
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f"the file {path.name!r:.60} cannot be read: {type(error).__name__}") from None
    _check_size(len(content), limit)
    return content


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise WeightsError(
            f"the file holds {size / 2**20:,.0f} MB, and at most {limit / 2**20:,.0f} MB are read here"
        )
    if size == 0:
        raise WeightsError("the file is empty")


def _from_npz(content: bytes, limit: int) -> dict[str, NDArray]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members, limit)
            arrays = {}
            for member in members:
                name = member.filename.removesuffix(".npy")
                if name in arrays:
                    raise WeightsError(f"the archive holds two arrays named {name!r:.60}")
                arrays[name] = _from_npy(archive.read(member), name)
            return arrays
    except WeightsError:
        raise
    except Exception as error:  # a hostile archive makes zipfile fail in more ways than it documents
        raise WeightsError(f"the .npz archive is damaged: {type(error).__name__}") from None


def _check_members(members: list[zipfile.ZipInfo], limit: int) -> None:
    """A PyTorch file is an archive too; it carries a pickle."""
    if any(member.filename.endswith((".pkl", ".pickle")) for member in members):
        raise WeightsError(
            "the archive holds pickled content, which can run code and is never loaded: save the layers as "
            "plain arrays in .npz or safetensors"
        )
    odd = [member.filename for member in members if not member.filename.endswith(".npy")]
    if odd or not members:
        raise WeightsError(
            f"an .npz archive holds arrays only, and this one holds {odd[0] if odd else 'nothing'!r:.60}"
        )
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise WeightsError("the archive is packed in a way that .npz files are not: save it with numpy.savez")
    if len(members) > MOST_ARRAYS:
        raise WeightsError(f"the archive holds {len(members):,} arrays, and at most {MOST_ARRAYS:,} are read")
    _check_size(sum(member.file_size for member in members), limit)


def _from_npy(content: bytes, name: str) -> NDArray:
    file = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        if version not in ((1, 0), (2, 0)):
            raise WeightsError(f"array {name!r:.60} is written in an unknown version of the .npy format")
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, columns_first, dtype = read(file)
    except WeightsError:
        raise
    except Exception as error:  # numpy reads the header with a parser for Python, which has errors of its own
        raise WeightsError(f"array {name!r:.60} has a damaged header: {type(error).__name__}") from None
    if dtype.hasobject:
        raise WeightsError(
            f"array {name!r:.60} holds pickled objects, which can run code and are never loaded"
        )
    if dtype.kind not in "biufUS" or dtype.subdtype is not None or dtype.itemsize == 0:
        raise WeightsError(f"array {name!r:.60} does not hold plain numbers")
    return _shaped(content[file.tell() :], dtype, shape, name, columns_first)


def _from_safetensors(content: bytes) -> dict[str, NDArray]:
    """Eight bytes of length, a JSON header, and one buffer that the arrays' offsets cut without a gap."""
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 2 <= size <= min(len(content) - 8, MOST_HEADER) or content[8:9] != b"{":
        raise WeightsError("the file is neither an .npz archive nor a safetensors file")
    try:
        header = json.loads(content[8 : 8 + size].decode("utf-8"), object_pairs_hook=_unique)
    except WeightsError:
        raise
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"the safetensors header is damaged: {type(error).__name__}") from None
    header.pop("__metadata__", None)
    if not header or len(header) > MOST_ARRAYS:
        raise WeightsError(f"the file holds {len(header):,} arrays, and 1 to {MOST_ARRAYS:,} are read")
    buffer, end = content[8 + size :], 0
    entries = [(name, *_entry(name, entry)) for name, entry in header.items()]
    for name, _, _, (start, stop) in sorted(entries, key=lambda entry: entry[3]):
        if start != end or stop < start or stop > len(buffer):
            raise WeightsError(f"array {name!r:.60} does not lie where the safetensors header must put it")
        end = stop
    if end != len(buffer):
        raise WeightsError("the safetensors file holds bytes that belong to no array")
    return {
        name: _converted(buffer[start:stop], kind, shape, name)
        for name, kind, shape, (start, stop) in entries
    }


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise WeightsError("the safetensors header names an array twice")
    return dict(pairs)


def _entry(name: str, entry: Any) -> tuple[str, tuple[int, ...], tuple[int, int]]:
    """Kind, shape and place of an array, after a look at each."""
    if not isinstance(entry, dict):
        raise WeightsError(
            f"array {name!r:.60} has no entry in the safetensors header that says where it lies"
        )
    kind, shape, place = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise WeightsError(
            f"array {name!r:.60} is of type {kind!r:.40}, and numbers of {', '.join(_TYPES)} are read"
        )
    if not _naturals(shape) or not _naturals(place) or len(place) != 2:
        raise WeightsError(
            f"array {name!r:.60} has a shape or place in the safetensors header that is not whole numbers"
        )
    return kind, tuple(shape), (place[0], place[1])


def _naturals(values: Any) -> TypeGuard[list[int]]:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 2**62 for value in values)


def _converted(content: bytes, kind: str, shape: tuple[int, ...], name: str) -> NDArray:
    array = _shaped(content, np.dtype(_TYPES[kind]), shape, name)
    # a bfloat16 is the upper half of a float32
    return (array.astype(np.uint32) << 16).view(np.float32) if kind == "BF16" else array


def _shaped(
    content: bytes, dtype: np.dtype, shape: tuple[int, ...], name: str, columns_first: bool = False
) -> NDArray:
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(content):
        raise WeightsError(
            f"array {name!r:.60} says shape {shape!r:.60} of {dtype} but holds {len(content):,} bytes of data"
        )
    flat = np.frombuffer(content, dtype)
    try:
        return flat.reshape(shape, order="F" if columns_first else "C")
    except (ValueError, OverflowError):
        raise WeightsError(f"array {name!r:.60} has the impossible shape {shape!r:.60}") from None
