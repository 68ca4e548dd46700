"""A lesson held against the frames of its scene: what its text states, and where its taps are right."""

from __future__ import annotations

import functools
import re

import holoviews as hv

import explorer
from explorer.core import registry
from explorer.core.frame import Frame
from explorer.core.lesson import Place, Step


class Taught:
    """One lesson of a scene; steps are counted from 1, as a reader sees them.

    Where nothing is stated of what comes with `refine`, `draft` saves the time.
    """

    def __init__(self, scene: str, lesson: str, draft: bool = False) -> None:
        self.draft = draft
        self.scene = registry.find(scene)
        self.lesson = self.scene.lessons[lesson]
        self.frame = functools.cache(self._frame)

    def step(self, at: int) -> Step:
        return self.lesson.steps[at - 1]

    def setting(self, at: int, revealed: bool = False, **more) -> dict:
        """The inputs at a step, once its answer is revealed or before."""
        then = self.step(at).then if revealed else {}
        return {**self.scene.setting(self.lesson, at - 1), **then, **more}

    def _frame(self, at: int, revealed: bool = False, **more) -> Frame:
        model = explorer.scene(self.scene.name, **self.setting(at, revealed, **more))
        return model.draft() if self.draft else model.frame

    def states(self, at: int, number: str, value: float, within: float | None = None) -> None:
        """The text of a step states a number, and the value is that number as far as it is written."""
        step = self.step(at)
        asked = [step.question.words, *step.question.choices] if step.question else []
        text = "\n".join([step.text, *asked, step.reveal])
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", text), f"step {at} states no {number}"
        last = 0.5 * 10.0 ** -len(number.partition(".")[2])
        slack = last * (1 + 1e-9) if within is None else within
        assert abs(value - float(number)) <= slack, f"step {at} states {number}; it is {value:.6g}"

    def right(self, at: int) -> int:
        """The number of the right choice."""
        question = self.step(at).question
        assert question is not None
        return question.answer

    def place(self, at: int) -> Place:
        """Where a tap is right; the axes of its figure, as it is drawn then, hold all of that."""
        question = self.step(at).question
        assert question is not None
        assert question.place is not None
        place = question.place
        figure = next(figure for figure in self.scene.figures if figure.name == place.figure)
        drawn = hv.render(figure.draw(self.frame(at)), backend="bokeh")
        for span, axis in ((place.x, drawn.x_range), (place.y, drawn.y_range)):
            assert span is None or axis.start <= span[0] < span[1] <= axis.end, (span, axis.start, axis.end)
        return place
