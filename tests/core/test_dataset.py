"""The table object: what it holds, what it refuses to let change, and every form it can be made from."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import threading
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.dataset import DataError, Dataset, as_dataset, read_table, standardise
from explorer.core.memory import Memory, recall, remember
from explorer.core.table_error import LARGEST

NUMBERS = st.floats(-LARGEST, LARGEST)
MATRICES = arrays(float, st.tuples(st.integers(2, 8), st.integers(2, 5)), elements=NUMBERS)


def table(values=((1.0, 2.0, 5.0), (3.0, 4.0, 7.0)), columns=("a", "b", "c"), name="small", source=""):
    return Dataset(name, columns, np.array(values), source)


def named(matrix: np.ndarray) -> Dataset:
    return Dataset("x", tuple(f"c{place}" for place in range(matrix.shape[1])), matrix)


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def test_values_are_a_copy_that_can_never_be_written():
    given_values = np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])
    held = Dataset("x", ("a", "b"), given_values)
    given_values[0, 0] = 9
    assert held.values[0, 0] == 1
    assert held.values.flags.c_contiguous
    assert held.values.dtype == float
    with pytest.raises(ValueError, match="read-only"):
        held.values[0, 0] = 9
    with pytest.raises(ValueError, match="WRITEABLE"):
        held.values.setflags(write=True)
    with pytest.raises(AttributeError):
        held.name = "other"  # type: ignore[misc]


def test_equality_and_hash_follow_names_and_numbers_only():
    assert table() == table(name="other", source="A book")
    assert hash(table()) == hash(table(name="other"))
    assert table() != table(columns=("a", "b", "d"))
    assert table() != table(values=((1.0, 2.0, 5.0), (3.0, 4.0, np.nextafter(7.0, 8.0))))
    assert table() != "small"
    assert len({table(), table(name="other")}) == 1


def test_digest_tells_apart_what_runs_together_without_lengths():
    assert named(np.arange(6.0).reshape(2, 3)).digest != named(np.arange(6.0).reshape(3, 2)).digest
    assert table(columns=("a", "b,c", "d")).digest != table(columns=("a,b", "c", "d")).digest


def test_digest_and_reference_are_the_same_on_every_machine():
    assert table().digest == "fc777ed7408eb396d774998ca8af310d1d002f4619161e0d8c232cc8fbd1f701"
    assert table().reference() == "small@" + table().digest[:16]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("my data (1)", "my-data-1"),
        ("été", "t"),
        ("数据", "table"),
        ("a@b?x=1&y#z", "a-b-x-1-y-z"),
        ("../..", "table"),
    ],
)
def test_reference_is_safe_in_an_address(name, word):
    assert table(name=name).reference().split("@") == [word, table().digest[:16]]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("/srv/secret/diabetes", "diabetes"),
        ("C:\\Users\\me\\x", "x"),
        ("a\n b\u202e\tc", "a b c"),
        ("", "table"),
        ("/", "table"),
    ],
)
def test_name_never_holds_a_path_or_invisible_characters(given_name, kept):
    assert table(name=given_name).name == kept


def test_long_labels_are_cut():
    held = table(name="n" * 500, source="s" * 5000)
    assert (len(held.name), len(held.source)) == (60, 2000)


def test_column_and_split_give_fresh_contiguous_arrays():
    held = table()
    X, y, features = held.split("b")
    assert features == ("a", "c")
    np.testing.assert_array_equal(X, [[1, 5], [3, 7]])
    np.testing.assert_array_equal(y, [2, 4])
    np.testing.assert_array_equal(held.column("c"), [5, 7])
    for array in (X, y, held.column("a")):
        assert array.flags.c_contiguous
        assert array.flags.writeable
        assert not np.shares_memory(array, held.values)


def test_split_allows_constant_features_and_standardised_does_not():
    held = table(values=((1.0, 2.0, 5.0), (1.0, 4.0, 7.0)))
    assert held.split("c")[2] == ("a", "b")
    with pytest.raises(DataError, match="'a'"):
        held.standardised("c")
    with pytest.raises(DataError, match="target"):
        held.split("a")


@given(
    arrays(float, st.tuples(st.integers(2, 9), st.integers(1, 4)), elements=st.floats(-1, 1), unique=True),
    st.floats(-1e6, 1e6),
    st.sampled_from([1e-140, 1e-8, 1.0, 1e8, 1e140]),
)
def test_standardised_columns_have_mean_zero_and_deviation_one(matrix, offset, scale):
    X = (matrix + offset) * scale
    largest = np.abs(X).max(axis=0)
    if (np.ptp(X, axis=0) <= 1e-13 * largest).any() or (largest < 1e-290).any():
        return  # rounding is most of such a column
    Z = standardise(X, tuple("abcd"[: X.shape[1]]))
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-13)
    assert (np.diff(np.take_along_axis(Z, np.argsort(X, axis=0), axis=0), axis=0) >= 0).all()


def test_standardise_agrees_with_the_formula_and_keeps_the_target():
    X = np.random.default_rng(0).standard_normal((50, 3)) * [1, 10, 0.1] + [0, 5, -3]
    held = Dataset("x", ("a", "b", "c"), X)
    Z, y, _ = held.standardised("c")
    np.testing.assert_allclose(Z, (X[:, :2] - X[:, :2].mean(0)) / X[:, :2].std(0), rtol=1e-12, atol=1e-14)
    assert same_bits(y, X[:, 2])


@pytest.mark.parametrize("column", [[0.1 + 0.2, 0.3, 0.3], [0.0, 0.0, 0.0], [1e15, 1e15, 1e15 + 0.125]])
def test_a_column_that_varies_by_rounding_alone_is_constant(column):
    with pytest.raises(DataError, match="'flat'"):
        standardise(np.array([column, [1.0, 2.0, 3.0]]).T, ("flat", "x"))


@given(MATRICES)
def test_json_pickle_and_copy_give_back_every_bit(matrix):
    held = named(matrix)
    for other in (
        Dataset.from_json(json.loads(json.dumps(held.to_json()))),
        pickle.loads(pickle.dumps(held)),
        copy.deepcopy(held),
        as_dataset(held.to_json()),
    ):
        assert same_bits(other.values, matrix)
        assert (other.name, other.columns, other.source) == (held.name, held.columns, held.source)
        assert other.reference() == held.reference()
        assert not other.values.flags.writeable


def test_labels_survive_json():
    held = table(name="näme", columns=("α", "b c", "'\"<script>"), source="Author, 1999")
    again = Dataset.from_json(json.loads(json.dumps(held.to_json())))
    assert (again.name, again.columns, again.source) == (held.name, held.columns, held.source)


def test_as_dataset_takes_what_one_has_in_hand(tmp_path):
    pandas = pytest.importorskip("pandas")
    file = tmp_path / "small.csv"
    file.write_text("a,b,c\n1,2,5\n3,4,7\n")
    forms = [
        table(),
        file,
        str(file),
        (file.read_bytes(), "small.csv"),
        table().to_json(),
        {"a": [1, 3], "b": np.array([2, 4]), "c": (5.0, Decimal(7))},
        pandas.DataFrame(
            {"a": [1, 3], "b": [2.0, 4.0], "c": pandas.array([5, 7], dtype="Int64")}, index=[7, 9]
        ),
    ]
    for form in forms:
        assert as_dataset(form, "given") == table()
        assert as_dataset(form, "given").name == "given"
    assert as_dataset(file.read_bytes(), "small.csv").name == read_table(file).name == "small"
    assert as_dataset(table()) is not None
    assert as_dataset(table().values).columns == ("x1", "x2", "x3")
    assert read_table(file, "uploaded/as/other.csv").name == "other"


@pytest.mark.parametrize(
    "dtype", [bool, np.int8, np.uint64, np.float16, np.float32, np.longdouble, ">f8", object]
)
def test_every_real_type_of_number_is_read(dtype):
    held = as_dataset(np.array([[0, 1], [1, 1], [1, 0]]).astype(dtype))
    assert held.values.tolist() == [[0, 1], [1, 1], [1, 0]]


def test_whole_numbers_are_exact_or_refused():
    exact = 2**53 + 2
    assert as_dataset({"a": [exact, -(2**60)], "b": [True, False]}).values[0, 0] == exact
    for wrong in (
        [2**53 + 1, 0],
        [-1, 2**63 + 1],
        np.array([2**53 + 1, 0]),
        np.array([2**64 - 1, 0], np.uint64),
    ):
        with pytest.raises(DataError, match="exactly"):
            as_dataset({"a": wrong, "b": [1, 2]})


def test_what_a_mask_hides_stays_hidden():
    masked = np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]], mask=[[False, True], [False, False]])
    for form in (masked, {"a": masked[:, 0], "b": masked[:, 1]}):
        with pytest.raises(DataError, match="1 missing value"):
            as_dataset(form)
    with pytest.raises(DataError, match="1 missing value"):
        Dataset("x", ("a", "b"), masked)


def test_a_remembered_table_is_recalled_by_its_reference():
    reference = remember(table())
    assert recall(reference) == table()
    with pytest.raises(DataError, match="open its file again"):
        recall("small@0000000000000000")


def test_memory_drops_the_least_recently_used():
    tables = [named(np.full((2, 2), float(place))) for place in range(4)]  # 32 bytes each
    memory = Memory(96)
    first, second, third = (memory.remember(one) for one in tables[:3])
    memory.recall(first)
    memory.remember(tables[2])  # already held: not counted twice
    memory.remember(tables[3])
    assert memory.recall(first) is tables[0]
    assert memory.recall(third) is tables[2]
    with pytest.raises(DataError):
        memory.recall(second)


def test_memory_does_not_keep_what_is_larger_than_itself():
    memory = Memory(40)
    memory.remember(named(np.zeros((2, 2))))
    large = memory.remember(named(np.zeros((3, 2))))
    with pytest.raises(DataError):
        memory.recall(large)
    assert memory.recall(memory.remember(named(np.ones((2, 2)))))


def test_memory_keeps_count_when_several_threads_use_it():
    memory = Memory(64)
    tables = [named(np.full((2, 2), float(place))) for place in range(8)]

    def use() -> None:
        for one in tables * 20:
            memory.remember(one)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = list(memory._held.values())
    assert memory._bytes == sum(one.nbytes for one in held) == 64


def test_import_loads_no_table_library():
    code = (
        "import sys, explorer.core.dataset; print({'pandas', 'pyarrow', 'panel', 'bokeh'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
