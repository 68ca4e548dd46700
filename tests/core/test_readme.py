"""The scene that README builds works as it is printed there."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from explorer.core import registry, survey

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def printed(tmp_path, monkeypatch):
    folder = tmp_path / "printed" / "decay"
    folder.mkdir(parents=True)
    text = README.read_text(encoding="utf-8")
    for name, content in re.findall(r"`(\w+\.\w+)`:\n\n```\w+\n(.*?)```", text, re.DOTALL):
        (folder / name).write_text(content, encoding="utf-8")
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return registry.Scene("printed/decay", "printed.decay", folder)


def test_its_checks_hold_and_its_figures_are_drawn(printed):
    settings = dict(survey.settings(printed))
    assert any(words.startswith("preset") for words in settings)
    for values in settings.values():
        model, checks = survey.check_setting(printed, values)
        assert [check.verdict for check in checks] == ["holds"]
        assert len(printed.layout(model.frame)) == 1


def test_its_lesson_can_be_taken(printed):
    (text,) = re.findall(r"````markdown\n(.*?)````", README.read_text(encoding="utf-8"), re.DOTALL)
    folder = printed.folder / "lessons"
    folder.mkdir()
    (folder / "guess.md").write_text(text, encoding="utf-8")
    lesson = printed.lessons["guess"]
    assert printed.setting(lesson, 0) == {"rate": 5.0}
    assert lesson.steps[0].then == {"rate": 1.0}
    assert f"{math.exp(-5.0):.4f}" in lesson.steps[0].reveal
    assert f"{math.exp(-1.0):.2f}" in lesson.steps[0].reveal
