"""What is drawn of a sweep is what its file says; a doctored column turns its badge red."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import explorer
from explorer.core import registry
from explorer.core.frame import Series
from explorer.core.values import InputError
from explorer.grid import result
from explorer.sweeps.result import laws, source, tables

TRAP = "toy/trap"
OVER = {"n": "12:15", "mood": "*", "deadly": [-1, 7], "seed": "0:6"}


@pytest.fixture(scope="module", autouse=True)
def _trap():
    registry.register(TRAP, "tests.toy.trap")
    yield
    del registry._scenes()[TRAP]


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sweeps") / "trap.parquet"
    explorer.sweep(TRAP, OVER, ["one.value", "many.x:max"], path, workers=0)
    return path


@pytest.fixture(scope="module")
def table(path) -> pd.DataFrame:
    return pd.read_parquet(path)


def opened(path, **inputs):
    return explorer.scene("sweeps/result", file=str(path), **inputs)


def verdicts(model, frame=None):
    return {check.name: check.verdict for check in model.judged(frame or model.frame)}


class TestNumbers:
    def test_means_and_errors_are_those_of_pandas(self, path, table):
        model = opened(path, hold="deadly=7")
        cells = pd.DataFrame(dict(model.frame.tables["cells"]))
        groups = table[table.deadly == 7].groupby(["n", "mood"], sort=False)["one.value"]
        np.testing.assert_allclose(cells.cell_mean, groups.mean(), rtol=1e-14)
        np.testing.assert_allclose(cells.cell_error, groups.sem(), rtol=1e-13)
        assert cells.cell_count.tolist() == groups.count().tolist()
        assert cells.cell_failed.tolist() == [0, 0, 0, 6, 6, 6, 0, 0, 0]

    def test_the_usual_axes(self, path):
        cut = opened(path).cut()
        assert (cut.x, cut.y, cut.over, cut.fixed) == ("n", "mood", "seed", {"deadly": -1})
        bundled = explorer.scene("sweeps/result").cut()
        assert (bundled.x, bundled.y, bundled.over) == ("p", "noise", "seed")

    def test_axes_may_trade_places(self, path):
        one, other = (
            opened(path, x=x, y=y).frame.tables["cells"]["cell_mean"]
            for x, y in (("n", "mood"), ("mood", "n"))
        )
        np.testing.assert_array_equal(one.reshape(3, 3), other.reshape(3, 3).T)

    def test_an_axis_named_twice_counts_once(self, path):
        cut = opened(path, x="seed", y="seed", average="seed").cut()
        assert (cut.x, cut.y, cut.over) == ("seed", "none", "none")
        assert cut.fixed == {"n": 12, "mood": "never", "deadly": -1}

    @pytest.mark.parametrize(
        "inputs",
        [
            {"x": "seed", "average": "none"},
            {"x": "mood", "y": "none", "average": "n", "hold": "seed=3"},
            {"y": "none", "average": "none"},
            {"measure": "many.x:max", "scale": "log"},
            {"x": "deadly", "y": "seed", "average": "mood", "hold": "n=13"},
        ],
        ids=str,
    )
    def test_every_check_holds_for_other_cuts(self, path, inputs):
        model = opened(path, **inputs)
        assert "fails" not in verdicts(model).values()
        assert len(model.figures()) == 4

    def test_a_sweep_of_one_cell(self, tmp_path):
        explorer.sweep(TRAP, {"n": [5]}, "one.value", tmp_path / "one.parquet", workers=0)
        model = opened(tmp_path / "one.parquet")
        assert "fails" not in verdicts(model).values()
        assert len(model.figures()) == 4

    def test_where_every_cell_failed_there_is_nothing_to_draw(self, tmp_path):
        explorer.sweep(TRAP, {"n": [13], "seed": "0:3"}, "one.value", tmp_path / "none.parquet", workers=0)
        model = opened(tmp_path / "none.parquet")
        assert verdicts(model)["a cell computed again"] == "n/a"
        assert "fails" not in verdicts(model).values()
        assert "3 of 3 cells failed" in model.frame.captions["landscape"]
        assert len(model.figures()) == 4

    def test_long_axes_are_thinned_with_both_ends(self, tmp_path):
        explorer.sweep(
            TRAP, {"n": "20:320", "seed": "0:2"}, "one.value", tmp_path / "long.parquet", workers=0
        )
        cut = opened(tmp_path / "long.parquet").cut()
        assert (len(cut.levels[0]), cut.levels[0][0], cut.levels[0][-1]) == (200, 20, 319)
        assert "fails" not in verdicts(opened(tmp_path / "long.parquet")).values()


class TestWords:
    def test_failures_are_told_with_their_reason(self, path):
        model = opened(path)
        told = model.frame.captions["landscape"]
        assert "18 of 54 cells failed, 18 of them because: 13 is no number to be computed with." in told
        assert model.frame.tables["failed"]["failed_x"].tolist() == [1.0] * 3
        assert set(model.frame.tables["failed"]["failed_why"]) == {"13 is no number to be computed with."}

    def test_values_that_a_logarithmic_scale_leaves_out_are_counted(self, tmp_path):
        over = {"n": [0, 1], "mood": "never,once", "seed": "0:2"}
        explorer.sweep(TRAP, over, "many.x:max", tmp_path / "zero.parquet", workers=0)
        model = opened(tmp_path / "zero.parquet", average="n", x="seed", scale="log")
        assert "4 values that are not positive are left out" in model.frame.captions["spread"]
        assert "fails" not in verdicts(model).values()
        linear = opened(tmp_path / "zero.parquet", scale="log").frame
        assert not linear.facts["log"]
        assert "keep the scale linear" in linear.captions["lines"]

    @pytest.mark.parametrize(
        ("levels", "words"),
        [
            ((1, 2, 3), ""),
            ((1, 2, 4), " (log)"),
            ((1, 2, 5), " (not to scale)"),
            ((0, 1, 3), " (not to scale)"),
            ((1, 9), ""),
            (("a", "b", "c"), ""),
            ((False, True), ""),
        ],
    )
    def test_an_axis_says_how_its_values_are_spaced(self, levels, words):
        assert tables.spacing(levels) == words

    @pytest.mark.parametrize(
        ("inputs", "words"),
        [
            ({"measure": "none"}, "measure is one of one.value, many.x:max; 'none' is not"),
            ({"x": "width"}, "x is one of n, mood, deadly, seed"),
            ({"hold": "deadly"}, "names no value"),
            ({"hold": "n=12"}, "neither drawn nor averaged: deadly"),
            ({"hold": "deadly=3"}, "deadly takes the values -1, 7; '3' is none"),
        ],
    )
    def test_what_is_wrong_is_one_sentence(self, path, inputs, words):
        with pytest.raises(ValueError, match=r"\.$") as told:
            _ = opened(path, **inputs).frame
        assert words in str(told.value)

    def test_another_file_lets_go_of_names_that_it_has_not(self, path):
        model = opened(path, x="deadly", measure="many.x:max", average="seed")
        model.update(file="")
        assert (model.x, model.measure, model.average) == ("", "", "seed")
        model.update(file=str(path), x="deadly")
        assert model.x == "deadly"
        with pytest.raises(InputError, match="is damaged"):
            model.update(file=(b"PAR1", "a.parquet"))


@pytest.fixture(scope="module")
def model(path):
    return opened(path)


class TestBadges:
    def test_all_hold(self, model):
        assert set(verdicts(model).values()) == {"holds"}

    @pytest.mark.parametrize(
        ("table", "column", "law"),
        [
            ("cells", "cell_mean", "means = the file's"),
            ("lines", "line1", "means = the file's"),
            ("cells", "cell_error", "bars = standard errors"),
            ("lines", "high2", "bars = standard errors"),
            ("cells", "cell_count", "every cell is counted once"),
            ("failed", "failed_cells", "every cell is counted once"),
        ],
    )
    def test_a_doctored_table_is_found(self, model, table, column, law):
        held = model.frame.tables[table]
        change = held[column] + (1 if held[column].dtype.kind in "iu" else 1e-8)
        assert verdicts(model, model.frame.with_(tables={table: {**held, column: change}}))[law] == "fails"

    @pytest.mark.parametrize(
        ("series", "column", "law"),
        [
            ("means", "mean", "means = the file's"),
            ("means", "mean_high", "bars = standard errors"),
            ("running", "running0", "running means end at the mean"),
            ("values", "value", "a cell computed again"),
        ],
    )
    def test_a_doctored_page_is_found(self, model, series, column, law):
        held = model.frame.series[series]
        doctored = Series("at", {**held, column: held[column] * (1 + 1e-9)})
        assert verdicts(model, model.frame.with_(series={series: doctored}))[law] == "fails"

    def test_a_file_that_tells_other_numbers_than_its_scene_is_found(self, path, tmp_path):
        held = pq.read_table(path)
        place = held.column_names.index("one.value")
        wrong = held.set_column(place, "one.value", [np.nextafter(held["one.value"].to_numpy(), np.inf)])
        pq.write_table(wrong, tmp_path / "wrong.parquet")
        found = verdicts(opened(tmp_path / "wrong.parquet"))
        assert found.pop("a cell computed again") == "fails"
        assert set(found.values()) == {"holds"}

    def test_another_machine_may_differ_in_the_last_digits(self, path, tmp_path):
        held = pq.read_table(path)
        for name, values in (
            ("machine", ["another"] * held.num_rows),
            ("one.value", held["one.value"].to_numpy() * (1 + 1e-12)),
        ):
            held = held.set_column(held.column_names.index(name), name, [values])
        pq.write_table(held, tmp_path / "other.parquet")
        check = next(check for check in opened(tmp_path / "other.parquet").checks() if "again" in check.name)
        assert (check.verdict, check.tolerance) == ("holds", laws.ELSEWHERE)
        assert "another machine" in check.note

    def test_what_cannot_be_computed_here_is_said(self, path, monkeypatch):
        scene = registry._scenes().pop(TRAP)
        laws.recomputed.cache_clear()
        try:
            check = next(check for check in opened(path).checks() if "again" in check.name)
        finally:
            registry._scenes()[TRAP] = scene
            laws.recomputed.cache_clear()
        assert check.verdict == "n/a"
        assert "there is no scene 'toy/trap'" in check.note
        monkeypatch.setattr(laws, "VERSION", "99")
        assert verdicts(opened(path))["a cell computed again"] == "n/a"

    def test_a_cell_that_fails_now_is_found(self, path, monkeypatch):
        def broken(self, report):
            raise RuntimeError("the scene broke.")

        monkeypatch.setattr(registry.find(TRAP).model_class, "compute", broken)
        laws.recomputed.cache_clear()
        assert verdicts(opened(path))["a cell computed again"] == "fails"
        laws.recomputed.cache_clear()

    def test_it_may_be_switched_off(self, path):
        assert verdicts(opened(path, recompute=False))["a cell computed again"] == "n/a"


def test_the_bundled_sweep_is_what_its_command_writes():
    held = source.bundled()
    assert held.scene == "ridge/path"
    assert held.failures == {}
    story = registry.find("sweeps/result").story
    for name in held.axes:
        assert f"--over {name}=" in story
    for name in held.measures:
        assert f"--measure {name}" in story
    for place in (0, 417, 839):
        model = explorer.from_link(held.columns["link"][place])
        assert model.frame.tables["path"]["risk"].min() == pytest.approx(
            held.columns["path.risk:min"][place], rel=1e-6
        )
    assert result.KEY in pq.read_schema(source.asset(source.BUNDLED)).metadata


def test_the_page_lists_the_names_of_the_file_that_it_shows(path):
    from explorer.dashboard.controls import Controls

    model = explorer.scene("sweeps/result")
    controls = Controls(model, lambda values, moving: None)
    assert (controls.widgets["x"].options, controls.widgets["x"].value) == (["noise", "p", "seed"], "p")
    model.update(file=str(path))
    controls.show(model)
    assert controls.widgets["x"].options == ["n", "mood", "deadly", "seed"]
    assert [controls.widgets[name].value for name in ("measure", "x", "y", "average")] == [
        "one.value", "n", "mood", "seed",
    ]  # fmt: skip
