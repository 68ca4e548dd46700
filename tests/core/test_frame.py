"""Frames are immutable, keep their shapes, and open at the nearest page."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from explorer.core.frame import Field, Frame, Series, Table, nearest
from tests.core.frames import example


class TestImmutable:
    @pytest.mark.parametrize(
        "part",
        [
            lambda f: f.tables["path"]["x"],
            lambda f: f.series["walk"]["at"],
            lambda f: f.fields["bowl"].values,
            lambda f: f.fields["bowl"].x,
            lambda f: f.cursors["time"],
            lambda f: f.page("walk")["at"],
        ],
        ids=["table", "series", "field", "field axis", "cursor", "page"],
    )
    def test_writing_numbers_is_refused(self, part):
        with pytest.raises(ValueError, match="read-only"):
            part(example())[...] = 7

    @pytest.mark.parametrize("part", ["tables", "fields", "series", "cursors", "captions", "facts", "pages"])
    @pytest.mark.parametrize(
        "write",
        [
            lambda d: d.__setitem__("new", 1),
            lambda d: d.update(new=1),
            lambda d: d.setdefault("new", 1),
            lambda d: d.clear(),
            lambda d: d.popitem(),
            lambda d: d.pop("path", None),
            lambda d: d.__delitem__("path"),
            lambda d: d.__ior__({"new": 1}),
        ],
        ids=["set", "update", "setdefault", "clear", "popitem", "pop", "delete", "merge"],
    )
    def test_writing_entries_is_refused(self, part, write):
        with pytest.raises(TypeError, match="read-only"):
            write(getattr(example(), part))

    def test_writing_columns_of_tables_and_series_is_refused(self):
        frame = example()
        for columns in (frame.tables["path"], frame.series["walk"], frame.page("walk")):
            with pytest.raises(TypeError, match="read-only"):
                columns["x"] = np.zeros(4)

    @pytest.mark.parametrize(
        "write",
        [
            lambda f: setattr(f, "tables", {}),
            lambda f: setattr(f.fields["bowl"], "values", np.zeros((2, 3))),
            lambda f: setattr(f.series["walk"], "cursor", "other"),
        ],
        ids=["frame", "field", "series"],
    )
    def test_writing_attributes_is_refused(self, write):
        with pytest.raises(AttributeError):
            write(example())

    def test_the_callers_arrays_are_neither_kept_nor_frozen(self):
        mine = np.arange(3.0)
        frame = Frame(
            tables={"t": Table({"x": mine})},
            series={"s": Series("c", {"y": mine[:, None]})},
            fields={"f": Field(mine, mine, np.outer(mine, mine))},
            cursors={"c": mine},
        )
        before = frame.digest()
        mine[:] = 9.0  # still writable
        assert frame.digest() == before
        assert frame.tables["t"]["x"].tolist() == [0.0, 1.0, 2.0]

    def test_the_callers_mappings_are_not_kept(self):
        facts, tables = {"lines": 2}, {"t": {"x": [1.0]}}
        frame = Frame(tables=tables, facts=facts)
        facts["lines"] = 3
        tables["u"] = {"x": [2.0]}
        assert frame.facts["lines"] == 2
        assert list(frame.tables) == ["t"]

    @pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
    def test_copies_are_read_only_too_and_equal(self, again):
        frame = again(example())
        assert frame.digest() == example().digest()
        assert frame.series["walk"].cursor == "time"
        with pytest.raises(TypeError, match="read-only"):
            frame.tables["path"]["x"] = 1

    @pytest.mark.parametrize("part", [lambda f: f, lambda f: f.fields["bowl"]], ids=["frame", "field"])
    def test_compare_and_hash_by_identity(self, part):
        one, other = part(example()), part(example())
        assert one == one
        assert one != other
        assert len({one, one, other}) == 2


class TestShapes:
    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: Table({"x": [1, 2], "y": [1]}), r"equal lengths.*'x': 2.*'y': 1"),
            (lambda: Table({"x": [[1]]}), r"column 'x' has shape \(1, 1\); a table column has one axis"),
            (lambda: Table({"x": 1.0}), r"column 'x' has shape \(\)"),
            (lambda: Table({"x": [object()]}), r"column 'x' holds Python objects"),
            (
                lambda: Table({"x": ["2020-01-01", "2021-01-01"], "y": np.array(["2020", "2021"], "M8[D]")}),
                "'y' hold",
            ),
            (lambda: Table({"x": np.array(["a"], np.dtypes.StringDType())}), "column 'x' hold"),
            (lambda: Series("c", {"x": [1, 2]}), r"one shape \(steps, points\).*\(2,\)"),
            (lambda: Series("c", {"x": [[1]], "y": [[1], [2]]}), r"one shape \(steps, points\)"),
            (lambda: Series("c", {}), "at least one column"),
            (lambda: Field([0, 1], [0], [[1], [2]]), r"1 x 2 positions has that shape, not \(2, 1\)"),
            (lambda: Frame(series={"s": Series("c", {"x": [[1], [2]]})}), "'s' has 2 pages; its cursor 'c'"),
            (
                lambda: Frame(series={"s": Series("c", {"x": [[1], [2]]})}, cursors={"c": [1.0]}),
                "needs as many positions",
            ),
            (
                lambda: Frame(
                    tables={"s": {"x": [1]}}, series={"s": Series("c", {"x": [[1]]})}, cursors={"c": [0.0]}
                ),
                r"\['s'\] name two things",
            ),
            (
                lambda: Frame(tables={"f": {"x": [1]}}, fields={"f": Field([0], [0], [[1]])}),
                "name two things",
            ),
            (
                lambda: Frame(
                    fields={"s": Field([0], [0], [[1]])},
                    series={"s": Series("c", {"x": [[1]]})},
                    cursors={"c": [0.0]},
                ),
                "name two things",
            ),
        ],
    )
    def test_what_does_not_fit_is_a_sentence(self, make, words):
        with pytest.raises(ValueError, match=words) as caught:
            make()
        assert str(caught.value).endswith(".")

    def test_tables_and_series_know_their_size(self):
        frame = example()
        assert (frame.tables["path"].rows, Table({}).rows) == (4, 0)
        assert (frame.series["walk"].steps, frame.series["walk"].points) == (3, 2)


class TestPages:
    def test_at_opens_the_nearest_page_and_leaves_the_frame_alone(self):
        frame = example()
        opened = frame.at(time=1.4)
        assert opened.page("walk")["at"].tolist() == [2.0, 3.0]
        assert frame.page("walk")["at"].tolist() == [0.0, 1.0]

    def test_at_keeps_the_places_of_other_cursors(self):
        frame = Frame(cursors={"a": [0.0, 1.0], "b": [0.0, 1.0]}).at(a=1.0).at(b=1.0)
        assert dict(frame.pages) == {"a": 1, "b": 1}

    def test_nearest_goes_by_ratio_where_all_is_positive(self):
        positions = np.array([1.0, 100.0])
        assert nearest(positions, 11.0) == 1  # by difference it would be 0
        assert nearest(positions, 9.0) == 0
        assert nearest(np.array([0.0, 100.0]), 11.0) == 0
        assert nearest(positions, -5.0) == 0

    def test_with_adds_and_replaces_and_keeps_the_rest(self):
        frame = example()
        more = frame.with_(tables={"extra": {"z": [1.0]}, "path": {"x": [5.0]}})
        assert set(more.tables) == {"path", "extra"}
        assert more.tables["path"]["x"].tolist() == [5.0]
        assert more.series["walk"] is frame.series["walk"]
        assert set(frame.tables) == {"path"}
