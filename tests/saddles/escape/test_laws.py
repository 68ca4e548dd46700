"""The badges judge what the figures draw: a doctored column turns its badge red."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.core.frame import Field

SETTINGS = {
    "wells": {"steps": 40, "grid": 40, "nesterov": True, "heavy_ball": True},
    "chain": {"surface": "deep_chain", "layers": 3, "x0": 0.4, "y0": 0.3, "steps": 40, "grid": 20},
    "plateau": {"surface": "plateau", "x0": 0.1, "y0": 2.0, "steps": 150, "grid": 30, "adam": True},
    "random": {
        "surface": "random_quadratic", "dimension": 20, "sight": "heights", "x0": 0.2, "steps": 30, "grid": 20,
    },
    "formula": {"surface": "formula", "formula": "sin(x)*cos(2*y) + x^2/8", "steps": 40, "grid": 30},
}  # fmt: skip


@pytest.fixture(scope="module")
def models():
    return {name: explorer.scene("saddles/escape", **given) for name, given in SETTINGS.items()}


def verdicts(model, **tables):
    frame = model.frame.with_(tables={name: {**model.frame.tables[name], **c} for name, c in tables.items()})
    return {check.name: check.verdict for check in model.judged(frame)}


@pytest.mark.parametrize("name", SETTINGS)
def test_all_hold(models, name):
    assert "fails" not in verdicts(models[name]).values()


def test_every_law_applies_somewhere(models):
    seen = {
        law for model in models.values() for law, verdict in verdicts(model).items() if verdict == "holds"
    }
    assert seen == set(verdicts(models["wells"]))


def moved(model, table, column, change):
    held = model.frame.tables[table][column]
    return verdicts(model, **{table: {column: change(np.array(held))}})


@pytest.mark.parametrize(
    ("setting", "table", "column", "change", "law"),
    [
        ("wells", "runs", "x_gradient", lambda v: v + 1e-8, "steps obey their formulas"),
        ("wells", "runs", "y_newton", lambda v: v[::-1], "steps obey their formulas"),
        ("wells", "critical", "critical_x", lambda v: v + 1e-6, "∇f = 0 and index at critical points"),
        ("wells", "critical", "critical_index", lambda v: v + 1, "∇f = 0 and index at critical points"),
        ("wells", "critical", "critical_mark", lambda v: v[::-1], "∇f = 0 and index at critical points"),
        ("wells", "bend", "curvature_1", lambda v: v * (1 + 1e-8), "drawn eigenvalues = dense eigensolver"),
        ("plateau", "bend", "curvature_5", lambda v: v + 1e-8, "drawn eigenvalues = dense eigensolver"),
        ("wells", "escapes", "predicted_step", lambda v: v + 2.1, "predicted = measured escape"),
        ("plateau", "escapes", "predicted_step", lambda v: v * 1.1, "predicted = measured escape"),
        ("wells", "escapes", "found_step", lambda v: v + 1, "predicted = measured escape"),
        ("wells", "ends", "end_share", lambda v: v * 0.99, "map = runs from its cells"),
        ("random", "height_means", "mean_share", lambda v: v + 0.1, "half go down at height 0"),
    ],
)
def test_a_doctored_column_turns_its_badge_red(models, setting, table, column, change, law):
    assert moved(models[setting], table, column, change)[law] == "fails"


def test_a_doctored_map_turns_its_badge_red(models):
    model = models["wells"]
    held = model.frame.fields["basins"]
    frame = model.frame.with_(fields={"basins": Field(held.x, held.y, held.values[::-1])})
    verdict = {check.name: check.verdict for check in model.judged(frame)}
    assert verdict["map = runs from its cells"] == "fails"


def test_another_spectrum_turns_its_badge_red():
    model = explorer.scene(
        "saddles/escape", surface="random_quadratic", dimension=30, sight="cursor", steps=10, grid=20
    )
    held = model.frame.series["spectrum"]
    wider = type(held)("step", {**held, "eigenvalue": held["eigenvalue"] * 1.5})
    law = "spectrum has the semicircle's variance"
    assert {c.name: c.verdict for c in model.checks()}[law] == "holds"
    doctored = model.frame.with_(series={"spectrum": wider})
    assert {c.name: c.verdict for c in model.judged(doctored)}[law] == "fails"
