"""A measure takes the number that it names out of a frame, or says what there is."""

from __future__ import annotations

import math

import numpy as np
import pytest

import explorer
from explorer.core.check import Check
from explorer.core.frame import Field, Frame, Series
from explorer.core.inputs import Cursor
from explorer.core.model import Model
from explorer.core.values import InputError
from explorer.grid.measures import MeasureError, measure_of, measures_of

LOSS = np.array([3.0, np.nan, 1.0, 2.0])


class Held(Model):
    """One frame with an entry of every kind."""

    step = Cursor(1.0, bounds=(0.0, 2.0), label="step")

    def compute(self, report):
        return Frame(
            tables={
                "path": {"loss": LOSS, "rate": [10.0, 20.0, 30.0, 40.0], "name": list("abcd")},
                "one": {"value": [7.0], "sure": [True], "wave": [1j]},
                "none": {"value": np.zeros(0), "gap": np.zeros(0)},
                "blank": {"gap": [np.nan, np.nan]},
            },
            series={"film": Series("step", {"height": np.arange(6.0).reshape(3, 2)})},
            fields={"bowl": Field([0.0, 1.0], [0.0, 1.0, 2.0], np.arange(6.0).reshape(3, 2))},
            cursors={"step": [0.0, 1.0, 2.0]},
            facts={"count": 5, "word": "five"},
        )

    def verify(self, frame):
        return [
            Check("tight", 1.5, 1.0, 0.1, "here"),
            Check("wide", 1.5, 1.0, 1.0, "here"),
            Check.not_applicable("absent", "here", "It is not there."),
        ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("path.loss:min", 1.0),
        ("path.loss:max", 3.0),
        ("path.loss:mean", 2.0),
        ("path.loss:median", 2.0),
        ("path.loss:sum", 6.0),
        ("path.loss:std", 1.0),
        ("path.loss:first", 3.0),
        ("path.loss:last", 2.0),
        ("path.loss:2", 1.0),
        ("path.loss:-1", 2.0),
        ("path.loss:1", math.nan),
        ("path.loss:argmin", 2.0),
        ("path.loss:argmax", 0.0),
        ("path.rate:argmin:loss", 30.0),
        ("path.rate:argmax:loss", 10.0),
        ("one.value", 7.0),
        ("one.sure", 1.0),
        ("one.value:std", math.nan),
        ("none.value", math.nan),
        ("none.value:min", math.nan),
        ("none.value:argmin:gap", math.nan),
        ("blank.gap:mean", math.nan),
        ("blank.gap:argmin", math.nan),
        ("film.height:first", 2.0),
        ("bowl.values:max", 5.0),
        ("bowl.values:argmax", 5.0),
        ("bowl.x:argmax:values", 1.0),
        ("bowl.y:argmax:values", 2.0),
        ("bowl.y:argmin:values", 0.0),
        ("bowl.values:argmin:y", 0.0),
        ("bowl.values:argmax:y", 4.0),
        ("facts.count", 5.0),
        ("checks.failed", 1.0),
        ("checks.held", 1.0),
        ("checks.silent", 1.0),
        ("checks.tight", 0.5),
        ("checks.absent", math.nan),
    ],
)
def test_the_number(text, wanted):
    found = measure_of(text)(Held())
    assert type(found) is float
    assert found == wanted or (math.isnan(found) and math.isnan(wanted))


def test_a_series_is_measured_where_its_cursor_stands():
    assert [measure_of("film.height:last")(Held(step=step)) for step in (0.0, 1.0, 2.0)] == [1.0, 3.0, 5.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("paths.loss:min", "no table 'paths'; did you mean 'path'?"),
        ("q.loss:min", "it has path, one, none, blank, film, bowl, facts, checks."),
        ("path.los:min", "did you mean 'loss'?"),
        ("path.rate:argmin:q", "has no 'q'"),
        ("path.loss", "has 4 rows here; say which number is meant, as in path.loss:min"),
        ("path.loss:9", "row 9 of 4"),
        ("path.name:first", "holds text"),
        ("one.wave", "holds complex numbers"),
        ("facts.word", "'five', and a measure is a number"),
        ("checks.q", "it has tight, wide, absent."),
    ],
)
def test_what_a_frame_has_not_is_one_sentence(text, words):
    with pytest.raises(MeasureError) as told:
        measure_of(text)(Held())
    assert words in str(told.value)
    assert str(told.value).startswith(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "path",
        "path.",
        ".loss",
        "path.loss:least",
        "path.loss:min:rate",
        "facts.count:min",
        "path.loss:1.5",
    ],
)
def test_what_is_no_measure_is_one_sentence(text):
    with pytest.raises(InputError) as told:
        measure_of(text)
    assert "\n" not in str(told.value)


def test_several_measures_stand_once_each():
    assert [measure.text for measure in measures_of(["a.b:min", " a.c "])] == ["a.b:min", "a.c"]
    for wrong in ([], ["a.b", "a.b"]):
        with pytest.raises(InputError):
            measures_of(wrong)


def test_a_real_scene():
    model = explorer.scene("ridge/path")
    path = model.frame.tables["path"]
    assert measure_of("path.penalty:argmin:loo")(model) == path["penalty"][path["loo"].argmin()]
