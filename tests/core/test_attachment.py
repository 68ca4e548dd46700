"""A file of one's own: what is taken, how it travels, and the sentence for what is not."""

from __future__ import annotations

import json

import pytest

from explorer.core import values
from explorer.core.attachment import MAX_BYTES, Attachment, as_attachment
from explorer.core.inputs import File
from explorer.core.table_error import DataError
from explorer.core.values import InputError


def _read(content: bytes, name: str) -> str:
    if not content.startswith(b"ok"):
        raise ValueError(f"{name} begins with {content[:2]!r}; it should begin with ok.")
    return content.decode()


FILE = File(accept=(".bin",), read=_read, label="weights")


def test_bytes_path_and_json_give_the_same_file(tmp_path):
    path = tmp_path / "a b.bin"
    path.write_bytes(b"ok 1")
    held = values.check("file", FILE, (b"ok 1", "a b.bin"))
    assert held == values.check("file", FILE, str(path)) == values.check("file", FILE, path)
    assert held == values.check("file", FILE, json.loads(json.dumps(values.to_json(FILE, held))))
    assert values.check("file", FILE, "") == ""


def test_a_link_names_a_file_that_was_seen_here(tmp_path):
    held = values.check("file", FILE, (b"ok 2", "../folder/x.bin"))
    assert held.name == "x.bin"
    assert values.from_text("file", FILE, values.to_text(FILE, held)) == held
    assert values.from_text("file", FILE, "") == ""
    path = tmp_path / "secret.bin"
    path.write_bytes(b"ok 3")
    with pytest.raises(DataError, match="not held here"):  # a link opens no file of the machine that serves
        values.from_text("file", FILE, str(path))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((b"no", "x.bin"), "weights.*should begin with ok"),
        ((b"", "x.bin"), "'x.bin' is empty"),
        ((b"ok" + bytes(MAX_BYTES), "x.bin"), "more than 64 MiB"),
        ("nowhere.bin", "'nowhere.bin' cannot be read"),
        ("bad\0name", "cannot be read"),
        (3, "not as int"),
        ({"format": "ridgeline file 1", "name": "x", "content": "*"}, "damaged"),
        ({"format": "other"}, "not of the format"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(given, words):
    with pytest.raises((InputError, DataError), match=words) as caught:
        values.check("file", FILE, given)
    assert "\n" not in str(caught.value)


def test_a_file_larger_than_the_limit_is_not_read(tmp_path):
    path = tmp_path / "large.bin"
    with path.open("wb") as large:
        large.truncate(MAX_BYTES + 1)
    with pytest.raises(DataError, match=r"'large\.bin' has more than 64 MiB"):
        as_attachment(path)


def test_equal_bytes_are_equal_files():
    assert Attachment("a", b"1") == Attachment("a", b"1")
    assert len({Attachment("a", b"1"), Attachment("a", b"1")}) == 1
    assert "b'1'" not in repr(Attachment("a", b"1"))
