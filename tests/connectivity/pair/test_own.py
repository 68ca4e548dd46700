"""Weights out of files: the same figures as for the networks that were written, and one sentence for the rest."""

from __future__ import annotations

import json
import pickle
import re
import struct

import numpy as np
import pytest

import explorer
from explorer.connectivity.pair import own
from explorer.core.dataset import Dataset

SMALL = {"samples": 300, "epochs": 4, "width": 8}


def named(net, weight, bias, transposed=False):
    arrays = {}
    for place, (W, b) in enumerate(net, start=1):
        arrays[weight.format(place)], arrays[bias.format(place)] = W.T if transposed else W, b
    return arrays


def files(folder):
    return {"samples": 300, "first": folder / "a.npz", "second": folder / "b.npz"}


def safetensors(arrays):
    head, blob = {}, b""
    for name, array in arrays.items():
        held = np.ascontiguousarray(array, "<f8").tobytes()
        head[name] = {
            "dtype": "F64",
            "shape": list(array.shape),
            "data_offsets": [len(blob), len(blob) + len(held)],
        }
        blob += held
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + blob


@pytest.fixture(scope="module")
def trained():
    model = explorer.scene("connectivity/pair", **SMALL)
    return model, model.study().pair()


@pytest.fixture
def folder(tmp_path, trained):
    _, pair = trained
    for name, net in (("a", pair.a), ("b", pair.b)):
        np.savez(tmp_path / f"{name}.npz", **named(net, "fc{}.weight", "fc{}.bias"))
    np.savez(tmp_path / "turned.npz", **named(pair.a, "dense{}/kernel", "dense{}/bias", transposed=True))
    (tmp_path / "b.safetensors").write_bytes(safetensors(named(pair.b, "net.{}.weight", "net.{}.bias")))
    return tmp_path


@pytest.mark.parametrize("files", [("a.npz", "b.npz"), ("turned.npz", "b.safetensors")])
def test_files_give_the_figures_of_the_networks_in_them(folder, trained, files):
    model = explorer.scene(
        "connectivity/pair", samples=300, first=folder / files[0], second=folder / files[1]
    )
    drawn, wanted = model.frame, trained[0].frame
    for column in ("before", "after", "before_test", "after_test"):
        np.testing.assert_array_equal(drawn.tables["line"][column], wanted.tables["line"][column])
    np.testing.assert_array_equal(drawn.fields["likeness"].values, wanted.fields["likeness"].values)
    assert "fails" not in {check.verdict for check in model.checks()}
    assert "64-8-10" in drawn.captions["plane"]
    assert ("kernel^T" in drawn.captions["plane"]) == ("net.1.weight" in drawn.captions["plane"])


def test_the_mapping_that_is_shown_can_be_put_in_and_corrected(folder, trained):
    model = explorer.scene("connectivity/pair", **files(folder))
    found = model.study().own
    shown = own.write_layers(found.layers[0])
    assert shown in model.frame.captions["plane"]
    assert own.read_layers(shown) == list(found.layers[0])
    again = explorer.scene("connectivity/pair", **files(folder), layers=shown)
    assert again.frame.digest() == model.frame.digest()
    bare = explorer.scene("connectivity/pair", **files(folder), layers="fc1.weight; fc2.weight + fc2.bias")
    assert not bare.study().join().a[0][1].any()
    assert "unused fc1.bias" in bare.frame.captions["plane"]


def test_a_file_that_was_written_anew_is_read_anew(folder, trained):
    model = explorer.scene("connectivity/pair", **files(folder))
    assert model.frame.tables["barriers"]["bar_height"][0] > 0
    np.savez(folder / "b.npz", **named(trained[1].a, "layer{}.weight", "layer{}.bias"))
    same = explorer.scene("connectivity/pair", **files(folder))
    assert same.frame.tables["barriers"]["bar_height"][0] == 0


def test_a_table_of_one_s_own_goes_with_the_files(folder):
    """The columns as they stand: what a network of somebody else was trained on is not for us to scale."""
    rng = np.random.default_rng(0)
    X, y = 5.0 + 3.0 * rng.normal(size=(60, 3)), np.arange(60) % 2
    net = [(rng.normal(size=(4, 3)), rng.normal(size=4)), (rng.normal(size=(2, 4)), rng.normal(size=2))]
    np.savez(folder / "mine.npz", **named(net, "w{}", "b{}"))
    table = Dataset("mine", ("u", "v", "w", "kind"), np.column_stack([X, y]))
    given = {"data": table, "first": folder / "mine.npz", "second": folder / "mine.npz"}
    plain = explorer.scene("connectivity/pair", **given)
    scaled = explorer.scene("connectivity/pair", data=table, epochs=1)
    held = [np.vstack([m.study().data(True)[0], m.study().data(False)[0]]) for m in (plain, scaled)]
    assert held[0].mean() == pytest.approx(X.mean())
    np.testing.assert_allclose(held[1].mean(axis=0), 0.0, atol=1e-12)
    assert "fails" not in {check.verdict for check in plain.checks()}


