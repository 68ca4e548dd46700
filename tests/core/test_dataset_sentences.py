"""What cannot be used is refused in one clear sentence, which shows no folder and nothing invisible."""

from __future__ import annotations

import base64
import datetime
import io
import json
import os
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core import table_error
from explorer.core.dataset import MAX_BYTES, DataError, Dataset, as_dataset, read_table, standardise
from explorer.core.memory import recall

GOOD = Dataset("t", ("a", "b"), np.array([[1.0, 2.0], [3.0, 4.0]]))
LONG = "n" * 5000


def check_sentence(error: DataError, folder: str = "/") -> str:
    text = str(error)
    assert text.isprintable(), text
    assert text.endswith(".")
    assert not text.endswith("..")
    assert len(text) < 300, (len(text), text)
    assert folder not in text, text
    assert ": " in text or ", but at least" in text, text  # what was wrong: what would be right
    return text


def refusal(value, name=None) -> str:
    with pytest.raises(DataError) as caught:
        as_dataset(value, name)
    return check_sentence(caught.value)


TEXTS = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t\n", "empty"),
    "only a mark": (b"\xef\xbb\xbf", "empty"),
    "separators": (b",,,\n,,\n", "only separators"),
    "header only": (b"a,b\n", "0 rows"),
    "one row": (b"a,b\n1,2\n", "1 row of numbers"),
    "one column": (b"a\n1\n2\n", "only one column, 'a'"),
    "wrong separator": (b"a:b\n1:2\n3:4\n", "everything in one column, 'a:b'"),
    "spaces": (b"a b\n1 2\n3 4\n", "everything in one column"),
    "no header": (b"1,2\n3,4\n", "row of numbers: put a row with the column names"),
    "no header, decimal commas": (b"1,5;2,5\n3,5;4,5\n", "row of numbers"),
    "unnamed column": (b",b\n1,2\n3,4\n", "no name for column 1"),
    "names are blank": (b'" ",\n1,2\n3,4\n', "no name for column 1"),
    "same name": (b"a,b, a\n1,2,3\n4,5,6\n", "column 1 and column 3 'a'"),
    "long name": (f"a,{LONG}\n1,2\n3,4\n".encode(), "5,000 characters for column 2"),
    "missing": (b"a,b\n1,\nNA,nan\n3,4\n", "3 missing values, the first in column 'b', row 2"),
    "missing truth": (b"a,b\ntrue,1\n,2\nfalse,3\n", "1 missing value, the first in column 'a', row 3"),
    "text": (b"sex,b\nmale,2\nfemale,4\n", "'male' in column 'sex', row 2"),
    "more text": (b"x,y,z\n1,u,v\n2,3,4\n", "'u' in column 'y', row 2 (and in 1 other column)"),
    "truth and numbers": (b"a,b\n1,2\nTrue,4\n", "'True' in column 'a', row 3"),
    "thousands": (b'a,b\n"1,234",2\n3,4\n', "'1,234' in column 'a'"),
    "thousands or decimals": (b"a;b\n1,234;2\n3;4\n", "group thousands"),
    "thousands and millions": (b"a;b\n1,5;2\n1,234,567;4\n", "'1,234,567' in column 'a', row 3"),
    "both marks": (b"a;b\n1.234,5;2\n3;4\n", "'1.234,5'"),
    "underscores": (b"a,b\n1_000,2\n3,4\n", "'1_000'"),
    "hexadecimal": (b"a,b\n0x10,2\n3,4\n", "'0x10'"),
    "foreign digits": ("a,b\n١,2\n3,4\n".encode(), "'١'"),
    "formula": (b"a,b\n=1+1,2\n3,4\n", "'=1+1'"),
    "code": (b"a,b\n__import__('os').getcwd(),2\n3,4\n", "each cell must be a plain number"),
    "date": (b"a,b\n2024-01-31,2\n3,4\n", "'2024-01-31'"),
    "infinite": (b"a,b\n1,2\n3,-Infinity\n", "1 infinite value, the first in column 'b', row 3"),
    "too large": (b"a,b\n1,2\n3,1e151\n", "'1e151' in column 'b', row 3"),
    "far too large": (b"a,b\n1,2\n3,-1e999\n", "'-1e999' in column 'b', row 3"),
    "an identifier": (b"a,b\n1,2\n3,9007199254740993\n", "'9007199254740993' in column 'b', row 3"),
    "a negative identifier": (b"a,b\n1,2\n3,-9007199254740993\n", "'-9007199254740993' in column 'b', row 3"),
    "capital letters": (b"a,b\n1,NAN\n3,INF\n", "1 missing value, the first in column 'b', row 2:"),
    "endless digits": (b"a,b\n1,2\n3," + b"9" * 5000 + b"\n", "'99999"),
    "ragged, short": (b"a,b,c\n1,2,3\n4,5\n", "2 cells in line 3 but 3 column names"),
    "ragged, long": (b"a,b\n1,2\n\n3,4,5\n", "3 cells in line 4 but 2 column names"),
    "ragged after a tall header": (b'"a\nx",b\n1,2\n3\n', "1 cells in line 4"),
    "quote within": (b'a;b\n"1"2;3\n4;5\n', "line 2"),
    "quote left open": (b'a,b\n1,2\n"3,4\n', "quotation mark"),
    "quote left open for long": (
        b'a,b\n1,2\n"3,4\n' + b"5,6.0000000\n" * 18_000,
        "quotation mark",
    ),
    "spreadsheet": (b"PK\x03\x04\x14\x00", "spreadsheet"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00", "picture"),
    "parquet": (b"PAR1\x15\x04", "Parquet file under another name"),
    "binary": (bytes(range(256)), "binary data"),
    "utf-32": ("a,b\n1,2\n3,4\n".encode("utf-32"), "binary data"),
    "utf-16 without a mark": ("a,b\n1,2\n3,4\n".encode("utf-16-le"), "binary data"),
    "too many columns": (",".join(f"c{j}" for j in range(501)).encode() + b"\n1,2\n", "501 columns"),
    "too many rows": (b"a,b\n" + b"1,2\n" * 20_001, "20,001 rows"),
    "far too many rows": (b"a,b\n" + b"1,2\n" * 200_000, "200,001 lines"),
    "endless blank lines": (b"a,b\n" + b"\n" * 2_000_000 + b"1,2\n", "2,000,002 lines"),
    "endless line": (b"a," * 2**20, "characters in line 1"),
    "endless cell": (b"a,b\n1,2\n3," + b"4" * 2**19, "very long cell at line 3"),
    "long words": (f"{'b' * 190},a\n{LONG},1\n{LONG},2\n".encode(), "…' in column 'bbb"),
    "hidden characters": ("a\u202e,b\nx\u0085\u200by,2\n3,4\n".encode(), "'x y' in column 'a'"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_text_that_is_no_table_of_numbers(case):
    data, words = TEXTS[case]
    for filename in ("t.csv", f"/srv/data/{LONG}\r\n.tsv"):
        assert words in refusal(data, filename)


def test_names_of_files_are_short_and_without_folders(tmp_path):
    file = tmp_path / ("é\n" + "f" * 100 + ".csv")
    file.write_text("a,b\n1,2\n")
    with pytest.raises(DataError) as caught:
        as_dataset(file)
    assert "The file 'é fff" in check_sentence(caught.value, str(tmp_path))
    assert "f" * 60 not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no.csv", "'no.csv' does not exist"),
        ("no/such/place.csv", "does not exist"),
        ("good.csv/inside.csv", "does not exist"),
        ("", "is a folder: give a file in it"),
        ("folder.csv", "'folder.csv' is a folder"),
        ("pipe.csv", "not a plain file"),
        ("table", "has no ending"),
        ("table.xlsx", "ends in '.xlsx': give a .csv"),
        ("table.csv.gz", "ends in '.gz'"),
        ("huge.csv", "has 200.0 MiB, and at most 64"),
        ("nul\0.csv", "cannot be opened"),
        (LONG + ".csv", "cannot be opened"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, words):
    for good in ("good.csv", "table", "table.xlsx", "table.csv.gz"):
        (tmp_path / good).write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    with open(tmp_path / "huge.csv", "wb") as file:
        file.truncate(200 * 2**20)
    for path in (f"{tmp_path}/{name}", tmp_path / name):
        with pytest.raises(DataError) as caught:
            read_table(path)
        assert words in check_sentence(caught.value, str(tmp_path))


def test_sizes_of_files_are_looked_at_before_they_are_read(tmp_path, monkeypatch):
    assert "MiB" in refusal(bytes(MAX_BYTES + 1), "x.csv")
    monkeypatch.setattr("explorer.core.table_file.MAX_BYTES", 10)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n")
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(DataError, match="at most"):
        read_table(tmp_path / "t.csv")


def test_bytes_need_a_file_name():
    assert "give its name too" in refusal(b"a,b\n1,2\n3,4\n")
    assert "has no ending" in refusal((b"a,b\n1,2\n3,4\n", ""))


def parquet(columns) -> bytes:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"a": ["x", "y"]}, "text or bytes in column 'a'"),
        ({"a": [b"x", b"y"]}, "text or bytes in column 'a'"),
        ({"a": [[1], [2]]}, "nested values in column 'a'"),
        ({"a": [{"x": 1}, {"x": 2}]}, "nested values in column 'a'"),
        ({"a": [datetime.date(2024, 1, 1)] * 2}, "dates or times in column 'a'"),
        ({"a": [None, None]}, "nothing but missing values in column 'a'"),
        ({"a": [None, 1]}, "1 missing value, the first in column 'a', row 1 of the numbers"),
        ({"a": [None, True]}, "1 missing value"),
        ({"a": [1.0, float("nan")]}, "1 missing value"),
        ({"a": [1.0, float("inf")]}, "1 infinite value"),
        ({"a": [1.0, 1e200]}, "'1e+200' in column 'a', row 2"),
        ({"a": [1, 2**53 + 1]}, "'9007199254740993' in column 'a', row 2"),
        ({"b ": [1, 2]}, "column 1 and column 2 'b'"),
        ({"": [1, 2]}, "no name for column 2"),
        ({LONG: [1, 2]}, "5,000 characters"),
    ],
)
def test_parquet_that_is_no_table_of_numbers(columns, words):
    assert words in refusal(parquet({"b": [1, 2], **columns}), "t.parquet")


