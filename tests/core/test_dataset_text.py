"""Text tables: every layout that people have, and doubles that come back bit for bit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.dataset import DataError, read_table
from explorer.core.table_error import LARGEST

PLAIN = "a,b\n1,2.5\n3,-4e2\n"
WANTED = [[1, 2.5], [3, -400]]
NAMES = st.lists(
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn")),
        min_size=1,
        max_size=8,
    ),
    min_size=2,
    max_size=5,
    unique=True,
).filter(lambda names: not any(set(name) <= set("0123456789.,+-eE") for name in names))


def read(text: str | bytes, filename: str = "t.csv"):
    return read_table(text.encode() if isinstance(text, str) else text, filename)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.rstrip(),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        PLAIN.replace(",", " , "),
        PLAIN + "\n\n  \n",
        PLAIN + ",\n,,,\n",
        "\n \n" + PLAIN,
        PLAIN.replace("\n", "\n\n"),
        "a\tb\n1\t2.5\n\t\n3\t-4e2",
        '"a","b"\n"1","2.5"\n"3","-4e2"\n',
        '"a", "b"\n1, "2.5"\n 3 ,-400\n',
        "a;b\n1;2,5\n3;-4e2\n",
        '"a";"b"\n"1,0";"2,5"\n"3";"-400,0"\n',
        "a\tb\n+1.\t2.50\n3E0\t-.4e+3",
        "a,b\n0001,2.500000000000000000000000000000000\n3,-400\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_layouts_and_encodings(text, encoding):
    table = read(text.encode(encoding))
    assert table.columns == ("a", "b")
    assert table.values.tolist() == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "latin-1"])
def test_accents_in_names(encoding):
    assert read("âge,poids (µg)\n1,2\n3,4\n".encode(encoding)).columns == ("âge", "poids (µg)")


def test_names_are_tidied():
    text = ' first  name ,"two\nlines",\u200bhidden\x85x\n1,2,3\n4,5,6\n'
    assert read(text).columns == ("first name", "two lines", "hidden x")


def test_names_may_hold_separators():
    text = '"weight, kg";"size; cm"\n1,5;2\n2,5;3\n'
    table = read(text)
    assert table.columns == ("weight, kg", "size; cm")
    assert table.values.tolist() == [[1.5, 2], [2.5, 3]]


def test_the_separator_is_the_one_that_makes_numbers():
    assert read("x, m;y, s\n1,5;2,5\n3,5;4,5\n").columns == ("x, m", "y, s")
    assert read("a|b,c|d\n1|2|3\n4|5|6\n").columns == ("a", "b,c", "d")


@pytest.mark.parametrize("words", ["true,false", "True,False", "TRUE,FALSE"])
def test_a_column_of_truths_is_ones_and_zeros(words):
    yes, no = words.split(",")
    assert read(f"a,b\n{yes},1\n{no},2\n").values.tolist() == [[1, 1], [0, 2]]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a;b\n1,234;0,5\n2,345;7", [1.234, 0.5]),
        ("a;b\n0,123;1,456\n1,234;7", [0.123, 1.456]),
        ("a\tb\n1,234\t1\n-1,2345\t7", [1.234, 1]),
    ],
)
def test_one_clear_decimal_comma_settles_the_others(text, row):
    assert read(text).values[0].tolist() == row


@pytest.mark.parametrize("whole", [2**53, -(2**53) - 2, 2**60, 3 * 2**400])
def test_whole_numbers_that_are_doubles_are_exact(whole):
    assert read(f"a,b\n{whole},1\n0,2\n").values[0, 0] == whole


def test_numbers_are_read_to_the_nearest_double():
    hard = [
        "2.2250738585072011e-308",
        "0.500000000000000166533453693773481063544750213623046875",
        "9007199254740993.0",
    ]
    values = read("a,b\n" + "".join(f"{cell},1\n" for cell in hard)).values[:, 0]
    assert [value.hex() for value in values] == [
        "0x0.fffffffffffffp-1022",
        "0x1.0000000000002p-1",
        "0x1.0000000000000p+53",
    ]


@given(
    arrays(float, st.tuples(st.integers(2, 6), st.integers(2, 5)), elements=st.floats(-LARGEST, LARGEST)),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.booleans(),
)
def test_doubles_come_back_bit_for_bit(matrix, separator, end, encoding, quote):
    mark = '"' if quote else ""
    rows = [
        [f"c{place}" for place in range(matrix.shape[1])],
        *([repr(float(x)) for x in row] for row in matrix),
    ]
    text = end.join(separator.join(f"{mark}{cell}{mark}" for cell in row) for row in rows)
    assert read(text.encode(encoding)).values.tobytes() == matrix.tobytes()


@given(
    arrays(float, st.tuples(st.integers(2, 6), st.integers(2, 5)), elements=st.floats(-LARGEST, LARGEST)),
    st.sampled_from([";", "\t", "|"]),
)
def test_decimal_commas_give_the_same_doubles(matrix, separator):
    rows = [[f"{x:.17e}".replace(".", ",") for x in row] for row in matrix]
    names = separator.join(f"c{place}" for place in range(matrix.shape[1]))
    text = "\n".join([names, *(separator.join(row) for row in rows)])
    assert read(text).values.tobytes() == matrix.tobytes()


@given(NAMES, st.integers(2, 5))
def test_names_written_by_the_csv_module_come_back(names, rows):
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([names, *([[0.5] * len(names)] * rows)])
    assert read(buffer.getvalue()).columns == tuple(names)


@pytest.mark.parametrize(("line", "row"), [(0, 2), (1, 3), (5, 7)])
def test_rows_are_counted_as_a_spreadsheet_does(line, row):
    lines = ["1,2"] * 6
    lines[line] = "1,"
    with pytest.raises(DataError, match=f"1 missing value, the first in column 'b', row {row}:"):
        read("a,b\n" + "\n".join(lines))
    with pytest.raises(DataError, match=f"row {row + 2}:"):
        read("\n\na,b\n" + "\n".join(lines))
    with pytest.raises(DataError, match=f"row {row + 1}:"):
        read("a,b\n\n" + "\n".join(lines))


def test_limits_are_where_they_are_said_to_be():
    names = ",".join(f"c{place}" for place in range(500))
    ones = ",".join(["1"] * 500)
    assert read("\n".join([names, ones, ones])).values.shape == (2, 500)
    assert read("a,b\n" + "1,2\n" * 20_000 + "\n" * 1000).values.shape == (20_000, 2)
