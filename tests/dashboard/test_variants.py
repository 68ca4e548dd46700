"""What the page in one file keeps of its numbers."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest

import explorer
from explorer.core.registry import find
from explorer.dashboard.variants import Drawing, Pool, lighter
from tests.conftest import TOY


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.linspace(0, 1, 50), "float32"),
        (1 + 1e-9 * np.arange(50.0), "float64"),  # single precision would make steps of it
        (np.array([1e-300, 1.0]), "float64"),  # or put the first on the axis
        (np.array([1e300, np.nan]), "float64"),
        (np.array([np.nan, np.inf, 2.0]), "float32"),
        (np.array([]), "float32"),
        (np.array([1, 2, 3]), "int32"),
        (np.array([2**40]), "float64"),
        (np.array([7], dtype=np.uint8), "uint8"),
        (np.array([1.5], dtype=">f8"), "float32"),
    ],
)
def test_numbers_take_the_fewest_bytes_that_a_picture_needs(values, kind):
    light = lighter(values)
    assert light.dtype.name == kind
    assert light.dtype.byteorder in "=|<"
    np.testing.assert_allclose(light.astype(float), values.astype(float), rtol=2e-6)


def test_a_pool_holds_equal_columns_once_and_gives_them_back():
    pool, x = Pool(), np.linspace(0, 1, 30)
    first = pool.data(
        {"x": x, "image": [x.reshape(5, 6)], "words": ["a", "b"], "on": np.array([True, False])}
    )
    second = pool.data({"again": x.copy()})
    assert first["x"] == second["again"]
    assert (first["words"], first["on"]) == (["a", "b"], [True, False])
    assert len(pool.entries) == 2  # a picture has another shape
    entry = pool.entries[first["image"][0]["key"]]
    held = np.frombuffer(zlib.decompress(base64.b64decode(entry["packed"])), entry["dtype"]).reshape(
        entry["shape"]
    )
    np.testing.assert_allclose(held, x.reshape(5, 6), rtol=1e-6)


def test_one_set_of_figures_serves_every_frame_of_its_structure():
    plain, fast, more = (explorer.scene(TOY, **inputs) for inputs in ({}, {"frequency": 3.0}, {"lines": 3}))
    drawing, pool = Drawing(find(TOY), plain.opened(plain.frame)), Pool()
    assert drawing.fits(fast.frame)
    assert not drawing.fits(more.frame)
    one, other = drawing.fill(plain.frame, pool), drawing.fill(fast.frame, pool)
    assert one["data"].keys() == other["data"].keys()
    assert one["data"] != other["data"]
    packed = drawing.packed()
    assert [figure["name"] for figure in packed["figures"]] == [spec.name for spec in find(TOY).figures]
    assert (
        set(packed["document"]) == {"version", "title", "config", "roots"} or "defs" not in packed["document"]
    )
