"""Lessons: text that sets a scene, asks before it shows, and then reveals. Written in Markdown, without Python.

# The title of the lesson

## The title of a step
```yaml
preset: The peak at p = n        # a preset of the scene, if the step starts from one
set: {noise: 1.0}                # inputs that differ from it; without a preset, from the step before
ask: Where is the risk largest?  # a question, if the step asks one ...
choices: [on the left, on the right]
answer: 1                        # ... the number of the right choice,
tap: {figure: errors, x: [0.01, 0.1]}    # or the place to tap, instead of choices and answer
then: {alpha: 0.001}             # inputs that the reveal sets
```
What the step says, with formulas between $ and $.

---
What is revealed once the question is answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from explorer.core.values import InputError

KEYS = ("preset", "set", "ask", "choices", "answer", "tap", "then")
BLOCK = re.compile(r"\A\s*```yaml\n(.*?)^```\s*$\n?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """Where a tap is right.

    figure : name of the scene's figure
    x, y   : the least and the largest right value along each axis; None where any is right
    """

    figure: str
    x: tuple[float, float] | None
    y: tuple[float, float] | None

    def holds(self, x: float, y: float) -> bool:
        """Whether a tap at this place of the figure's data is right."""
        given = ((self.x, x), (self.y, y))
        return all(span is None or span[0] <= value <= span[1] for span, value in given)


@dataclass(frozen=True)
class Question:
    """What a step asks: one of the choices, of which number `answer` (from 1) is right, or a place to tap."""

    words: str
    choices: tuple[str, ...] = ()
    answer: int = 0
    place: Place | None = None


@dataclass(frozen=True)
class Step:
    """One step: the preset it starts from (None is the step before), what it sets, says, asks and reveals."""

    title: str
    text: str
    preset: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    question: Question | None = None
    reveal: str = ""
    then: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A lesson of a scene: its name in addresses, its title, and its steps in order."""

    name: str
    title: str
    steps: tuple[Step, ...]


def read(name: str, markdown: str) -> Lesson:
    """A lesson from its Markdown.

    Raises    InputError  one sentence, when the text is no lesson
    """
    head, *parts = re.split(r"^## ", markdown, flags=re.MULTILINE)
    title = next((line[2:].strip() for line in head.splitlines() if line.startswith("# ")), "")
    if not title or not parts:
        missing = "step: write `## …`" if title else "title: write `# …`"
        raise InputError(f"the lesson {name!r} has no {missing}.")
    return Lesson(name, title, tuple(_step(name, part) for part in parts))


def _step(lesson: str, part: str) -> Step:
    title, _, body = part.partition("\n")
    where = f"the lesson {lesson!r}, step {title.strip()!r},"
    found = BLOCK.match(body)
    said = _mapping(where, found.group(1)) if found else {}
    text, *rest = re.split(
        r"^---\s*$", body[found.end() :] if found else body, maxsplit=1, flags=re.MULTILINE
    )
    question = _question(where, said)
    reveal = rest[0].strip() if rest else ""
    if bool(reveal) != bool(question):
        missing = "reveals nothing below a line `---`" if question else "reveals an answer and asks nothing"
        raise InputError(f"{where} {missing}; a question and its reveal go together.")
    return Step(
        title.strip(),
        text.strip(),
        said.get("preset"),
        _inputs(where, said, "set"),
        question,
        reveal,
        _inputs(where, said, "then"),
    )


def _mapping(where: str, text: str) -> dict[str, Any]:
    try:
        said = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise InputError(f"{where} has a block that is no YAML, see its line {line}.") from None
    if not isinstance(said, dict) or set(said) - set(KEYS):
        unknown = sorted(map(str, set(said) - set(KEYS))) if isinstance(said, dict) else [str(said)[:40]]
        raise InputError(f"{where} says {unknown[0]!r}; it may say {', '.join(KEYS)}.")
    return said


def _inputs(where: str, said: Mapping[str, Any], key: str) -> dict[str, Any]:
    held = said.get(key) or {}
    if not isinstance(held, dict):
        raise InputError(f"{where} needs `{key}` as {{input: value}}; {str(held)[:40]!r} is not that.")
    return dict(held)


def _question(where: str, said: Mapping[str, Any]) -> Question | None:
    asked, choices, answer, tap = (said.get(key) for key in ("ask", "choices", "answer", "tap"))
    if asked is None:
        if choices or answer or tap:
            raise InputError(f"{where} has an answer and no question; write `ask`.")
        return None
    if tap is not None:
        return Question(str(asked), place=_place(where, tap))
    if not isinstance(choices, list) or len(choices) < 2:
        raise InputError(f"{where} asks, but gives no list of two or more `choices` and no place to `tap`.")
    if not isinstance(answer, int) or not 1 <= answer <= len(choices):
        raise InputError(f"{where} needs as `answer` the number of the right choice, 1 to {len(choices)}.")
    return Question(str(asked), tuple(map(str, choices)), answer)


def _place(where: str, tap: Any) -> Place:
    held = tap if isinstance(tap, dict) else {}
    spans = [_span(held.get(axis)) for axis in "xy"]
    named = isinstance(held.get("figure"), str) and any(spans) and not set(held) - {"figure", "x", "y"}
    if not named or any(axis in held and span is None for axis, span in zip("xy", spans, strict=True)):
        raise InputError(
            f"{where} needs `tap` as {{figure: name, x: [least, largest]}}, y likewise, or both."
        )
    return Place(held["figure"], *spans)


def _span(held: Any) -> tuple[float, float] | None:
    if not isinstance(held, list) or len(held) != 2 or not all(isinstance(v, int | float) for v in held):
        return None
    return (float(held[0]), float(held[1])) if held[0] < held[1] else None
