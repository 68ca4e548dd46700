"""The badges judge what the figures draw: a doctored column turns its badge red."""

from __future__ import annotations

import numpy as np
import pytest

import explorer

SETTINGS = {
    "diabetes": {"data": "diabetes"},
    "tall": {"data": "synthetic", "n": 60, "p": 20, "draws": 10},
    "wide": {"data": "synthetic", "n": 30, "p": 80, "draws": 10},
}


@pytest.fixture(scope="module", params=SETTINGS)
def model(request):
    return explorer.scene("ridge/path", **SETTINGS[request.param])


def verdicts(model, **tables):
    frame = model.frame.with_(tables={name: {**model.frame.tables[name], **c} for name, c in tables.items()})
    return {check.name: check.verdict for check in model.judged(frame)}


def test_all_hold(model):
    assert "fails" not in verdicts(model).values()


@pytest.mark.parametrize(
    ("table", "column", "change", "law"),
    [
        ("path", "loo", lambda v: v * (1 + 1e-8), "leave-one-out = refits"),
        ("path", "df", lambda v: v * (1 - 1e-7), "df = trace, falls with α"),
        ("path", "df", lambda v: v[::-1], "df = trace, falls with α"),
        ("path", "w1", lambda v: v + 1e-7 * np.abs(v).max(), "normal equations"),
        ("path", "w2", lambda v: v + 1e-7 * np.abs(v).max(), "primal = dual"),
        ("limit_weights", "limit_weight", lambda v: v + 1e-7 * np.abs(v).max(), "α → 0 is minimum norm"),
    ],
)
def test_a_doctored_column_turns_its_badge_red(model, table, column, change, law):
    held = model.frame.tables[table][column]
    assert verdicts(model, **{table: {column: change(np.array(held))}})[law] == "fails"


def test_theory_off_by_a_tenth_turns_its_badge_red():
    model = explorer.scene("ridge/path", **SETTINGS["tall"])
    simulated = model.frame.tables["simulation"]
    moved = {name: simulated[name] * 1.5 for name in ("sim_test", "sim_low", "sim_high")}
    assert verdicts(model, simulation=moved)["theory = simulation"] == "fails"


def test_a_table_of_few_rows_is_refused_in_one_sentence(tmp_path):
    file = tmp_path / "few.csv"
    file.write_text("a,b,y\n1,2,3\n2,1,5\n4,4,1\n")
    with pytest.raises(ValueError, match="at least 5 rows"):
        _ = explorer.scene("ridge/path", data=file).frame
