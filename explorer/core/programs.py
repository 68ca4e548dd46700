"""Programs that compute a setting again: a script, a notebook and a pytest case."""

from __future__ import annotations

import json
import re

from explorer.core.model import Model
from explorer.core.version import VERSION

_SCRIPT = '''\
"""{title}: one setting, its numbers and its figures again.

It needs Ridgeline {version}; the README of Ridgeline says how to install it.
"""

import explorer

model = explorer.scene(
{call}
)
for check in model.checks():
    print(f"{{check.verdict:>14}}  {{check.name}}")

found, expected = model.frame.digest(), "{digest}"
print("reproduced exactly" if found == expected else f"not the same numbers: digest {{found}}, not {{expected}}")

figures = model.figures()  # a HoloViews layout; a notebook shows it when it stands on a line of its own
'''

_TEST = '''\
"""{title}: this setting gives the numbers that it gave with ridgeline-explorer {version}."""

import explorer


def test_{stem}():
    model = explorer.scene(
{call}
    )
    assert [check.name for check in model.checks() if check.passed is False] == []
    assert model.frame.digest() == "{digest}"
'''


def script(model: Model) -> str:
    """A Python program that computes the frame, says whether it is the same, and draws the figures."""
    return _SCRIPT.format(**_words(model, "    "))


def test_case(model: Model) -> str:
    """A pytest module that fails when the checks or the numbers change."""
    return _TEST.format(**_words(model, "        "))


def notebook(model: Model) -> str:
    """A Jupyter notebook (JSON) with the setting, its checks, its figures and its digest."""
    words = _words(model, "    ")
    cells = [
        ("markdown", f"# {words['title']}\n\n`{model.link()}`"),
        ("code", f"import explorer\n\nmodel = explorer.scene(\n{words['call']}\n)\nmodel.figures()"),
        ("code", "[(check.name, check.verdict) for check in model.checks()]"),
        ("markdown", "The live scene: its sliders move `model`, and `model.update(...)` moves its figures."),
        ("code", "model"),
        ("code", f'assert model.frame.digest() == "{words["digest"]}", "these are not the same numbers"'),
    ]
    held = {
        "cells": [_cell(kind, text, f"cell-{place}") for place, (kind, text) in enumerate(cells)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, text: str, name: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "id": name, "metadata": {}, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _words(model: Model, indent: str) -> dict[str, str]:
    from explorer.core.registry import find

    lines = [json.dumps(model.scene_name), *(f"{name}={value!r}" for name, value in model.state().items())]
    return {
        "title": find(model.scene_name).title,
        "version": VERSION,
        "digest": model.frame.digest(),
        "stem": re.sub(r"\W", "_", model.scene_name),
        "call": "\n".join(f"{indent}{line}," for line in lines),
    }
