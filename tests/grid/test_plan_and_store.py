"""A plan numbers its cells; what is computed of it is kept, goes on where it was, and is mixed with nothing else."""

from __future__ import annotations

import contextlib
import json
import math
import pickle

import numpy as np
import pyarrow.parquet as pq
import pytest

import explorer
from explorer.core.table_error import DataError
from explorer.core.values import InputError
from explorer.grid import cells, result
from explorer.grid.plan import plan_of
from explorer.grid.store import Store
from explorer.grid.sweep import run
from tests.grid.conftest import TRAP

OVER = {"n": "11:15", "seed": "0:3"}


def part_of(path):
    return path.with_name(path.name + ".part")


def sweep(to=None, over=OVER, measure="one.value", **options):
    return explorer.sweep(TRAP, over, measure, to, workers=0, **options)


class TestPlan:
    def test_the_last_axis_runs_fastest(self):
        plan = plan_of(TRAP, {"n": [5, 7], "mood": "once,never", "seed": "0:3"}, "one.value")
        assert len(plan) == 12
        assert [plan.at(cell) for cell in (0, 2, 3, 11)] == [
            (5, "once", 0), (5, "once", 2), (5, "never", 0), (7, "never", 2),
        ]  # fmt: skip
        assert len({plan.at(cell) for cell in range(12)}) == 12

    def test_a_link_is_the_one_that_the_model_writes(self):
        plan = plan_of(TRAP, OVER, "one.value", fixed={"mood": "once"})
        for cell in range(len(plan)):
            assert plan.link(cell) == explorer.scene(TRAP, **plan.inputs(cell)).link()

    def test_it_travels_without_what_it_has_looked_up(self):
        plan = plan_of(
            "ridge/path",
            {"seed": "0:2"},
            "path.loo:min",
            fixed={"data": {"a": [1.0, 2, 3, 4, 5, 7], "b": [0.0, 1, 5, 2, 3, 4]}},
        )
        assert plan.link(0)
        again = pickle.loads(pickle.dumps(plan))
        assert again == plan
        assert "found" not in vars(again)
        assert again.describe() == plan.describe()

    @pytest.mark.parametrize(
        ("over", "measure", "fixed", "words"),
        [
            ({}, "one.value", {}, "nothing to sweep over"),
            ({"m": [1]}, "one.value", {}, "it has n, deadly"),
            ({"sed": [1]}, "one.value", {}, "did you mean 'seed'?"),
            ({"n": [1]}, [], {}, "nothing to measure"),
            ({"n": [1]}, "one", {}, "a measure is"),
            ({"n": [1]}, "one.value", {"n": 2}, "both fixed and swept"),
            ({"n": [1]}, "one.value", {"seed": -1}, "seed lies between"),
            ({"n": [1001]}, "one.value", {}, "lies between 0 and 1000"),
            ({"n": "0:1001", "deadly": "0:1000"}, "one.value", {}, "at most 1,000,000"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_told_before_anything_is_computed(self, over, measure, fixed, words, notes):
        with pytest.raises(InputError) as told:
            sweep(over=over, measure=measure, fixed={**notes.fixed, **fixed})
        assert words in str(told.value)
        assert not notes.taken()

    def test_an_unknown_scene_and_preset(self):
        with pytest.raises(InputError, match="did you mean 'toy/trap'"):
            explorer.sweep("toy/tarp", OVER, "one.value", workers=0)
        with pytest.raises(InputError, match="no preset"):
            sweep(preset="none")


class TestRows:
    def test_each_is_what_the_scene_gives(self):
        found = sweep(measure=["one.value", "many.x:max"])
        assert list(found.columns) == [
            "n", "seed", "one.value", "many.x:max", "digest", "machine", "link", "reason",
        ]  # fmt: skip
        for row in found[found.reason == ""].to_dict("records"):
            model = explorer.from_link(row["link"])
            assert (model.n, model.seed) == (row["n"], row["seed"])
            assert model.frame.digest() == row["digest"]
            assert model.frame.tables["one"]["value"][0] == row["one.value"]
            assert row["many.x:max"] == 4 * row["n"]

    def test_a_failed_cell_is_a_row_with_its_reason(self):
        found = sweep()
        failed = found[found.reason != ""]
        assert failed.n.tolist() == [13] * 3
        assert set(failed.reason) == {"13 is no number to be computed with."}
        assert failed["one.value"].isna().all()
        assert set(failed.digest) == {""}

    def test_an_error_that_is_no_sentence_names_its_type(self):
        assert cells.reason_of(KeyError("a")) == "KeyError: 'a'"
        assert cells.reason_of(ZeroDivisionError()) == "ZeroDivisionError"
        assert cells.reason_of(ValueError("one\n  two")) == "one two"
        assert len(cells.reason_of(RuntimeError("x" * 999))) == cells.LONGEST

    def test_a_wrong_measure_is_told_early_and_nothing_is_left(self, tmp_path, notes):
        with pytest.raises(InputError, match="did you mean 'value'"):
            sweep(tmp_path / "a.parquet", measure="one.valu", fixed=notes.fixed)
        assert sum(notes.taken().values()) <= 3
        assert not list(tmp_path.iterdir())
        assert len(sweep(tmp_path / "a.parquet", fixed=notes.fixed)) == 12

    def test_a_measure_that_some_cells_lack_is_their_reason(self):
        over = {"data": ["diabetes", "synthetic"]}
        found = explorer.sweep(
            "ridge/path", over, "path.risk:min", fixed={"n": 30, "p": 5, "draws": 10}, workers=0
        )
        assert [bool(reason) for reason in found.reason] == [True, False]
        assert "has no 'risk'" in found.reason[0]


class TestGoingOn:
    def test_an_interrupted_sweep_computes_only_what_is_missing(self, tmp_path, notes, monkeypatch):
        path, compute, whole = tmp_path / "a.parquet", cells.compute, sweep(fixed=notes.fixed)
        notes.taken()
        left = 5

        def interrupted(plan, cell, strict=False):
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return compute(plan, cell, strict)

        monkeypatch.setattr(cells, "compute", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sweep(path, fixed=notes.fixed)
        before = notes.taken()
        assert sum(before.values()) == 5
        assert part_of(path).exists()
        assert not path.exists()
        monkeypatch.undo()
        found = sweep(path, fixed=notes.fixed)
        after = notes.taken()
        assert set(after.values()) == {1}
        assert not before & after
        assert len(before + after) == 12
        assert found.equals(whole)
        assert not part_of(path).exists()
        again = path.read_bytes()
        assert sweep(path, fixed=notes.fixed).equals(whole)
        assert not notes.taken()
        assert path.read_bytes() == again

    def test_a_torn_last_line_is_left_out(self, tmp_path, notes):
        path, plan = tmp_path / "a.parquet", plan_of(TRAP, OVER, "one.value", notes.fixed)
        with Store(plan, path) as store:
            store.add([(cell, cells.compute(plan, cell)) for cell in (3, 4)])
        held = part_of(path).read_bytes()
        part_of(path).write_bytes(held[:-7])
        notes.taken()
        with Store(plan, path) as store:  # goes on, and is interrupted again
            store.add([(5, cells.compute(plan, 5))])
        notes.taken()
        sweep(path, fixed=notes.fixed)
        assert len(notes.taken()) == 10
        with Store(plan, path) as store:
            assert not store.missing()

    @pytest.mark.parametrize("kept", [0, 5, 60])
    def test_a_torn_first_line_is_written_again(self, tmp_path, kept):
        path, plan = tmp_path / "a.parquet", plan_of(TRAP, OVER, "one.value")
        with Store(plan, path) as store:
            store.add([(3, cells.compute(plan, 3))])
            head = part_of(path).read_bytes().partition(b"\n")[0]
        part_of(path).write_bytes(head[:kept])
        with Store(plan, path) as store:
            store.add([(4, cells.compute(plan, 4))])
        with Store(plan, path) as store:
            assert len(store.missing()) == 11

    def test_no_text_of_a_scene_breaks_a_line(self, tmp_path):
        path, plan = tmp_path / "a.parquet", plan_of(TRAP, OVER, "one.value")
        row = cells.Row((float("nan"),), "", "here", cells.reason_of(ValueError("a\u2028b \udc80 ü")))
        with Store(plan, path) as store:
            store.add([(0, row)])
        with Store(plan, path) as store:
            assert store.rows[plan.at(0)].reason == row.reason == "a b ? ü"
            store.add((cell, row) for cell in range(len(plan)))
            store.finish()

    def test_a_grid_may_grow(self, tmp_path, notes):
        path = tmp_path / "a.parquet"
        sweep(path, {"n": "0:3", "seed": "0:2"}, fixed=notes.fixed)
        notes.taken()
        found = sweep(path, {"n": "4,0:3", "seed": "0:3"}, fixed=notes.fixed)
        assert sorted(notes.taken()) == ["0 2", "1 2", "2 2", "4 0", "4 1", "4 2"]
        assert found.n.tolist()[:4] == [4, 4, 4, 0]
        assert found.equals(sweep(None, {"n": "4,0:3", "seed": "0:3"}, fixed=notes.fixed))

    def test_failed_cells_are_computed_again_if_one_asks(self, tmp_path, notes):
        path = tmp_path / "a.parquet"
        sweep(path, fixed=notes.fixed)
        notes.taken()
        sweep(path, fixed=notes.fixed, retry=True)
        assert sorted(notes.taken()) == ["13 0", "13 1", "13 2"]

    @pytest.mark.parametrize("finished", [True, False], ids=["finished", "part"])
    @pytest.mark.parametrize(
        ("scene", "over", "measure", "fixed", "words"),
        [
            (TRAP, OVER, "one.twice", {}, "other measures (one.value, not one.twice)"),
            (TRAP, {"seed": "0:3", "n": "11:15"}, "one.value", {}, "other axes (n, seed, not seed, n)"),
            (TRAP, OVER, "one.value", {"mood": "once"}, "another mood (never, not once)"),
            (TRAP, {"n": "11:14", "seed": "0:3"}, "one.value", {}, "n = 14, which this sweep would drop"),
            ("toy/wave", {"seed": "0:3"}, "one.value", {}, "another scene (toy/trap, not toy/wave)"),
        ],
    )  # fmt: skip
    def test_another_sweep_is_not_mixed_in(self, tmp_path, finished, scene, over, measure, fixed, words):
        path, plan = tmp_path / "a.parquet", plan_of(TRAP, OVER, "one.value")
        if finished:
            run(plan, path, workers=0)
        else:
            with Store(plan, path) as store:
                store.add([(cell, cells.compute(plan, cell)) for cell in range(12)])
        held = {file: file.read_bytes() for file in tmp_path.iterdir()}
        with pytest.raises(InputError) as told:
            explorer.sweep(scene, over, measure, path, fixed=fixed, workers=0)
        assert words in str(told.value)
        assert {file: file.read_bytes() for file in held} == held

    def test_another_version_is_not_mixed_in(self, tmp_path, monkeypatch):
        path = tmp_path / "a.parquet"
        sweep(path)
        monkeypatch.setattr("explorer.grid.plan.VERSION", "99")
        with pytest.raises(InputError, match="another version"):
            sweep(path)

    def test_two_at_a_time_are_kept_apart(self, tmp_path):
        pytest.importorskip("fcntl")
        path, plan = tmp_path / "a.parquet", plan_of(TRAP, OVER, "one.value")
        with Store(plan, path), pytest.raises(InputError, match="another sweep is writing"):
            Store(plan, path)
        Store(plan, path).close()

    def test_one_that_comes_as_the_other_ends_writes_where_it_is_read(self, tmp_path, monkeypatch):
        """It has opened the unfinished file, and has yet to lock it, when that file goes."""
        fcntl = pytest.importorskip("fcntl")
        path, plan = tmp_path / "a.parquet", plan_of(TRAP, OVER, "one.value")
        row = cells.Row((1.0,), "", "here", "")
        first, lock = Store(plan, path), fcntl.flock

        def late(file, how):
            monkeypatch.setattr(fcntl, "flock", lock)
            first.add((cell, row) for cell in range(len(plan)))
            first.finish()
            lock(file, how)

        monkeypatch.setattr(fcntl, "flock", late)
        with Store(plan, path) as second:
            assert second.missing() == []
            second.add([(0, row)])
            assert part_of(path).read_bytes().count(b"\n") == 2
        assert part_of(path).exists()

    @pytest.mark.parametrize(
        ("to", "words"),
        [("a.csv", "does not end in .parquet"), ("none/a.parquet", "folder does not exist")],
    )
    def test_a_wrong_place_is_told_before_anything_is_computed(self, tmp_path, notes, to, words):
        with pytest.raises(InputError, match=words):
            sweep(tmp_path / to, fixed=notes.fixed)
        assert not notes.taken()

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1nonsensePAR1", b"x" * 99])
    def test_a_file_that_is_no_sweep_stays(self, tmp_path, content):
        path = tmp_path / "a.parquet"
        path.write_bytes(content)
        with pytest.raises(DataError):
            sweep(path)
        assert path.read_bytes() == content

    @pytest.mark.parametrize(
        "content", ["my notes\n", "my notes", "my\nnotes", "\n", '{"a": 1}\n[', "[" * 9999]
    )
    def test_a_part_that_is_none_stays(self, tmp_path, content):
        path = tmp_path / "a.parquet"
        part_of(path).write_text(content)
        with pytest.raises(InputError, match="is no unfinished sweep"):
            sweep(path)
        assert part_of(path).read_text() == content

    @pytest.mark.parametrize("room", [10, 500])
    def test_a_full_disk_is_a_sentence_and_keeps_what_was_there(self, tmp_path, room):
        resource = pytest.importorskip("resource")
        path, plan = tmp_path / "a.parquet", plan_of(TRAP, OVER, "one.value")
        with Store(plan, path) as store:
            store.add([(0, cells.compute(plan, 0))])
        held = part_of(path).stat().st_size
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (held + room, limits[1]))
        try:
            with pytest.raises(InputError, match=r"a\.parquet\.part could not be written: file too large"):
                sweep(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert len(sweep(path)) == 12


class TestFile:
    @pytest.fixture
    def path(self, tmp_path):
        sweep(tmp_path / "a.parquet", {"n": "12,13", "mood": "*", "seed": "0:2"}, ["one.value", "many.x:max"])
        return tmp_path / "a.parquet"

    def test_it_reads_back(self, path):
        held = result.read(path.read_bytes(), path.name)
        assert (held.scene, held.axes, held.shape) == (TRAP, ("n", "mood", "seed"), (2, 3, 2))
        assert held.axis("seed")["kind"] == "seed"
        assert held.failures == {"13 is no number to be computed with.": 6}
        values = held.grid("one.value")
        assert np.isnan(values[1]).all()
        plan = plan_of(TRAP, {"n": "12,13", "mood": "*", "seed": "0:2"}, ["one.value", "many.x:max"])
        assert values[0, 2, 1] == cells.compute(plan, 5).values[0]

    def test_others_read_it_too(self, path):
        table = pq.read_table(path)
        said = json.loads(table.schema.metadata[result.KEY])
        assert said["scene"] == TRAP
        assert table["n"].to_pylist() == [12] * 6 + [13] * 6
        assert sum(map(math.isnan, table["one.value"].to_pylist())) == 6

    def test_damage_is_a_sentence(self, path):
        held = path.read_bytes()
        rng = np.random.default_rng(0)
        read = 0
        for _ in range(200):
            broken = bytearray(held)
            broken[rng.integers(4, len(held))] ^= int(rng.integers(1, 256))
            with contextlib.suppress(DataError):  # any other error is a failure of this test
                read += bool(result.read(bytes(broken), "a.parquet"))
        assert read < 180
        for cut in (5, 50, len(held) // 2, len(held) - 1):
            with pytest.raises(DataError):
                result.read(held[:cut], "a.parquet")

    @pytest.mark.parametrize(
        "change",
        [
            lambda said: said.pop("axes"),
            lambda said: said.update(format=2),
            lambda said: said.update(scene=3),
            lambda said: said.update(measures=[]),
            lambda said: said.update(measures=["one.value", "reason"]),
            lambda said: said.update(measures=["n"]),
            lambda said: said["axes"][0].update(values=[1, 2]),
            lambda said: said["axes"][0].update(values=[12]),
            lambda said: said["axes"][0].update(values="ab"),
            lambda said: said["axes"][0].update(values=[[12], [13]]),
            lambda said: said["axes"][0].update(values=[12, "13"]),
            lambda said: said["axes"][0].update(values=[12, 12]),
            lambda said: said["axes"].reverse(),
            lambda said: said["axes"].append(said["axes"][0]),
            lambda said: said.update(fixed=[]),
        ],
    )
    def test_metadata_that_do_not_fit_are_a_sentence(self, path, tmp_path, change):
        table = pq.read_table(path)
        said = json.loads(table.schema.metadata[result.KEY])
        change(said)
        pq.write_table(table.replace_schema_metadata({result.KEY: json.dumps(said)}), tmp_path / "b.parquet")
        with pytest.raises(DataError, match=r"'b\.parquet'"):
            result.read((tmp_path / "b.parquet").read_bytes(), "b.parquet")

    def test_metadata_that_go_too_deep_are_a_sentence(self, path, tmp_path):
        deep = pq.read_table(path).replace_schema_metadata({result.KEY: "[" * 200_000})
        pq.write_table(deep, tmp_path / "b.parquet")
        with pytest.raises(DataError, match=r"'b\.parquet' is damaged"):
            result.read((tmp_path / "b.parquet").read_bytes(), "b.parquet")
