"""What is drawn of a sweep is what its file says; a doctored column turns its badge red."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import explorer
from explorer.core import registry
from explorer.core.frame import Series
from explorer.core.values import InputError
from explorer.grid import result
from explorer.sweeps.result import laws, source, tables
from explorer.sweeps.result.cut import words

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


def written(path, axes, value, reason="", digest="0", **kinds) -> Path:
    """A file as a sweep writes it, over axes of any values; number, reason and digest of a row are given."""
    shape = [len(levels) for levels in axes.values()]
    count = int(np.prod(shape))
    places = np.indices(shape).reshape(len(shape), -1)
    columns = {name: np.array(axes[name])[at] for name, at in zip(axes, places, strict=True)}
    columns |= {"m": np.broadcast_to(np.asarray(value, float), count), "machine": ["here"] * count}
    for name, text in (("digest", digest), ("link", ""), ("reason", reason)):
        columns[name] = [text] * count if isinstance(text, str) else list(text)
    described = [
        {"name": name, "label": name, "unit": "", "kind": kinds.get(name, "number"), "values": list(levels)}
        for name, levels in axes.items()
    ]
    said = {"format": 1, "scene": TRAP, "version": "0", "fixed": {}, "axes": described, "measures": ["m"]}
    held = pa.table(columns).replace_schema_metadata({result.KEY: json.dumps(said)})
    pq.write_table(held, path)
    return path


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


WILD = [1.0, np.inf, 3.0, np.nan, -np.inf, np.nan, np.nan, 5.0, 2.0, 2.0, 4.0, 4.0]
WHY = ["", "", "", "broke.", "", "", "broke.", "", "", "", "", ""]


@pytest.fixture(scope="module")
def wild(tmp_path_factory) -> Path:
    """Over three places: two numbers, inf and a failure; one number, -inf, NaN and a failure; four numbers."""
    path = tmp_path_factory.mktemp("wild") / "wild.parquet"
    return written(path, {"p": [1, 2, 3], "seed": [0, 1, 2, 3]}, WILD, WHY, seed="seed")


class TestNotFinite:
    def test_they_are_counted_apart_from_failures(self, wild):
        frame = opened(wild).frame
        cells = frame.tables["cells"]
        assert cells["cell_count"].tolist() == [2, 1, 4]
        assert cells["cell_failed"].tolist() == [1, 1, 0]
        assert cells["cell_not_finite"].tolist() == [1, 2, 0]
        assert cells["cell_mean"].tolist() == [2.0, 5.0, 3.0]
        crosses = frame.tables["failed"]
        assert crosses["failed_x"].tolist() == [0.0, 1.0]
        assert crosses["failed_cells"].tolist() == [1, 1]
        assert crosses["failed_not_finite"].tolist() == [1, 2]
        assert crosses["failed_why"].tolist() == ["broke.", "not a finite number"]
        assert "fails" not in verdicts(opened(wild)).values()

    def test_a_cross_tells_both_numbers(self, wild):
        boxes, crosses, _ = next(iter(opened(wild).figures())).values()
        assert {"cell_failed", "cell_not_finite"} <= {dim.name for dim in boxes.vdims}
        assert {"failed_cells", "failed_not_finite"} <= {dim.name for dim in crosses.vdims}

    @pytest.mark.parametrize(
        ("values", "reason", "words"),
        [
            (WILD, WHY, "2 of them because: broke. Crosses too: 3 of 12 values are not finite and are left out of"),
            ([np.inf] + [1.0] * 11, "", "No cell failed. Crosses: 1 of 12 values is not finite and is left out of"),
        ],
    )  # fmt: skip
    def test_the_caption_says_how_many_are_left_out(self, tmp_path, values, reason, words):
        axes = {"p": [1, 2, 3], "seed": [0, 1, 2, 3]}
        told = opened(written(tmp_path / "a.parquet", axes, values, reason, seed="seed")).frame.captions
        assert f"{words} the means." in told["landscape"]

    def test_where_nothing_is_averaged_they_are_left_out_of_no_mean(self, wild):
        told = opened(wild, y="seed", average="none").frame.captions["landscape"]
        assert told.endswith("Crosses too: 3 of 12 values are not finite and are left out.")
        assert "finite" not in explorer.scene("sweeps/result").frame.captions["landscape"]

    @pytest.mark.parametrize("scale", ["linear", "log"])
    def test_one_value_has_no_bar(self, wild, scale):
        frame = opened(wild, scale=scale).frame
        assert frame.facts["log"] == (scale == "log")
        lines, means, bars = frame.tables["lines"], frame.series["means"], frame.series["running_bars"]
        for end in (lines["low0"], lines["high0"], means["mean_low"].ravel(), means["mean_high"].ravel()):
            assert np.isfinite(end).tolist() == [True, False, True]
        assert lines["line0"].tolist() == [2.0, 5.0, 3.0]
        for end in ("bar_low0", "bar_high0"):
            assert not np.isfinite(bars[end][1]).any()
        assert "A single value has no bar." in frame.captions["lines"]

    def test_where_nothing_is_averaged_bars_have_no_length(self, wild):
        lines = opened(wild, y="seed", average="none").frame.tables["lines"]
        np.testing.assert_array_equal(lines["low0"], lines["line0"])
        np.testing.assert_array_equal(lines["high0"], lines["line0"])

    @pytest.mark.parametrize("size", [1e-200, 1e200])
    def test_bars_of_the_very_small_and_the_very_large(self, tmp_path, size):
        path = written(tmp_path / "a.parquet", {"seed": [0, 1], "p": [1, 2]}, np.array([1, 2, 3, 2]) * size)
        model = opened(path, x="p", y="none", average="seed")
        np.testing.assert_allclose(model.frame.tables["cells"]["cell_error"] / size, [1, 0])
        assert "fails" not in verdicts(model).values()


class TestWords:
    def test_levels_are_told_apart_by_as_many_digits_as_it_takes(self):
        assert words([0.1, 1000.0, 1e-7]) == ("0.1", "1000", "1e-07")
        assert words([1000.1, 1000.2]) == ("1000.1", "1000.2")
        assert words([1.0, 1 + 2**-52]) == ("1", "1.0000000000000002")
        assert words(["a", "b" * 20]) == ("a", "b" * 15 + "…")
        assert words(["b" * 20, "b" * 19 + "a"]) == ("b" * 20, "b" * 19 + "a")
        assert len(set(words(["b" * 99 + end for end in "ac"]))) == 2
        assert words([True, False]) == ("True", "False")

    def test_legend_ticks_and_captions_tell_levels_apart(self, tmp_path):
        axes = {"p": [1000.1, 1000.2, 1000.3], "q": [0.99999, 1.0], "r": [5.00001, 5.00002]}
        path = written(tmp_path / "a.parquet", axes, 1.0)
        frame = opened(path, x="p", y="q", average="none").frame
        assert [words for _, words in frame.facts["x_ticks"]] == ["1000.1", "1000.2", "1000.3"]
        assert [words for _, words in frame.facts["y_ticks"]] == ["0.99999", "1"]
        assert frame.facts["lines"][:2] == ("q = 0.99999", "q = 1")
        assert "held: r = 5.00001." in frame.captions["landscape"]
        assert frame.series["told"]["told"][:, 0].tolist() == ["p = 1000.1", "p = 1000.2", "p = 1000.3"]

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1", 1.0),
            ("1.0", 1.0),
            ("1e0", 1.0),
            ("0.99999", 0.99999),
            ("7.123", 7.12345),
            ("1000.3", 1000.3),
        ],
    )
    def test_an_axis_is_held_where_the_text_says(self, tmp_path, text, value):
        levels = [0.99999, 1.0, 7.12345, 1000.1, 1000.2, 1000.3]
        path = written(tmp_path / "a.parquet", {"q": levels, "p": [1, 2]}, 1.0)
        assert opened(path, x="p", y="none", average="none", hold=f"q={text}").cut().fixed == {"q": value}

    def test_a_word_that_several_levels_share_is_asked_about(self, tmp_path):
        path = written(tmp_path / "a.parquet", {"q": [1000.1, 1000.2, 3.0], "p": [1, 2]}, 1.0)
        with pytest.raises(ValueError, match=r"\.$") as told:
            _ = opened(path, x="p", y="none", average="none", hold="q=1000").frame
        assert (
            str(told.value)
            == "q takes several values that are written 1000: 1000.1, 1000.2; give one in full."
        )

    def test_what_is_thinned_is_told_with_all_there_is(self, tmp_path):
        axes = {"p": list(range(300)), "noise": list(range(150))}
        told = opened(written(tmp_path / "a.parquet", axes, 1.0)).frame.captions
        assert "The map shows 200 of 300 values of p and 100 of 150 of noise." in told["landscape"]
        assert "10 of 150 lines are drawn." in told["lines"]
        told = opened(
            written(tmp_path / "b.parquet", {"p": [1, 2], "noise": list(range(150))}, 1.0), x="p", y="noise"
        )
        assert "The map shows 100 of 150 values of noise." in told.frame.captions["landscape"]
        assert "The map shows" not in explorer.scene("sweeps/result").frame.captions["landscape"]

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
    return opened(path, scale="linear")


class TestBadges:
    def test_all_hold(self, model):
        assert set(verdicts(model).values()) == {"holds"}

    @pytest.mark.parametrize(
        ("table", "column", "law"),
        [
            ("cells", "cell_mean", "means = the file's"),
            ("lines", "line1", "means = the file's"),
            ("cells", "cell_error", "bars = standard errors"),
            ("lines", "low2", "bars = standard errors"),
            ("lines", "high2", "bars = standard errors"),
            ("cells", "cell_count", "every cell is counted once"),
            ("cells", "cell_failed", "every cell is counted once"),
            ("cells", "cell_not_finite", "every cell is counted once"),
            ("failed", "failed_cells", "every cell is counted once"),
            ("failed", "failed_not_finite", "every cell is counted once"),
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
            ("means", "mean_low", "bars = standard errors"),
            ("means", "mean_high", "bars = standard errors"),
            ("running", "running0", "running means = the file's"),
            ("running_bars", "bar_low1", "bars = standard errors"),
            ("running_bars", "bar_high2", "bars = standard errors"),
            ("values", "value", "a cell computed again"),
        ],
    )
    def test_a_doctored_page_is_found(self, model, series, column, law):
        held = model.frame.series[series]
        doctored = Series("at", {**held, column: held[column] * (1 + 1e-9)})
        assert verdicts(model, model.frame.with_(series={series: doctored}))[law] == "fails"

    @pytest.mark.parametrize("inputs", [{}, {"scale": "linear"}, {"y": "none", "hold": "noise=1"}], ids=str)
    def test_bars_and_running_means_that_are_too_long_are_found(self, inputs):
        model = explorer.scene("sweeps/result", recompute=False, **inputs)
        frame, slot = model.frame, 0
        assert "fails" not in verdicts(model).values()
        lines, running, bars = frame.tables["lines"], frame.series["running"], frame.series["running_bars"]
        middle, low = lines[f"line{slot}"], lines[f"low{slot}"]
        longer = {**lines, "low0": np.where(middle > 5 * (middle - low), middle - 5 * (middle - low), low)}
        doctored = frame.with_(tables={"lines": longer})
        assert verdicts(model, doctored)["bars = standard errors"] == "fails"

        middle = running["running0"][:, bars["bar"][0].astype(int) - 1]
        for end in ("bar_low0", "bar_high0"):
            longer = Series("at", {**bars, end: middle + 3 * (bars[end] - middle)})
            assert (
                verdicts(model, frame.with_(series={"running_bars": longer}))["bars = standard errors"]
                == "fails"
            )

        doubled = running["running0"] * 2
        doubled[:, -1] /= 2
        doctored = frame.with_(series={"running": Series("at", {**running, "running0": doubled})})
        assert verdicts(model, doctored)["running means = the file's"] == "fails"

    @pytest.mark.parametrize("place", range(0, 20, 3))
    def test_each_running_mean_counts(self, place):
        model = explorer.scene("sweeps/result", recompute=False)
        running = model.frame.series["running"]
        changed = running["running1"].copy()
        changed[4, place] *= 1 + 1e-8
        doctored = model.frame.with_(series={"running": Series("at", {**running, "running1": changed})})
        assert verdicts(model, doctored)["running means = the file's"] == "fails"

    def test_running_means_in_another_order_are_found(self, model, monkeypatch):
        monkeypatch.setattr(tables.np, "nancumsum", lambda values, axis: values[..., ::-1].cumsum(axis=axis))
        assert verdicts(model, model.compute(lambda *_: None))["running means = the file's"] == "fails"

    @pytest.mark.parametrize(
        ("part", "name", "column", "law"),
        [
            ("tables", "cells", "cell_mean", "means = the file's"),
            ("tables", "cells", "cell_error", "bars = standard errors"),
            ("tables", "lines", "line0", "means = the file's"),
            ("tables", "lines", "low0", "bars = standard errors"),
            ("tables", "lines", "high0", "bars = standard errors"),
            ("series", "means", "mean", "means = the file's"),
            ("series", "means", "mean_low", "bars = standard errors"),
            ("series", "means", "mean_high", "bars = standard errors"),
            ("series", "running", "running0", "running means = the file's"),
            ("series", "running_bars", "bar_low0", "bars = standard errors"),
            ("series", "running_bars", "bar_high0", "bars = standard errors"),
        ],
    )
    def test_a_number_where_the_file_has_none_is_found(self, model, part, name, column, law):
        held = getattr(model.frame, part)[name]
        assert np.isnan(held[column]).any()
        filled = {**held, column: np.nan_to_num(held[column], nan=1.0)}
        made = filled if part == "tables" else Series("at", filled)
        assert verdicts(model, model.frame.with_(**{part: {name: made}}))[law] == "fails"
        emptied = {**held, column: np.full(held[column].shape, np.nan)}
        made = emptied if part == "tables" else Series("at", emptied)
        assert verdicts(model, model.frame.with_(**{part: {name: made}}))[law] == "fails"

    @pytest.mark.parametrize("scale", ["linear", "log"])
    @pytest.mark.parametrize("seed", range(4))
    def test_they_hold_for_numbers_of_any_size(self, tmp_path, seed, scale):
        rng = np.random.default_rng(seed)
        values = 10 ** rng.uniform(-9, 9, 120) * rng.choice([1, 1, 1, 1, -0.5], 120)
        values[rng.choice(120, 30, replace=False)] = rng.choice([np.nan, np.inf, 0.0], 30)
        path = written(
            tmp_path / "a.parquet", {"q": [1, 2, 3], "seed": [*range(8)], "p": [*range(5)]}, values
        )
        for x, y, over in (("p", "q", "seed"), ("seed", "none", "p"), ("q", "p", "none"), ("p", "seed", "q")):
            found = verdicts(opened(path, x=x, y=y, average=over, scale=scale))
            assert "fails" not in found.values()

    def test_a_bar_that_reaches_to_zero_ends_above_it(self, tmp_path):
        path = written(tmp_path / "a.parquet", {"p": [1, 2], "seed": [0, 1]}, [0, 1, 1e-17, 3.0], seed="seed")
        model = opened(path, scale="log")
        assert (model.frame.tables["lines"]["low0"] > 0).all()
        assert "fails" not in verdicts(model).values()
        for low in (-1.0, 5.0, np.nan):
            lines = {**model.frame.tables["lines"], "low0": [low, low]}
            found = verdicts(model, model.frame.with_(tables={"lines": lines}))
            assert found["bars = standard errors"] == "fails"

    def test_large_grids_are_checked_in_a_moment(self, tmp_path):
        axes = {"p": [1], "q": [*range(4)], "seed": [*range(10_000)]}
        values = np.random.default_rng(0).lognormal(size=40_000)
        model = opened(written(tmp_path / "a.parquet", axes, values, seed="seed"), x="p", recompute=False)
        frame, started = model.frame, time.perf_counter()
        assert "fails" not in verdicts(model, frame).values()
        assert time.perf_counter() - started < 3

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
        try:
            check = next(check for check in opened(path).checks() if "again" in check.name)
        finally:
            registry._scenes()[TRAP] = scene
        assert check.verdict == "n/a"
        assert "there is no scene 'toy/trap'" in check.note
        assert verdicts(opened(path))["a cell computed again"] == "holds"
        monkeypatch.setattr(laws, "VERSION", "99")
        assert verdicts(opened(path))["a cell computed again"] == "n/a"

    def test_a_cell_that_fails_now_is_found(self, path, monkeypatch):
        def broken(self, report):
            raise RuntimeError("the scene broke.")

        laws.computed.cache_clear()
        with monkeypatch.context() as patch:
            patch.setattr(registry.find(TRAP).model_class, "compute", broken)
            assert verdicts(opened(path))["a cell computed again"] == "fails"
        assert verdicts(opened(path))["a cell computed again"] == "holds"

    def test_a_number_is_computed_once(self, path, monkeypatch):
        assert verdicts(opened(path))["a cell computed again"] == "holds"
        monkeypatch.setattr(registry.find(TRAP).model_class, "compute", None)
        assert verdicts(opened(path))["a cell computed again"] == "holds"

    def test_any_text_may_stand_as_a_digest(self, path, tmp_path):
        held = pq.read_table(path)
        place = held.column_names.index("digest")
        pq.write_table(
            held.set_column(place, "digest", [["no number"] * held.num_rows]), tmp_path / "a.parquet"
        )
        assert set(verdicts(opened(tmp_path / "a.parquet")).values()) == {"holds"}

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
