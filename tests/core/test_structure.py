"""Structure is what a figure was built for: names and kinds of the columns that it read, and the facts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.frames import example


class TestStructure:
    def read(self, look, frame=None) -> set[tuple[str, str]]:
        noted: set[tuple[str, str]] = set()
        look((frame or example()).watched(noted))
        return noted

    def test_notes_what_was_looked_up(self):
        noted = self.read(
            lambda f: (f.tables["path"], "lines" in f.facts, f.captions.get("figure"), f.page("walk"))
        )
        assert {("tables", "path"), ("facts", "lines"), ("captions", "figure"), ("series", "walk")} <= noted
        assert not any(kind in ("fields", "cursors") for kind, _ in noted)

    def test_a_watched_frame_shows_the_same(self):
        watched = example().watched(set())
        assert watched.digest() == example().digest()
        assert watched.page("walk")["at"].tolist() == [0.0, 1.0]

    def test_numbers_rows_words_and_open_pages_are_not_structure(self):
        noted = self.read(
            lambda f: (f.tables["path"], f.page("walk"), f.fields["bowl"], f.captions["figure"])
        )
        frame = example()
        longer = frame.with_(
            tables={"path": {"x": np.arange(9.0), "label": ["z"] * 9}}, captions={"figure": "Other words."}
        )
        assert longer.at(time=2.0).structure(noted) == frame.structure(noted)

    @pytest.mark.parametrize(
        "changed",
        [
            {"tables": {"path": {"x": [1.0]}}},
            {"tables": {"path": {"x": [1.0], "label": [2.0]}}},
            {"tables": {"path": {"x": [1.0], "label": ["a"], "more": [1.0]}}},
            {"facts": {"lines": 3}},
        ],
        ids=["column gone", "other kind", "column more", "fact"],
    )
    def test_columns_kinds_and_facts_are_structure(self, changed):
        noted = self.read(lambda f: (f.tables["path"], f.facts["lines"]))
        frame = example()
        assert frame.with_(**changed).structure(noted) != frame.structure(noted)

    def test_an_entry_that_appears_is_structure(self):
        noted = self.read(lambda f: f.tables.get("extra"))
        frame = example()
        assert frame.with_(tables={"extra": {"z": [1.0]}}).structure(noted) != frame.structure(noted)
        assert frame.with_(tables={"other": {"z": [1.0]}}).structure(noted) == frame.structure(noted)

    @pytest.mark.parametrize(
        "look",
        [
            lambda f: list(f.tables),
            lambda f: list(f.tables.items()),
            lambda f: list(f.tables.values()),
            lambda f: list(f.tables.keys()),
            lambda f: len(f.tables),
            lambda f: bool(f.tables),
            lambda f: {**f.tables},
        ],
        ids=["iterate", "items", "values", "keys", "length", "truth", "unpack"],
    )
    def test_whoever_goes_through_all_entries_reads_them_all(self, look):
        noted = self.read(look)
        frame = example()
        assert frame.with_(tables={"extra": {"z": [1.0]}}).structure(noted) != frame.structure(noted)

    def test_what_was_not_read_is_not_structure(self):
        noted = self.read(lambda f: f.tables["path"])
        frame = example()
        changed = frame.with_(facts={"lines": 3, "new": 1}, tables={"extra": {"z": [1.0]}})
        assert changed.structure(noted) == frame.structure(noted)
