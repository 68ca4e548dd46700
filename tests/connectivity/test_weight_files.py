"""Weight files from elsewhere: read, mapped, corrected, and refused with a sentence, whatever they hold."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import connectivity as c
from tests.connectivity.nets import equal, random_net

NET = random_net((6, 5, 4, 3), 0)


def npz(arrays: dict[str, np.ndarray], packed: bool = False) -> bytes:
    file = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(file, **arrays)
    return file.getvalue()


def safetensors(arrays: dict[str, np.ndarray], kinds: dict[str, str] | None = None, **extra: object) -> bytes:
    """A writer of its own, from the published description of the format."""
    names = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "uint16": "BF16"}
    header: dict[str, object] = dict(extra)
    body = b""
    for name, array in arrays.items():
        kind = (kinds or {}).get(name, names[array.dtype.name])
        header[name] = {
            "dtype": kind,
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + array.nbytes],
        }
        body += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def named(pattern: tuple[str, str], net: c.Network = NET, turned: bool = False, first: int = 0) -> dict:
    arrays = {}
    for place, (W, b) in enumerate(net, first):
        arrays[pattern[0].format(place)] = np.ascontiguousarray(W.T) if turned else W
        arrays[pattern[1].format(place)] = b
    return arrays


@pytest.mark.parametrize("write", [npz, lambda arrays: npz(arrays, packed=True), safetensors])
@pytest.mark.parametrize(
    ("pattern", "turned"),
    [
        (("net.{}.weight", "net.{}.bias"), False),
        (("fc{}.weight", "fc{}.bias"), False),
        (("W{}", "b{}"), False),
        (("layers_{}/kernel", "layers_{}/bias"), True),
        (("coefs_{}", "intercepts_{}"), True),
        (("layer{}_w", "layer{}_b"), True),
    ],
)
def test_layers_are_found_from_names_and_shapes(write, pattern: tuple[str, str], turned: bool) -> None:
    found = c.load_network(write(named(pattern, turned=turned)))
    assert equal(found.net, NET)
    assert [source.transposed for source in found.layers] == [turned] * 3
    assert [source.bias for source in found.layers] == [pattern[1].format(place) for place in range(3)]
    assert found.ignored == []


def test_layers_without_names_stand_in_their_order() -> None:
    file = io.BytesIO()
    np.savez(file, *[part for layer in NET for part in layer])
    assert equal(c.load_network(file.getvalue()).net, NET)


def test_numbers_in_names_count_as_numbers_and_shapes_put_an_odd_order_right() -> None:
    deep = random_net((4, 4, 4, 4), 1)
    assert equal(c.load_network(npz(named(("l.{}.weight", "l.{}.bias"), deep, first=9))).net, deep)
    arrays = {"out.weight": NET[2][0], "in.weight": NET[0][0], "mid.weight": NET[1][0]}
    biases = {"in.bias": NET[0][1], "mid.bias": NET[1][1], "out.bias": NET[2][1]}
    found = c.load_network(npz({**arrays, **biases}))
    assert [source.weight for source in found.layers] == ["in.weight", "mid.weight", "out.weight"]
    assert equal(found.net, NET)


def test_square_layers_are_read_as_out_by_in_unless_called_kernel() -> None:
    W = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(c.load_network(npz({"a.weight": W})).net[0][0], W)
    np.testing.assert_array_equal(c.load_network(npz({"a.kernel": W})).net[0][0], W.T)


def test_other_arrays_are_ignored_by_name_and_a_missing_bias_is_nothing() -> None:
    arrays = named(("net.{}.weight", "net.{}.bias"))
    del arrays["net.1.bias"]
    arrays["steps"] = np.array(7)
    arrays["note"] = np.array(["digits"])
    found = c.load_network(npz(arrays))
    assert found.ignored == ["steps", "note"]
    assert found.layers[1].bias is None
    assert (found.net[1][1] == 0).all()
    assert np.array_equal(found.net[2][1], NET[2][1])


def test_the_mapping_can_be_corrected() -> None:
    arrays = c.read_arrays(npz(named(("w{}", "b{}"))))
    layers = c.guess_layers(arrays)
    turned = {**arrays, "w1": arrays["w1"].T}
    mended = c.assemble(turned, [layers[0], c.LayerSource("w1", "b1", True), layers[2]])
    assert equal(mended.net, NET)
    with pytest.raises(c.WeightsError, match="bias 'b1' has 4 values, and 'w1' has 5 units"):
        c.assemble(turned, layers)
    two = c.assemble(arrays, layers[1:])
    assert two.ignored == ["w0", "b0"]


def test_number_types() -> None:
    weights = {"a.weight": np.array([[1.5, -2.0], [0.25, 8.0]]), "a.bias": np.array([1.0, -3.0])}
    for dtype in (np.float16, np.float32, np.float64, np.dtype(">f4"), np.int64):
        narrow = {name: array.astype(dtype) for name, array in weights.items()}
        net = c.load_network(npz(narrow)).net
        np.testing.assert_array_equal(net[0][0], narrow["a.weight"].astype(float))
        assert net[0][0].dtype == np.float64
    half = {k: (v.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16) for k, v in weights.items()}
    np.testing.assert_array_equal(c.load_network(safetensors(half)).net[0][0], weights["a.weight"])
    columns = {name: np.asfortranarray(array) for name, array in weights.items()}
    np.testing.assert_array_equal(c.load_network(npz(columns)).net[0][0], weights["a.weight"])


def test_a_training_goes_out_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    np.savez(path, **named(("W{}", "b{}")))
    first, second = c.load_pair(path, str(path))
    assert equal(first.net, second.net)
    other = npz(named(("W{}", "b{}"), random_net((6, 7, 3), 0)))
    with pytest.raises(c.WeightsError, match="hold 6-5-4-3 and 6-7-3"):
        c.load_pair(path, other)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


def npy(header: str) -> bytes:
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


class Runs:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


GOOD = named(("w{}", "b{}"))
BAD_FILES = {
    "empty": (b"", "empty"),
    "text": (b"hello, these are weights", "neither"),
    "pickle": (pickle.dumps(Runs()), "pickle"),
    "one array": (npy("{}"), "single array"),
    "objects": (npz({"a": np.array([Runs()], dtype=object)}), "pickled objects"),
    "torch": (zipped(archive__data__pkl=b"x"), "pickled content"),
    "nothing": (zipped(), "nothing"),
    "other": (zipped(readme__txt=b"x"), "arrays only"),
    "cut": (npz(GOOD)[:-40], "damaged"),
    "damaged": (npz(GOOD).replace(b"descr", b"dascr"), "damaged"),
    "huge claim": (
        zipped(a__npy=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10**9, 10**9)}")),
        "damaged",
    ),
    "large claim": (
        zipped(a__npy=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999, 99999)}")),
        "0 bytes",
    ),
    "negative": (
        zipped(a__npy=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 0)}")),
        "says shape",
    ),
    "zero of many": (
        zipped(a__npy=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 99999999999999999999)}")),
        "impossible",
    ),
    "records": (
        zipped(a__npy=npy("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (0,)}")),
        "plain numbers",
    ),
    "code": (zipped(a__npy=npy("__import__('os').abort()")), "damaged header"),
    "nan": (npz({**GOOD, "w1": GOOD["w1"] * np.nan}), "'w1' holds NaN"),
    "infinite": (npz({**GOOD, "b2": np.array([1, np.inf, 0])}), "'b2' holds NaN or inf"),
    "huge": (npz({**GOOD, "w0": GOOD["w0"] * 1e200}), "'w0' holds numbers beyond"),
    "missing layer": (npz({k: v for k, v in GOOD.items() if k not in ("w1", "b1")}), "a layer is missing"),
    "bias length": (npz({**GOOD, "b1": np.zeros(9)}), "9 values, and 'w1' has 4 units"),
    "images": (npz({**GOOD, "conv": np.zeros((2, 2, 2, 2))}), "'conv' has 4 dimensions"),
    "no matrix": (npz({"b": np.zeros(3)}), "holds 0"),
    "words": (npz({"w": np.array([["a"]])}), "must hold numbers"),
    "no units": (npz({"w": np.zeros((0, 3))}), "must hold numbers"),
    "many": (npz({f"w{i}": np.eye(2) for i in range(12)}), "1 to 8 matrices"),
    "header length": (struct.pack("<Q", 2**40) + b"{}", "neither"),
    "json": (struct.pack("<Q", 8) + b"{nonsens", "header is damaged"),
    "nested": (struct.pack("<Q", 60000) + b'{"a":' * 12000, "header is damaged"),
    "list": (struct.pack("<Q", 2) + b"[]", "neither"),
    "twice": (struct.pack("<Q", 16) + b'{"a": 1, "a": 2}', "twice"),
    "no arrays": (struct.pack("<Q", 2) + b"{}", "0 arrays"),
    "no entry": (struct.pack("<Q", 8) + b'{"a": 1}', "no entry"),
    "kind": (safetensors({"a": np.eye(2)}, {"a": "F8_E5M2"}), "F8_E5M2"),
    "kind of kinds": (safetensors(GOOD).replace(b'"F64"', b"[1,2]", 1), "of type"),
    "shape": (safetensors({"a": np.eye(2)}).replace(b"[2, 2]", b"[2, 3]"), "says shape"),
    "shape words": (safetensors({"a": np.eye(2)}).replace(b"[2, 2]", b'"2,2"   '[:6]), "whole numbers"),
    "overlap": (
        safetensors({"a": np.eye(2), "b": np.eye(2)}).replace(b"[32, 64]", b"[16, 48]"),
        "does not lie",
    ),
    "beyond": (safetensors({"a": np.eye(2)})[:-8], "does not lie"),
    "rest": (safetensors({"a": np.eye(2)}) + b"more", "belong to no array"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_clear_sentence(name: str) -> None:
    content, words = BAD_FILES[name]
    with pytest.raises(c.WeightsError, match=words) as caught:
        c.load_network(content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert caught.value.__cause__ is None


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.npz"
    with path.open("wb") as file:
        file.truncate(500 * 2**20)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(c.WeightsError, match="500 MB, and at most 64 MB"):
        c.load_network(path)


def test_an_archive_that_unpacks_to_much_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = npz({"w": np.zeros((3000, 3000))}, packed=True)
    assert len(content) < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(c.WeightsError, match="69 MB, and at most 64 MB"):
        c.load_network(content)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npz", tmp_path, "a\0b"):
        with pytest.raises(c.WeightsError, match=r"no file|cannot be read"):
            c.load_network(path)


def attempt(content: bytes) -> None:
    try:
        found = c.load_network(content, limit=10**6)
    except c.WeightsError:
        return
    c.as_network(found.net)


@settings(max_examples=150, deadline=None)
@given(
    which=st.integers(0, 2),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    cut=st.none() | st.floats(0, 1),
)
def test_no_damage_gets_past_the_reader(
    which: int, places: list[tuple[float, int]], cut: float | None
) -> None:
    content = bytearray((npz(GOOD), npz(GOOD, packed=True), safetensors(GOOD))[which])
    for at, value in places:
        content[min(len(content) - 1, int(at * len(content)))] = value
    attempt(bytes(content[: len(content) if cut is None else int(cut * len(content))]))


@settings(max_examples=100, deadline=None)
@given(
    header=st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(st.sampled_from(["dtype", "shape", "data_offsets"]), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=4,
    ),
    body=st.binary(max_size=64),
)
def test_no_header_gets_past_the_reader(header: dict, body: bytes) -> None:
    text = json.dumps(header).encode()
    attempt(struct.pack("<Q", len(text)) + text + body)


@settings(max_examples=100, deadline=None)
@given(
    descr=st.sampled_from(["<f8", "|O", "<U3", "|V8", "<c16", "|b1", "<M8[s]", "(2,)<f8", "|S0", "x", "<f3"]),
    shape=st.lists(st.integers(-3, 4) | st.integers(), max_size=4).map(tuple),
    body=st.binary(max_size=48),
    text=st.none() | st.text(max_size=40),
)
def test_no_array_gets_past_the_reader(
    descr: str, shape: tuple[int, ...], body: bytes, text: str | None
) -> None:
    header = text if text is not None else repr({"descr": descr, "fortran_order": False, "shape": shape})
    attempt(zipped(w__npy=npy(header.encode("latin1", "replace").decode("latin1")) + body))


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12),
        st.lists(st.integers(0, 3), max_size=3).map(lambda shape: np.ones(shape)),
        min_size=1,
        max_size=6,
    )
)
def test_no_set_of_names_and_shapes_gets_past_the_mapping(arrays: dict[str, np.ndarray]) -> None:
    try:
        found = c.assemble(arrays, c.guess_layers(arrays))
    except c.WeightsError:
        return
    c.as_network(found.net)
    used = {name for source in found.layers for name in (source.weight, source.bias)} - {None}
    assert used | set(found.ignored) == set(arrays)