def test_parquet_of_wrong_size_or_kind():
    assert "1 column," in refusal(parquet({"a": [1, 2]}), "t.parquet")
    assert "1 row" in refusal(parquet({"a": [1], "b": [2]}), "t.parquet")
    assert "0 rows" in refusal(parquet({"a": np.zeros(0), "b": np.zeros(0)}), "t.parquet")
    assert "20,001 rows" in refusal(parquet({"a": np.zeros(20_001), "b": np.zeros(20_001)}), "t.parquet")
    assert "not a Parquet file" in refusal(b"a,b\n1,2\n", "t.parquet")
    whole = parquet({"a": [1, 2], "b": [3, 4]})
    for cut in (5, len(whole) // 2, len(whole) - 1):
        assert "damaged" in refusal(whole[:cut], "t.parquet")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "of type 'NoneType' is no table"),
        (7, "of type 'int' is no table"),
        ([[1, 2], [3, 4]], "of type 'list' is no table"),
        (np.zeros(3), "1 axes"),
        (np.zeros((2, 2, 2)), "3 axes"),
        (np.zeros((1, 2)), "1 row of numbers"),
        (np.zeros((2, 1)), "1 column,"),
        (np.zeros((20_001, 2)), "20,001 rows"),
        (np.zeros((2, 501)), "501 columns"),
        (np.array([[1, np.nan], [3, 4]]), "1 missing value, the first in column 'x2', row 1 of the numbers"),
        (np.array([[1, -np.inf], [3, 4]]), "1 infinite value"),
        (np.array([[1, 1e151], [3, 4]]), "'1e+151' in column 'x2'"),
        (np.array([[1j, 2], [3, 4]]), "complex numbers in column 'x1'"),
        (np.array([["u", "v"], ["w", "x"]]), "'u' in column 'x1'"),
        (np.array([[1, 2], [3, 4]], "M8[s]"), "dates in column 'x1'"),
        (np.array([[1, 2], [3, 4]], "m8[s]"), "durations in column 'x1'"),
        ({}, "0 columns"),
        ({"a": [1, 2]}, "1 column,"),
        ({"a": [], "b": []}, "0 rows"),
        ({"a": [1, 2], "b": [3]}, "1 rows in column 'b' but 2 in column 'a'"),
        ({"a": 1, "b": 2}, "0 axes in column 'a'"),
        ({"a": [[1], [2]], "b": [1, 2]}, "value of type 'list' in column 'a', row 1"),
        ({"a": [1, "x"], "b": [1, 2]}, "'x' in column 'a', row 2"),
        ({"a": [1, None], "b": [1, 2]}, "1 missing value"),
        ({"a": [1, 10**5000], "b": [1, 2]}, "1 infinite value"),
        ({"a": [1, 10**200], "b": [1, 2]}, "'1e+200' in column 'a'"),
        ({"a": [1, object()], "b": [1, 2]}, "value of type 'object' in column 'a', row 2"),
        ({1: [1, 2], "b": [1, 2]}, "not text (column 1)"),
        ({"a": [1, 2], " a": [1, 2]}, "column 1 and column 2 'a'"),
        ({"": [1, 2], "b": [1, 2]}, "no name for column 1"),
    ],
)
def test_values_in_memory_that_are_no_table(value, words):
    assert words in refusal(value)


