"""The badges judge what the figures draw: a doctored column turns its badge red."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.core.frame import Field

SMALL = {"samples": 300, "epochs": 4, "width": 8}
SETTINGS = {
    "digits": SMALL,
    "narrow": {**SMALL, "width": 4, "method": "activations"},
    "tanh": {**SMALL, "activation": "tanh", "depth": 2},
    "moons": {**SMALL, "data": "moons", "balanced": True, "repair": True},
    "soft": {**SMALL, "data": "rings", "method": "sinkhorn", "measure": "error"},
    "plain": {**SMALL, "data": "spirals", "method": "none", "shared": 4.0},
    "toy": {"data": "hyperbola", "a": 2.5},
}


@pytest.fixture(scope="module")
def models():
    held = {}

    def opened(name):
        if name not in held:
            held[name] = explorer.scene("connectivity/pair", **SETTINGS[name])
        return held[name]

    return opened


def verdicts(model, **tables):
    frame = model.frame.with_(tables={name: {**model.frame.tables[name], **c} for name, c in tables.items()})
    return {check.name: check.verdict for check in model.judged(frame)}


@pytest.mark.parametrize("name", SETTINGS)
def test_all_hold(models, name):
    assert "fails" not in verdicts(models(name)).values()


def off(place, by=1e-6):
    def change(values):
        values[place] += by
        return values

    return change


@pytest.mark.parametrize(
    ("name", "table", "column", "change", "law"),
    [
        ("digits", "line", "before", off(0), "ends = the networks"),
        ("digits", "line", "after_test", off(-1), "ends = the networks"),
        ("digits", "line", "after", off(25), "curve = networks on it"),
        ("digits", "line", "before_test", off(9), "curve = networks on it"),
        ("tanh", "line", "before", off(25), "curve = networks on it"),
        ("soft", "line", "after", off(38), "curve = networks on it"),
        ("tanh", "bent", "bent", off(5, 1e-2), "curve = chord − ∫G φ″"),
        ("tanh", "bent", "bent", off(-4, 1e-2), "curve = chord − ∫G φ″"),
        ("narrow", "line", "best", off(25), "no order beats the best"),
        ("plain", "line", "before", off(25), "shared to the end: no barrier"),
        ("toy", "line", "before", off(25), "barrier = (a − 1/a)⁴/32"),
        ("toy", "line", "before", off(3), "curve = formula"),
        ("toy", "bent", "bent", off(3), "curve = −∫G φ″"),
        ("toy", "sweep", "sweep_before", off(3), "barriers of the grid"),
    ],
)
def test_a_doctored_column_turns_its_badge_red(models, name, table, column, change, law):
    model = models(name)
    held = np.array(model.frame.tables[table][column])
    assert verdicts(model)[law] == "holds"
    assert verdicts(model, **{table: {column: change(held)}})[law] == "fails"


def test_a_doctored_plane_turns_its_badge_red(models):
    model = models("digits")
    drawn = model.frame.fields["plane"]
    moved = model.frame.with_(fields={"plane": Field(drawn.x, drawn.y, drawn.values[::-1])})
    assert {c.name: c.verdict for c in model.judged(moved)}["plane = networks in it"] == "fails"


@pytest.mark.parametrize(
    ("method", "law"),
    [("apply", "permuted = original"), ("start", "matching never loses")],
)
def test_a_broken_matching_turns_its_badge_red(models, monkeypatch, method, law):
    """A network that is not the one that was trained, or an objective that fell."""
    from dataclasses import replace

    model = models("digits")
    study, frame = model.study(), model.frame
    join = study.join()
    W, b = join.moved[0]
    broken = {
        "apply": replace(join, moved=[(W * 1.001, b), *join.moved[1:]]),
        "start": replace(join, matching=replace(join.matching, start=join.matching.objective + 1.0)),
    }[method]
    monkeypatch.setattr(type(study), "join", lambda self, report=None: broken)
    assert {c.name: c.verdict for c in model.judged(frame)}[law] == "fails"
