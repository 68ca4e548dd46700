"""The badges judge what the figures draw: a doctored column turns its badge red."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.core.frame import Field, Series

SETTINGS = {
    "three": {"data": "three", "curves": "two", "n": 40},
    "gaussian": {"data": "gaussian", "first": "euler", "second": "ancestral", "curves": "two", "n": 400},
    "set": {"data": "ring", "curves": "two", "n": 40},
    "levels": {"data": "nine", "second": "rk4", "map": "levels", "curves": "two", "n": 40},
    "likelihood": {"data": "tilted", "first": "heun", "map": "likelihood", "curves": "two", "n": 40},
}
OFF = 1.0 + 1e-6


@pytest.fixture(scope="module")
def models():
    made = {name: explorer.scene("diffusion/samplers", **inputs) for name, inputs in SETTINGS.items()}
    return lambda name: made[name]


def verdicts(model, frame):
    return {check.name: check.verdict for check in model.judged(frame)}


def with_series(frame, name, **columns):
    held = frame.series[name]
    return frame.with_(series={name: Series("time", {**held, **columns})})


@pytest.mark.parametrize("name", SETTINGS)
def test_all_hold(models, name):
    model = models(name)
    assert "fails" not in verdicts(model, model.frame).values()


def test_one_gaussian_has_every_closed_form(models):
    found = verdicts(models("gaussian"), models("gaussian").frame)
    for law in ("Gaussian flow in closed form", "Euler's shrink factor", "ancestral variance"):
        assert found[law] == "holds"


@pytest.mark.parametrize(
    ("name", "series", "column", "law"),
    [
        ("three", "clean", "clean_x", "Tweedie: D = x + σ²∇log p"),
        ("three", "swarm", "first_y", "Tweedie: D = x + σ²∇log p"),
        ("set", "clean", "clean_y", "Tweedie: D = x + σ²∇log p"),
        ("gaussian", "swarm", "first_x", "Euler's shrink factor"),
    ],
)
def test_a_doctored_point_turns_its_badge_red(models, name, series, column, law):
    model = models(name)
    held = model.frame.series[series][column]
    moved = np.array(held)
    moved[-1] *= OFF
    if series == "clean":
        moved = held * OFF
    assert verdicts(model, with_series(model.frame, series, **{column: moved}))[law] == "fails"


def test_a_doctored_shade_turns_its_badge_red(models):
    model = models("three")
    held = model.frame.fields["shade"]
    values = np.array(held.values)
    values[0] = np.maximum(values[0], 4) - 4
    frame = model.frame.with_(fields={"shade": Field(held.x, held.y, values, "time")})
    assert verdicts(model, frame)["shade² = density, written out"] == "fails"


def test_a_variance_off_by_a_third_turns_its_badge_red(models):
    model = models("gaussian")
    held = model.frame.series["swarm"]
    wide = {name: held[name] * 1.2 for name in ("second_x", "second_y")}
    assert verdicts(model, with_series(model.frame, "swarm", **wide))["ancestral variance"] == "fails"


@pytest.mark.parametrize(
    ("name", "table", "column", "change", "law"),
    [
        ("gaussian", "own_exact", "exact_own_x", lambda v: v * OFF, "Gaussian flow in closed form"),
        (
            "three",
            "errors",
            "median1",
            lambda v: v * np.arange(1, len(v) + 1),
            "measured order = nominal",
        ),
        ("three", "orders", "own_error", lambda v: v + 1e-6, "the reference certifies itself"),
        ("levels", "stairs_first", "first_stair", lambda v: v * 1.01, "error of a step, followed anew"),
        ("levels", "stairs_second", "second_stair_x", lambda v: v + 0.01, "error of a step, followed anew"),
        ("likelihood", "likely", "exact_log", lambda v: v + 1e-5, "likelihood along the flow"),
    ],
)
def test_a_doctored_column_turns_its_badge_red(models, name, table, column, change, law):
    model = models(name)
    held = model.frame.tables[table]
    frame = model.frame.with_(tables={table: {**held, column: change(np.array(held[column]))}})
    assert verdicts(model, frame)[law] == "fails"


def test_swapped_colours_turn_the_map_red(models):
    model = models("three")
    tables = model.frame.tables
    swapped = {
        f"mode{k}": {f"mode{k}_{axis}": tables[f"mode{other}"][f"mode{other}_{axis}"] for axis in "xy"}
        for k, other in ((0, 1), (1, 0))
    }
    assert verdicts(model, model.frame.with_(tables=swapped))["starts reach their colour"] == "fails"