def test_frames_that_are_no_table():
    pandas = pytest.importorskip("pandas")
    assert "'u' in column 'a', row 1" in refusal(pandas.DataFrame({"a": ["u", "v"], "b": [1, 2]}))
    assert "1 missing" in refusal(pandas.DataFrame({"a": pandas.array([1, None], "Int64"), "b": [1, 2]}))
    assert "dates" in refusal(pandas.DataFrame({"a": pandas.to_datetime(["2024-01-01"] * 2), "b": [1, 2]}))
    assert "column 1 and column 2 'a'" in refusal(pandas.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]))
    assert "20,001 rows" in refusal(pandas.DataFrame({"a": np.zeros(20_001), "b": 0.0}))


def test_what_a_table_is_asked_for_in_vain():
    wide = Dataset("t", tuple(f"{'c' * 100}{j}" for j in range(50)), np.eye(50))
    flat = Dataset("t", tuple("abcdefgh"), np.ones((2, 8)))
    for call, words in (
        (lambda: GOOD.column("z"), "no column 'z': choose one of 'a' and 'b'"),
        (lambda: wide.split(LONG), "and 46 more"),
        (lambda: flat.split("a"), "the same value 1 in every row of 'a'"),
        (lambda: standardise(flat.values, flat.columns), "'a', 'b', 'c', 'd' and 4 more"),
        (lambda: Dataset("t", ("a",), GOOD.values), "1 name for 2 columns"),
        (lambda: Dataset("t", ("a", "b"), np.zeros(2)), "1 axes"),
        (lambda: recall(LONG), "open its file again"),
    ):
        with pytest.raises(DataError) as caught:
            call()
        assert words in check_sentence(caught.value)


