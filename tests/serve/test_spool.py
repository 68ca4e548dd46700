"""A reader's own table is found by its link in another process and after a restart, and nothing else is."""

from __future__ import annotations

import os
import stat

import numpy as np
import pytest

from explorer.core.attachment import Attachment
from explorer.core.dataset import Dataset
from explorer.core.memory import Memory
from explorer.core.spool import Spool
from explorer.core.table_error import DataError

TABLE = Dataset("houses.csv", ("a", "b"), np.array([[1.0, 2.5], [3.0, 0.1]]))
FILE = Attachment("weights.npz", b"\x00\x01 any bytes")


def memory(folder, **options) -> Memory:
    made = Memory(2**20)
    made.spool(Spool(folder, **options))
    return made


@pytest.mark.parametrize("kept", [TABLE, FILE])
def test_another_process_finds_what_was_given(tmp_path, kept):
    reference = memory(tmp_path).remember(kept)
    found = memory(tmp_path).recall(reference)
    assert type(found) is type(kept)
    assert (found.digest, found.name) == (kept.digest, kept.name)


def test_the_folder_is_for_this_user_alone(tmp_path):
    folder = tmp_path / "given"
    memory(folder).remember(TABLE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [place.suffix for place in folder.iterdir()] == [".json"]


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"[1]", b"{}", b"[" * 100_000])
def test_what_was_changed_is_not_taken(tmp_path, content):
    reference = memory(tmp_path).remember(TABLE)
    (tmp_path / f"{reference}.json").write_bytes(content)
    with pytest.raises(DataError, match="is not held here any more"):
        memory(tmp_path).recall(reference)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_just_now_stays(tmp_path, monkeypatch):
    reference = memory(tmp_path).remember(TABLE)

    def busy(_place):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("pathlib.Path.read_bytes", busy)
    with pytest.raises(DataError, match="is not held here any more"):
        memory(tmp_path).recall(reference)
    monkeypatch.undo()
    assert memory(tmp_path).recall(reference).digest == TABLE.digest


def test_another_tables_content_is_not_taken_under_this_name(tmp_path):
    first = memory(tmp_path)
    reference = first.remember(TABLE)
    other = first.remember(Dataset("houses.csv", ("a", "b"), np.eye(2)))
    os.replace(tmp_path / f"{other}.json", tmp_path / f"{reference}.json")
    with pytest.raises(DataError):
        memory(tmp_path).recall(reference)


@pytest.mark.parametrize(
    "reference", ["../../etc/passwd", "/etc/passwd@0123456789abcdef", "..@0123", "\0", ""]
)
def test_a_reference_is_no_path(tmp_path, reference):
    (tmp_path / "secret.json").write_text("{}")
    with pytest.raises(DataError) as caught:
        memory(tmp_path / "spool").recall(reference)
    assert str(tmp_path) not in str(caught.value)


def test_the_oldest_goes_when_it_is_full(tmp_path):
    held = memory(tmp_path, max_bytes=1000)
    tables = [Dataset("t", ("a", "b"), np.full((2, 2), float(value))) for value in range(8)]
    references = []
    for age, table in enumerate(tables):
        references.append(held.remember(table))
        os.utime(tmp_path / f"{references[-1]}.json", (1e9 + age, 1e9 + age)) if age < 7 else None
    assert sum(place.stat().st_size for place in tmp_path.iterdir()) <= 1000
    assert memory(tmp_path).recall(references[-1]).digest == tables[-1].digest
    with pytest.raises(DataError):
        memory(tmp_path).recall(references[0])


def test_a_full_disk_costs_the_reader_nothing(tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device", str(tmp_path))

    held = memory(tmp_path)
    monkeypatch.setattr(os, "replace", full)
    assert held.recall(held.remember(TABLE)) is TABLE
    assert list(tmp_path.iterdir()) == []
