"""Lessons are read from Markdown; what is no lesson is one sentence that says where."""

from __future__ import annotations

import pytest

from explorer.core import lesson
from explorer.core.lesson import Place
from explorer.core.values import InputError

LESSON = """\
# A wave

What this is about.

## Look
```yaml
preset: Fast
set: {frequency: 2.0}
```
It moves with $f$.

```yaml
this: is an example
```

## Guess
```yaml
ask: Which way?
choices: [left, "right, of course"]
answer: 2
then: {frequency: 3.0}
```
Think.

---
Right it was.

---
And a rule.

## Tap
```yaml
ask: Where?
tap: {figure: standing, x: [1, 2.5]}
```

---
There.
"""


def test_steps_questions_and_reveals():
    held = lesson.read("wave", LESSON)
    look, guess, tap = held.steps
    assert (held.name, held.title) == ("wave", "A wave")
    assert (look.title, look.preset, look.inputs, look.question) == ("Look", "Fast", {"frequency": 2.0}, None)
    assert look.text.startswith("It moves")
    assert "this: is an example" in look.text
    assert (guess.question.choices, guess.question.answer) == (("left", "right, of course"), 2)
    assert (guess.text, guess.then, guess.preset) == ("Think.", {"frequency": 3.0}, None)
    assert guess.reveal.startswith("Right it was.")
    assert guess.reveal.endswith("And a rule.")
    assert tap.question.place == Place("standing", (1.0, 2.5), None)


@pytest.mark.parametrize(
    ("x", "y", "right"), [(1.0, 99, True), (2.5, 0, True), (2.6, 0, False), (0.9, 0, False)]
)
def test_a_place_holds_what_lies_in_its_spans(x, y, right):
    assert Place("standing", (1.0, 2.5), None).holds(x, y) is right


def test_a_place_may_bound_both_axes():
    assert Place("f", (0, 1), (2, 3)).holds(0.5, 2.5)
    assert not Place("f", (0, 1), (2, 3)).holds(0.5, 1.5)


def step(block: str, rest: str = "Text.\n\n---\nReveal.") -> str:
    return f"# T\n\n## S\n```yaml\n{block}\n```\n{rest}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no heading", "has no title"),
        ("# T\n\nonly words", "has no step"),
        (step("ask: [unclosed"), "no YAML, see its line"),
        (step("- a list"), "may say preset, set"),
        (step("colour: red"), "says 'colour'"),
        (step("set: 3", "Text."), "needs `set` as {input: value}"),
        (step("answer: 1"), "has an answer and no question"),
        (step("ask: Q\nchoices: [one]\nanswer: 1"), "two or more `choices`"),
        (step("ask: Q\nchoices: [a, b]\nanswer: 3"), "1 to 2"),
        (step("ask: Q\nchoices: [a, b]"), "1 to 2"),
        (step("ask: Q\ntap: {figure: f}"), "needs `tap` as"),
        (step("ask: Q\ntap: {figure: f, x: [2, 1]}"), "needs `tap` as"),
        (step("ask: Q\ntap: {x: [1, 2]}"), "needs `tap` as"),
        (step("ask: Q\ntap: {figure: f, x: [1, 2], y: 3}"), "needs `tap` as"),
        (step("ask: Q\nchoices: [a, b]\nanswer: 1", "Text."), "reveals nothing below a line `---`"),
        (step("preset: Fast"), "asks nothing"),
    ],
)
def test_what_is_no_lesson_is_one_sentence(text, words):
    with pytest.raises(InputError) as caught:
        lesson.read("mine", text)
    assert words in str(caught.value)
    assert "'mine'" in str(caught.value)


def test_a_block_is_never_code():
    with pytest.raises(InputError, match="no YAML"):
        lesson.read("mine", step("set: !!python/object/apply:os.getcwd []"))