def stored(**changes) -> dict:
    return {key: value for key, value in {**GOOD.to_json(), **changes}.items() if value is not None}


def deflated(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (stored(format="ridgeline table 9"), "another format"),
        (stored(name=None), "('name')"),
        (stored(values=7, shape="2, 2"), "('shape' and 'values')"),
        (stored(pickle="gASVAAAA"), "('pickle')"),
        (stored(shape=[2]), "wrong shape"),
        (stored(shape=[2, True]), "wrong shape"),
        (stored(shape=[2.0, 2]), "wrong shape"),
        (stored(shape=[-2, 2]), "0 rows"),
        (stored(shape=[10**400, 2]), "rows, and at most 20,000"),
        (stored(shape=[2, 501]), "501 columns"),
        (stored(shape=[2, 3]), "names 2 columns but holds 3"),
        (stored(shape=[3, 2]), "as many numbers as its shape says"),
        (stored(columns=["a", 7]), "not text (column 2)"),
        (stored(columns=["a", "a"]), "column 1 and column 2 'a'"),
        (stored(columns=["a", "\ud800\u202e"]), "no name for column 2"),
        (stored(values="not base64"), "damaged numbers"),
        (stored(values="é"), "damaged numbers"),
        (stored(values=base64.b64encode(b"not zlib").decode()), "damaged numbers"),
        (stored(values=deflated(bytes(31))), "as many numbers"),
        (stored(values=deflated(bytes(32))[:-8]), "as many numbers"),
        (stored(values=base64.b64encode(zlib.compress(bytes(32)) + b"more").decode()), "as many numbers"),
        (stored(values=deflated(np.array([1, 2, np.nan, 4]).tobytes())), "1 missing value"),
        (stored(values="A" * 10**6), "more numbers than its shape says"),
    ],
)
def test_stored_tables_that_are_not_as_they_were_written(packed, words):
    assert words in refusal(packed)


def test_no_more_is_unpacked_than_the_shape_asks_for(monkeypatch):
    asked, plain = [], zlib.decompressobj

    class Watched:
        def __init__(self):
            self.stream = plain()
            self.eof, self.unused_data = False, b""

        def decompress(self, data, max_length):
            asked.append(max_length)
            return self.stream.decompress(data, max_length)

    monkeypatch.setattr("explorer.core.table_json.zlib.decompressobj", Watched)
    assert "as many numbers" in refusal(stored(values=deflated(bytes(500_000))))
    assert asked == [33]


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(alphabet='ab,;\t|\n\r"1.e-+5 \u00e9_n', max_size=80).map(str.encode)
    )
)
def test_any_bytes_give_a_table_or_a_sentence(data):
    for filename in ("t.csv", "t.parquet"):
        for content in (data, b"a,b\n1,2\n3,4\n" + data, b"a;b\n1,5;2\n" + data, b"PAR1" + data + b"PAR1"):
            try:
                table = read_table(content, filename)
            except DataError as error:
                check_sentence(error, "/work")
            else:
                assert np.isfinite(table.values).all()
                assert min(table.values.shape) >= 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([*GOOD.to_json(), "other"]), JSON)
def test_any_json_gives_a_table_or_a_sentence(key, value):
    for packed in ({**GOOD.to_json(), key: value}, value):
        try:
            Dataset.from_json(json.loads(json.dumps(packed)))
        except DataError as error:
            check_sentence(error, "/work")


@given(st.text(max_size=400), st.integers(1, 60))
def test_shortened_text_is_short_and_visible(text, limit):
    word = table_error.shortened(text, limit)
    assert len(word) <= limit
    assert word.isprintable()
    assert word == table_error.tidy(text) or word.endswith("…")
