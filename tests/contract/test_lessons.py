"""Every lesson of every scene can be taken: its settings exist, compute, and hold what is tapped."""

from __future__ import annotations

import pytest

from explorer.core import registry
from explorer.core.lesson import Lesson, Step
from explorer.core.values import InputError
from explorer.dashboard.lessons import Lessons
from tests.contract.settings import REAL, TOY

TAKEN = [(name, lesson) for name in REAL for lesson in registry.find(name).lessons.values()]
IDS = [f"{name}-{lesson.name}" for name, lesson in TAKEN]


@pytest.mark.parametrize("name", REAL)
def test_every_scene_has_a_lesson(name):
    assert registry.find(name).lessons


@pytest.mark.parametrize(("name", "lesson"), TAKEN, ids=IDS)
def test_a_lesson_asks_and_its_places_are_on_figures(name, lesson):
    scene = registry.find(name)
    questions = [step.question for step in lesson.steps if step.question]
    assert len(questions) >= 2
    figures = {figure.name for figure in scene.figures}
    assert {question.place.figure for question in questions if question.place} <= figures


@pytest.mark.parametrize(("name", "lesson"), TAKEN, ids=IDS)
def test_every_step_can_be_computed_and_names_what_it_changes(name, lesson):
    scene = registry.find(name)
    for at in range(len(lesson.steps)):
        scene.open(**scene.setting(lesson, at)).draft()


def toy_lesson(*steps: Step) -> Lesson:
    return Lesson("mine", "Mine", steps)


def test_a_step_stands_on_those_before_it():
    scene = registry.find(TOY)
    lesson = toy_lesson(
        Step("a", "", inputs={"frequency": 2.0}, then={"frequency": 3.0}), Step("b", "", inputs={"seed": 7})
    )
    assert scene.setting(lesson, 0) == {**scene.opening, "frequency": 2.0}
    assert scene.setting(lesson, 1) == {**scene.opening, "frequency": 3.0, "seed": 7}


def test_a_step_of_a_wrong_input_is_refused():
    scene = registry.find(TOY)
    with pytest.raises(InputError, match="no input 'colour'"):
        scene.setting(toy_lesson(Step("a", "", inputs={"colour": 1})), 0)


class TestReader:
    """What a reader does, and what the address then says."""

    @pytest.fixture
    def heard(self) -> list:
        return []

    @pytest.fixture
    def reader(self, heard) -> Lessons:
        return Lessons(registry.find("ridge/path"), heard.append)

    def test_a_question_must_be_answered_before_the_next_step(self, reader, heard):
        reader.restore("peak.2")
        reader._heard({"go": 1})
        assert reader.text == "peak.2"
        reader._heard({"answer": 9})
        assert reader.text == "peak.2"
        reader._heard({"answer": 1})
        assert reader.text == "peak.2.1"
        assert reader.card.shown["marks"] == ["wrong", "", "right"]
        assert "Not quite" in reader.card.shown["reveal"]
        reader._heard({"answer": 3})  # the first one counts
        assert reader.text == "peak.2.1"
        reader._heard({"go": 1})
        assert reader.text == "peak.3"
        assert heard[-1] == reader._scene.setting(reader._lesson, 2)

    def test_a_place_may_be_tapped_or_typed(self, reader):
        reader.restore("peak.3")
        reader.tapped("errors", 0.1, 0.1)
        assert reader.text == "peak.3"
        reader.tapped("shrinkage", 0.05, 0.9)
        assert "That is it" in reader.card.shown["reveal"]
        reader.restore("peak.3")
        reader._heard({"typed": [float("nan")]})
        reader._heard({"typed": []})
        reader._heard({"typed": ["a"]})
        assert reader.text == "peak.3"
        reader._heard({"typed": [20.0]})
        assert "Not quite" in reader.card.shown["reveal"]

    @pytest.mark.parametrize("step", ["peak.2", "peak.3"])
    def test_a_reader_may_ask_to_be_told(self, reader, heard, step):
        reader.restore(step)
        reader._heard({"answer": 0})
        assert reader.text == f"{step}.0"
        assert reader.card.shown["reveal"]
        assert "Not quite" not in reader.card.shown["reveal"]
        assert "wrong" not in reader.card.shown["marks"]
        assert heard == [reader._step.then]

    def test_the_last_step_ends_the_lesson(self, reader, heard):
        last = len(reader._scene.lessons["peak"].steps)
        reader.restore(f"peak.{last}")
        if reader._step.question:
            reader._heard({"answer": 0})
        reader._heard({"go": 1})
        assert (reader.text, reader.card.shown, heard[-1]) == ("", {}, {})

    @pytest.mark.parametrize(
        "text", ["peak.2.0", "peak.3.0", "peak.2.3", "peak.1", "peak.3.0p05_0p9", "peak.3.1e-05_-2", ""]
    )
    def test_the_address_brings_the_reader_back(self, reader, text):
        reader.restore(text)
        assert reader.text == text
        assert bool(reader.card.shown) == bool(text)

    @pytest.mark.parametrize("text", ["nowhere.1", "peak.99", "peak.x", "peak"])
    def test_an_unknown_place_is_a_sentence(self, reader, text):
        with pytest.raises(ValueError, match=r"there is no lesson|has steps 1 to"):
            reader.restore(text)
        assert reader.text == ""

    @pytest.mark.parametrize("text", ["peak.2.9", "peak.2.x", "peak.1.1", "peak.3.1"])
    def test_an_answer_that_does_not_fit_is_left_out(self, reader, text):
        reader.restore(text)
        assert reader.text == text.rpartition(".")[0]

    def test_leaving(self, reader, heard):
        reader.restore("peak.2")
        reader._heard({"close": True})
        assert (reader.text, reader.card.shown, heard[-1]) == ("", {}, {})
        reader._heard({"go": 1})
        assert reader.text == ""
