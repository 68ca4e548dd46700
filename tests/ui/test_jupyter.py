"""A scene in a real JupyterLab: the last line of a cell is a live page, and its model is the notebook's."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui
SHOW = """\
import explorer

model = explorer.scene("ridge/path", data="synthetic", n=60)
model"""
LEFT = (
    "(__import__('gc').collect() or 1) and (len(notebook._cells), len(runners()), "
    "sum(isinstance(held, page.ScenePage) for held in __import__('gc').get_objects()))"
)
BOOK = """\
import threading
from explorer.dashboard import notebook, page

def runners():
    return [thread for thread in threading.enumerate() if thread.name == "explorer-runner"]"""
# How many colours a figure's canvas holds: an empty one has one.
COLOURS = """(canvas) => { const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
                           return new Set(new Uint32Array(data.buffer)).size }"""


@pytest.fixture
def lab(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    if importlib.util.find_spec("jupyterlab") is None:
        words = "no JupyterLab here: scenes in a notebook are not driven (pip install jupyterlab)"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    from tests.ui import lab

    lab.write(tmp_path, [SHOW, BOOK])
    with lab.jupyter_lab(tmp_path) as address:
        context = chromium.new_context(viewport={"width": 1600, "height": 1000})
        try:
            held = lab.Notebook(context.new_page(), address)
            yield held
        finally:
            context.close()
    assert held.errors == []
    assert held.strangers == []


def test_a_scene_lives_in_a_notebook(lab):
    assert lab.run(0) == ""
    lab.page.locator(".badge:not(.waiting)").first.wait_for(timeout=60_000)
    assert lab.page.locator(".card").count() == 4
    assert lab.page.locator(".badge.failed").count() == 0
    canvas = lab.page.locator(".card canvas").nth(2)
    assert canvas.evaluate(COLOURS) > 20
    # The hand moves the notebook's model ...
    before = lab.page.locator(".card").nth(2).screenshot()
    slider = lab.page.get_by_role("slider", name="noise σ")
    slider.focus()
    lab.page.keyboard.press("End")
    lab.until("model.noise", "3.0")
    assert lab.page.locator(".card").nth(2).screenshot() != before
    lab.until("model.finished is not None", "True")
    # ... and a later cell moves the page, cursors included.
    assert lab.tell("model.update(n=123, alpha=0.1); print(model.frame.digest())") != ""
    lab.page.get_by_text("123 rows, 100 features").wait_for()
    scrub = lab.page.get_by_role("slider", name="penalty α")
    lab.page.wait_for_function(
        "(slider) => slider.getAttribute('aria-valuetext').startsWith('0.')", arg=scrub.element_handle()
    )
    scrub.press("ArrowRight")
    lab.until("model.alpha > 0.1", "True")
    # Run again, the cell shows a new model; nothing of the old page is left.
    lab.run(1)
    assert lab.tell(f"print({LEFT})") == "(1, 1, 1)"
    lab.run(0)
    lab.page.locator(".badge:not(.waiting)").first.wait_for(timeout=60_000)
    lab.until(LEFT, "(1, 1, 1)")
    assert lab.tell("print(repr(model))").startswith("ridge/path(data='synthetic', ")
