"""A column names something in what another input holds, and lets go when that makes way for something else."""

from __future__ import annotations

import pytest

import explorer
from explorer.core.frame import Frame
from explorer.core.inputs import Column, Data, File
from explorer.core.model import Model
from explorer.core.runner import Report

TABLE = {"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0]}
OTHER = {"b": [1.0, 2.0, 4.0], "c": [3.0, 1.0, 2.0]}


def lines(content: bytes, _name: str) -> list[str]:
    return content.decode().split()


def listed(file):
    found = lines(file.content, "") if file else ["nothing"]
    return found, found[0]


class Named(Model):
    data = Data("made", bundled={"made": "Made to order"})
    target = Column(label="target")
    file = File("", accept=(".txt",), read=lines)
    word = Column(of="file", listed=listed)

    def compute(self, report: Report) -> Frame:
        return Frame()


def test_a_tables_columns_are_listed_and_the_last_one_is_usual():
    known = Named.inputs()["target"].listed
    assert known(Named(data=TABLE).data) == (["a", "b"], "b")
    assert known("made") == ([], "")


def test_an_input_may_list_names_of_its_own():
    model = Named(file=(b"one two", "words.txt"))
    assert Named.inputs()["word"].listed(model.file) == (["one", "two"], "one")


@pytest.mark.parametrize(("kept", "then"), [("b", "b"), ("a", ""), ("", "")])
def test_another_table_keeps_the_names_that_it_has(kept, then):
    model = Named(data=TABLE, target=kept, word="nothing")
    model.update(data=OTHER)
    assert (model.target, model.word) == (then, "nothing")


def test_a_name_given_with_the_table_is_not_let_go():
    model = Named(data=TABLE, target="a").update(data=OTHER, target="c")
    assert model.target == "c"
    model.update(file=(b"one two", "words.txt"), word="two")
    assert model.word == "two"
    assert model.update(file=(b"three", "words.txt")).word == ""


def test_ridge_takes_the_usual_target_of_another_table():
    rows = {name: [1.0, 2, 4, 3, 6, 5, 9] for name in ("x", "y")}
    model = explorer.scene("ridge/path", data={**rows, "z": [2.0, 1, 5, 3, 1, 8, 4]}, target="y")
    model.update(data={"u": [1.0, 2, 4, 3, 6, 5, 9], "v": [2.0, 1, 5, 3, 1, 8, 4]})
    assert model.posed().response == "v"
