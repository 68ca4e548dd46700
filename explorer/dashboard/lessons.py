"""Takes a reader through the lessons of a scene, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.custom import JSComponent

from explorer.core.lesson import Lesson, Question, Step
from explorer.core.registry import Scene
from explorer.dashboard import theme
from explorer.dashboard.story import to_html

AXES = {"x": "across", "y": "up"}
Answer = tuple[float, ...]  # the number of a choice, or a place
TOLD: Answer = (0.0,)  # the answer of one who asked to be told


class Reader(JSComponent):
    """The card of a lesson, at one of its steps; nothing while no lesson is taken."""

    shown = param.Dict({}, doc="What stands on the card.")

    _esm = Path(__file__).parent / "lessons.js"
    _stylesheets = [theme.style()]

    def __init__(self, heard: Callable[[dict[str, Any]], None], **params: Any) -> None:
        self._heard = heard
        super().__init__(**params)

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict):
            self._heard(data)


class Lessons:
    """The lessons of one page.

    Parameters
        scene   : Scene
        changed : called with inputs to set, for every step: its page shows them and writes the address
    """

    def __init__(self, scene: Scene, changed: Callable[[dict[str, Any]], Any]) -> None:
        self._scene, self._changed = scene, changed
        self._lesson: Lesson | None = None
        self._at = 0
        self._answer: Answer = ()
        self.card = Reader(self._heard, margin=0, sizing_mode="stretch_width", css_classes=["docked"])
        starts = [self._start(lesson) for lesson in scene.lessons.values()]
        self.panel = pn.Column(
            *starts, margin=(8, 4, 0, 4), sizing_mode="stretch_width", visible=bool(starts)
        )

    def _start(self, lesson: Lesson) -> Any:
        start = pmui.Button(
            label=f"Lesson: {lesson.title}",
            icon="school",
            variant="outlined",
            size="small",
            margin=(4, 8),
            sizing_mode="stretch_width",
        )
        start.on_click(lambda _event: self._go(lesson, 0))
        return start

    # Where the reader is ------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """Where the reader is, as an address holds it: ``name.step`` or ``name.step.answer``; empty if nowhere."""
        if self._lesson is None:
            return ""
        answer = "_".join(f"{value:.6g}" for value in self._answer)
        return ".".join(filter(None, (self._lesson.name, str(self._at + 1), answer.replace(".", "p"))))

    def restore(self, text: str) -> dict[str, Any]:
        """Go where an address says; gives the inputs of that step.

        Raises    ValueError  one sentence, when there is no such lesson or step
        """
        name, _, rest = text.partition(".")
        place, _, answer = rest.partition(".")
        self._lesson, self._answer = None, ()
        try:
            if text:
                lesson = self._scene.lessons.get(name)
                if lesson is None:
                    names = ", ".join(self._scene.lessons) or "none"
                    raise ValueError(f"there is no lesson {name[:40]!r} here; there are {names}.")
                if not place.isdecimal() or len(place) > 4 or not 1 <= int(place) <= len(lesson.steps):
                    last = len(lesson.steps)
                    raise ValueError(f"the lesson {name!r} has steps 1 to {last}; {place[:20]!r} is none.")
                self._lesson, self._at = lesson, int(place) - 1
                self._answer = _answer_of(self._step.question, answer)
                then = self._step.then if self._answer else {}
                return {**self._scene.setting(lesson, self._at), **then}
            return {}
        finally:
            self._show()

    @property
    def _step(self) -> Step:
        assert self._lesson is not None
        return self._lesson.steps[self._at]

    # What the reader does -----------------------------------------------------------------------------

    def tapped(self, figure: str, x: float, y: float) -> bool:
        """A tap on a figure: the answer, if this step asks for a place there; whether it was that."""
        question = self._step.question if self._lesson is not None and not self._answer else None
        if question is None or question.place is None or question.place.figure != figure:
            return False
        self._reply((x, y))
        return True

    def _heard(self, said: dict[str, Any]) -> None:
        if self._lesson is None:
            return
        question = self._step.question
        if "close" in said:
            self._leave()
        elif said.get("go") == -1 and self._at > 0:
            self._go(self._lesson, self._at - 1)
        elif said.get("go") == 1 and (question is None or self._answer):
            if self._at + 1 < len(self._lesson.steps):
                self._go(self._lesson, self._at + 1)
            else:
                self._leave()
        elif question is not None and type(said.get("answer")) is int:
            self._reply(_fitting(question, (float(said["answer"]),)))
        elif question is not None and question.place is not None and isinstance(said.get("typed"), list):
            self._reply(_place_of(question, said["typed"]))

    def _leave(self) -> None:
        self._lesson = None
        self._show()
        self._changed({})

    def _go(self, lesson: Lesson, step: int) -> None:
        self._lesson, self._at, self._answer = lesson, step, ()
        self._show()
        self._changed(self._scene.setting(lesson, step))

    def _reply(self, answer: Answer) -> None:
        if answer and not self._answer:  # the first one counts
            self._answer = answer
            self._show()
            self._changed(self._step.then)

    # What stands on the card --------------------------------------------------------------------------

    def _show(self) -> None:
        self.card.shown = {} if self._lesson is None else self._shown(self._lesson)

    def _shown(self, lesson: Lesson) -> dict[str, Any]:
        step, question = self._step, self._step.question
        place = question.place if question else None
        return {
            "title": lesson.title,
            "place": self._at + 1,
            "count": len(lesson.steps),
            "heading": step.title,
            "text": to_html(step.text),
            "ask": _line(question.words) if question else "",
            "choices": [_line(words) for words in question.choices] if question else [],
            "marks": self._marks(question),
            "figure": place.figure if place else "",
            "axes": [word for axis, word in AXES.items() if place and getattr(place, axis)],
            "answered": bool(self._answer),
            "reveal": self._verdict(question) + to_html(step.reveal) if question and self._answer else "",
        }

    def _marks(self, question: Question | None) -> list[str]:
        """What each choice turned out to be, once one is chosen."""
        if question is None or not self._answer:
            return [""] * (len(question.choices) if question else 0)
        chosen = int(self._answer[0])
        return [
            "right" if k == question.answer else "wrong" if k == chosen else ""
            for k in range(1, len(question.choices) + 1)
        ]

    def _verdict(self, question: Question) -> str:
        if self._answer == TOLD:
            return ""
        if question.place is None:
            right = int(self._answer[0]) == question.answer
        else:
            right = question.place.holds(*self._answer)
        words = "That is it." if right else "Not quite."
        return f'<p class="{"right" if right else "wrong"}">{words}</p>'


def _answer_of(question: Question | None, text: str) -> Answer:
    """An answer that an address holds; none where it does not fit the question."""
    try:
        answer = tuple(float(part.replace("p", ".")) for part in text.split("_")) if text else ()
    except ValueError:
        return ()
    if question is None or not all(map(math.isfinite, answer)):
        return ()
    if question.place is not None and len(answer) == 2:
        return answer
    return _fitting(question, answer)


def _fitting(question: Question, answer: Answer) -> Answer:
    """The number of a choice, or the wish to be told; none where there is no such choice."""
    return answer if len(answer) == 1 and answer[0] in range(len(question.choices) + 1) else ()


def _place_of(question: Question, typed: list[Any]) -> Answer:
    """A place from its typed coordinates, one for each axis that matters."""
    place = question.place
    spans = [place.x, place.y] if place else []
    numbers = iter(typed)
    try:
        found = tuple([float(next(numbers)) if span else 0.0 for span in spans])
    except (StopIteration, TypeError, ValueError, OverflowError):
        return ()
    return found if all(map(math.isfinite, found)) else ()


def _line(markdown: str) -> str:
    """One line of Markdown, without the paragraph around it."""
    return to_html(markdown).strip().removeprefix("<p>").removesuffix("</p>")
