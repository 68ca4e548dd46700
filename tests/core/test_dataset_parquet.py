"""Parquet: every type of number, and files that are damaged, too large or set as traps."""

from __future__ import annotations

import io
import pickle
import random
from decimal import Decimal

import numpy as np
import pytest

from explorer.core.dataset import DataError, read_table

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def packed(columns, **options) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), buffer, **options)
    return buffer.getvalue()


def read(data: bytes):
    return read_table(data, "t.parquet")


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_doubles_come_back_bit_for_bit(compression):
    values = np.random.default_rng(0).standard_normal((300, 3))
    values[0] = [5e-324, -0.0, 1e150]
    table = read(
        packed({f"c{j}": values[:, j] for j in range(3)}, compression=compression, row_group_size=70)
    )
    assert table.values.tobytes() == values.tobytes()


def test_every_type_of_number_is_read():
    types = [
        pa.int8(),
        pa.uint64(),
        pa.float16(),
        pa.float32(),
        pa.float64(),
        pa.decimal128(9, 2),
        pa.decimal256(50, 1),
    ]
    columns = {str(kind): pa.array([1, 0, 3]).cast(kind) for kind in types[:5]}
    columns |= {str(kind): pa.array([Decimal(1), Decimal(0), Decimal(3)]).cast(kind) for kind in types[5:]}
    table = read(packed(columns | {"truth": [True, False, True]}))
    assert table.columns == (*map(str, types), "truth")
    assert table.values.tolist() == [[1] * 8, [0] * 8, [3] * 7 + [1]]


def test_decimals_are_rounded_to_the_nearest_double():
    text = "0.50000000000000016653345369377348106354475"
    held = read(packed({"a": pa.array([Decimal(text)] * 2), "b": [1, 2]}))
    assert held.values[0, 0] == float(text)


def test_the_index_of_pandas_is_left_out():
    pandas = pytest.importorskip("pandas")
    buffer = io.BytesIO()
    pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["one", "two"]).to_parquet(buffer)
    assert b"__index_level_0__" in buffer.getvalue()
    assert read(buffer.getvalue()).columns == ("a", "b")


def test_names_with_points_are_not_taken_for_nested_columns():
    table = read(packed({"a": [1, 2], "a.b": [3, 4], "a.b.c": [5, 6]}))
    assert table.columns == ("a", "a.b", "a.b.c")
    assert table.values.tolist() == [[1, 3, 5], [2, 4, 6]]


class Trap:
    """Unpickling one of these is seen."""

    sprung = False

    def __reduce__(self):
        return setattr, (Trap, "sprung", True)


def test_nothing_pickled_is_ever_opened():
    field = {
        "ARROW:extension:name": "arrow.py_extension_type",
        "ARROW:extension:metadata": pickle.dumps(Trap()),
    }
    schema = pa.schema(
        [pa.field("a", pa.float64(), metadata=field), pa.field("b", pa.float64())],
        metadata={"pandas": pickle.dumps(Trap()), "trap": pickle.dumps(Trap())},
    )
    table = read(packed(pa.table([[1.0, 2.0], [3.0, 4.0]], schema=schema)))
    assert table.columns == ("a", "b")
    assert not Trap.sprung
    pickle.loads(pickle.dumps(Trap()))  # the trap does work
    assert Trap.sprung


def test_text_is_refused_before_it_is_unpacked(monkeypatch):
    words = pa.DictionaryArray.from_arrays(np.zeros(2000, "int32"), ["x" * 2**20])
    data = packed({"a": words, "b": np.arange(2000.0)}, store_schema=False)
    assert len(data) < 2**20  # of 2 GB of text
    assert pq.read_schema(io.BytesIO(data)).field("a").type == pa.string()
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(DataError, match="in column 'a'"):
        read(data)


@pytest.mark.parametrize("shape", [(20_001, 2), (2, 501)])
def test_sizes_are_judged_before_anything_is_unpacked(shape, monkeypatch):
    data = packed({f"c{j}": np.zeros(shape[0]) for j in range(shape[1])})
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(DataError, match="at most"):
        read(data)


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("explorer.core.table_parquet._MAX_UNPACKED", 1000)
    with pytest.raises(DataError, match="would unpack to"):
        read(packed({"a": np.arange(1000.0), "b": np.arange(1000.0)}))


def test_damaged_files_give_a_sentence():
    rng = random.Random(0)
    columns = {"a": np.random.default_rng(0).standard_normal(60), "b": np.arange(60) % 3}
    whole = [
        packed(columns, compression=one, use_dictionary=two)
        for one in ("snappy", "zstd")
        for two in (True, False)
    ]
    refused = 0
    for _ in range(400):
        data = bytearray(rng.choice(whole))
        for _ in range(rng.choice([1, 3, 20])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            read(bytes(data[: rng.choice([len(data), rng.randrange(len(data))])]))
        except DataError:
            refused += 1
    assert refused > 300
