"""What goes wrong on an open page becomes one sentence, and the picture before it stays."""

from __future__ import annotations

import pytest

from explorer.core.frame import Frame
from explorer.dashboard.session import sentence
from tests.contract.desk import AFTERWARDS


class TestWrong:
    def test_a_wrong_value_is_one_sentence_and_changes_nothing(self, desk):
        assert not desk.session.change({"level": -1.0, "effort": 3})
        assert desk.messages == ["Level lies between 0 and 1000; -1.0 does not."]
        assert (desk.model.level, desk.model.effort) == (1.0, 0)
        assert not desk.session.change({"levle": 1.0})
        assert "did you mean 'level'?" in desk.messages[-1]
        assert desk.gates.computed == []

    def test_a_live_error_is_one_sentence_and_keeps_the_picture(self, desk, caplog):
        desk.session.change({"level": 2.0})
        assert desk.session.change({"level": 13.0})
        desk.settle()
        assert desk.messages[-1] == "The wave broke." + AFTERWARDS
        assert desk.levels() == [2.0]
        assert "a computation failed" in caplog.text

    def test_a_long_error_is_one_sentence_and_keeps_the_picture(self, desk):
        desk.session.change({"level": 2.0})
        desk.begin_long(level=13.0)
        desk.gates.go.set()
        desk.settle()
        assert desk.messages.count("The wave broke." + AFTERWARDS) == 1
        assert desk.levels() == [2.0]
        assert desk.busy[-1] is False

    def test_a_picture_that_cannot_be_drawn_is_an_error_too(self, desk):
        def refuse(frame: Frame) -> None:
            raise ValueError("no such mark")

        desk.session._paint = refuse
        desk.session.change({"level": 2.0})
        assert desk.messages[-1].startswith("No such mark.")
        desk.begin_long()
        desk.gates.go.set()
        desk.settle()
        assert desk.messages[-1].startswith("No such mark.")

    def test_after_an_error_the_next_change_works_and_the_sentence_goes(self, desk):
        desk.session.change({"level": 13.0})
        desk.session.change({"level": 3.0})
        desk.settle()
        assert desk.levels() == [3.0, 3.0]
        assert desk.messages[-1] == ""

    def test_an_error_before_the_first_picture_leaves_nothing_waiting(self, desk):
        desk.session.change({"level": 13.0})
        desk.settle()
        assert desk.checks[-1] == []

    def test_asking_for_what_is_shown_takes_the_sentence_away(self, desk):
        desk.session.change({"level": 2.0})
        desk.session.change({"level": -1.0})
        assert desk.session.change({"level": 2.0})
        assert desk.messages[-1] == ""
        desk.session.change({"level": 13.0})
        desk.session.change({"level": 13.0})
        assert desk.messages[-1] == "The wave broke." + AFTERWARDS

    def test_a_wrong_input_is_not_logged_as_a_failure(self, desk, caplog):
        desk.gates.error = ValueError("column 'age' is constant.")
        desk.session.change({"level": 13.0})
        assert desk.messages[-1] == "Column 'age' is constant."  # no picture stands yet: none is spoken of
        assert caplog.text == ""

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (ValueError("too small"), "Too small."),
            (ValueError("Is it?"), "Is it?"),
            (ValueError("two\n  lines\tof it"), "Two lines of it."),
            (ZeroDivisionError(), "ZeroDivisionError."),
        ],
    )
    def test_any_error_becomes_one_line(self, error, words):
        assert sentence(error) == words

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("lost /srv/data/a b.csv", "Lost a file b.csv."),
            ("'/srv/data (old), two/a.csv' is lost", "a file is lost."),
            ("file:///srv/data/a.csv is lost", "a file is lost."),
            (r"lost 'C:\Users\me\a.csv'", "Lost a file."),
            ("the ratio a/b, see https://example.org/x/y", "The ratio a/b, see https://example.org/x/y."),
        ],
    )
    def test_no_path_of_this_machine_is_told(self, text, words):
        assert sentence(ValueError(text)) == words
