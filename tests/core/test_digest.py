"""A digest sees every number of a frame, not its order, layout, byte order or the sign of zero."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from explorer.core.frame import Field, Frame, Series
from tests.core.frames import example


class TestDigest:
    def test_is_sixteen_hex_digits(self):
        digest = example().digest()
        assert len(digest) == 16
        int(digest, 16)

    @pytest.mark.parametrize("part", ["column", "page", "cell", "position"])
    def test_sees_one_changed_number(self, part):
        assert example(**{part: np.nextafter(5.0, 6.0)}).digest() != example(**{part: 5.0}).digest()

    def test_sees_changed_text_names_and_shape(self):
        frames = [
            Frame(tables={"t": {"x": ["a", "b"]}}),
            Frame(tables={"t": {"x": ["a", "c"]}}),
            Frame(tables={"t": {"y": ["a", "b"]}}),
            Frame(tables={"u": {"x": ["a", "b"]}}),
            Frame(series={"t": Series("c", {"x": [["a", "b"]]})}, cursors={"c": [0.0]}),
            Frame(series={"t": Series("c", {"x": [["a"], ["b"]]})}, cursors={"c": [0.0, 1.0]}),
        ]
        assert len({frame.digest() for frame in frames}) == len(frames)

    def test_counts_both_zeros_as_one(self):
        assert example(column=-0.0).digest() == example(column=0.0).digest()

    def test_takes_every_nan_for_the_same(self):
        assert (
            example(cell=np.nan).digest() == example(cell=-np.nan).digest() == example(cell=np.nan).digest()
        )
        assert example(cell=np.nan).digest() != example(cell=0.0).digest()
        assert example(cell=np.inf).digest() != example(cell=-np.inf).digest()

    def test_does_not_depend_on_the_order_of_entries(self):
        a, b = np.arange(3.0), np.arange(3.0) ** 2
        forward = Frame(tables={"t": {"a": a, "b": b}, "u": {"a": b}})
        backward = Frame(tables={"u": {"a": b}, "t": {"b": b, "a": a}})
        assert forward.digest() == backward.digest()

    @pytest.mark.parametrize("kind", ["f8", "f4", "i8", "i2", "c16", "U3"])
    def test_does_not_depend_on_byte_order(self, kind):
        plain = np.array([1, 2, 300]).astype(kind)
        swapped = plain.astype(plain.dtype.newbyteorder(">"))
        assert Frame(cursors={"c": swapped}).digest() == Frame(cursors={"c": plain}).digest()

    def test_does_not_depend_on_memory_layout(self):
        values = np.arange(12.0).reshape(3, 4)
        digests = {
            Frame(fields={"f": Field(np.arange(4), np.arange(3), laid)}).digest()
            for laid in (values, np.asfortranarray(values), np.repeat(values, 2, axis=1)[:, ::2])
        }
        assert len(digests) == 1

    def test_leaves_out_words_and_open_pages(self):
        frame = example()
        assert frame.with_(captions={"figure": "Other words."}).at(time=2.0).digest() == frame.digest()

    @pytest.mark.parametrize("values", [[True, False], ["é", ""], [b"ab", b"c"], [1 + 2j, np.nan], []])
    def test_takes_every_kind_of_column(self, values):
        frames = [Frame(tables={"t": {"x": values}}) for _ in range(2)]
        assert frames[0].digest() == frames[1].digest()

    @given(hnp.arrays(hnp.floating_dtypes(sizes=(32, 64)), hnp.array_shapes(max_dims=1)), st.data())
    def test_tells_arrays_apart_as_numpy_does(self, values, data):
        other = values.copy()
        index = data.draw(st.integers(0, len(values) - 1))
        other[index] = data.draw(st.floats(width=32))
        same = np.array_equal(values, other, equal_nan=True)
        assert (Frame(cursors={"c": values}).digest() == Frame(cursors={"c": other}).digest()) is same

    def test_is_the_same_in_another_process(self):
        program = "from tests.core.frames import example; print(example(cell=float('nan')).digest())"
        found = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": "7"},
        )
        assert found.stdout.strip() == example(cell=float("nan")).digest()