def spoiled(**arrays):
    layers = {"w1": np.ones((5, 64)), "b1": np.ones(5), "w2": np.ones((10, 5)), "b2": np.ones(10)}
    return {name: array for name, array in {**layers, **arrays}.items() if array is not None}


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"w1": np.full((5, 64), np.nan)}, "NaN"),
        ({"w2": np.ones((10, 7))}, "missing or misshapen"),
        ({"w1": None, "b1": None, "w2": np.ones((10, 64))}, "without hidden units"),
        ({"w1": np.ones((5, 30))}, "need 30 inputs"),
        ({"w2": np.ones((7, 5)), "b2": np.ones(7)}, "7 classes"),
        ({"w1": np.array([{}], dtype=object)}, "pickled"),
        ({"w1": np.ones((5, 64, 2))}, "dimensions"),
    ],
)
def test_a_file_that_holds_no_such_network_is_refused_in_one_sentence(folder, arrays, words):
    np.savez(folder / "bad.npz", **spoiled(**arrays))
    refused(folder, "bad.npz", "bad.npz", words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pickle.dumps({"weight": 1}), "pickle"),
        (b"", "empty"),
        (b"these are weights", "neither"),
        (b"PK\x03\x04", "archive"),
    ],
)
def test_content_that_is_no_weight_file_is_refused_in_one_sentence(folder, content, words):
    (folder / "bad.npz").write_bytes(content)
    refused(folder, "bad.npz", "a.npz", words)


def test_a_file_of_500_mb_is_refused_unread(folder):
    with (folder / "big.safetensors").open("wb") as file:
        file.truncate(500 * 2**20)
    refused(folder, "big.safetensors", "a.npz", "more than 64 MiB")


@pytest.mark.parametrize(
    ("first", "second", "layers", "words"),
    [
        ("a.npz", "", "", "network b as well"),
        ("", "b.npz", "", "network a as well"),
        ("none.npz", "b.npz", "", "cannot be read"),
        ("a\0.npz", "b.npz", "", "cannot be read"),
        ("a.npz", "b.npz", "fc9.weight", "no array 'fc9.weight'"),
        ("a.npz", "b.npz", "fc1.weight; ; fc2.weight", "layer 2 reads ''"),
        ("a.npz", "b.npz", "fc1.weight^T + fc1.bias", "fc1.bias"),
        ("a.npz", "b.npz", "fc2.weight; fc1.weight", "takes 64 inputs"),
    ],
)
def test_names_that_fit_nothing_are_refused_in_one_sentence(folder, first, second, layers, words):
    refused(folder, first, second, words, layers)


def test_files_of_two_architectures_are_refused(folder):
    np.savez(folder / "other.npz", **spoiled())
    refused(folder, "a.npz", "other.npz", "64-8-10 and 64-5-10")


def test_spoiled_bytes_never_raise_anything_else(folder):
    """A flipped, cut or swollen file either still holds a network or is refused as one that does not."""
    rng, whole = np.random.default_rng(1), {"npz": (folder / "b.npz").read_bytes()}
    whole["safetensors"] = (folder / "b.safetensors").read_bytes()
    said = []
    for turn in range(60):
        ending = ("npz", "safetensors")[turn % 2]
        content = bytearray(whole[ending])
        reach = len(content) if turn % 3 else 300
        for place in rng.integers(0, reach, 1 + turn % 8):
            content[place] = rng.integers(256)
        cut = len(content) if turn % 5 else int(rng.integers(1, len(content)))
        name = f"spoiled{turn}.{ending}"
        (folder / name).write_bytes(bytes(content[:cut]))
        try:
            explorer.scene(
                "connectivity/pair", samples=300, first=folder / "a.npz", second=folder / name
            ).study()
        except ValueError as error:
            said.append(str(error))
    assert len(said) > 30
    assert not any("\n" in text for text in said)


def refused(folder, first, second, words, layers=""):
    first, second = (folder / name if name else "" for name in (first, second))
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        _ = explorer.scene("connectivity/pair", samples=300, first=first, second=second, layers=layers).frame
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
