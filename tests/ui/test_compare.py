"""A pinned picture stays on the page while the hand goes on."""

from __future__ import annotations

import pytest

from tests.ui.conftest import TOY

pytestmark = pytest.mark.ui
GHOSTS = """() => [...Bokeh.documents[0].all_models].filter((m) => m.type == 'Figure')
            .flatMap((m) => m.renderers).filter((m) => m.name == 'ghost').length"""


def test_a_ghost_stays_and_can_stand_beside_with_linked_axes(visit):
    held = visit().open(TOY).settled()
    before = held.source("table:wave", "y0")
    held.page.get_by_role("button", name="Pin this picture").click()
    held.page.get_by_role("button", name="Unpin").wait_for()
    held.until(f"() => ({GHOSTS})() > 0")
    held.page.get_by_role("slider", name="frequency").focus()
    held.page.keyboard.press("End")
    row = held.page.get_by_role("row", name="frequency")
    row.wait_for()
    assert "4" in row.inner_text()
    held.page.get_by_label("side by side").check()
    held.page.get_by_role("heading", name="Pinned: ").first.wait_for()
    assert held.page.locator(".card").count() == 8
    assert held.source("table:pinned wave", "y0") == before
    shared = """() => { const figures = [...Bokeh.documents[0].all_models].filter((m) => m.type == 'Figure')
                        return figures.length - new Set(figures.map((f) => f.x_range.id)).size }"""
    held.until(f"() => ({shared})() == 4")
    slider = held.page.get_by_role("slider", name="phase φ")
    slider.evaluate("(s) => { s.value = 2; s.dispatchEvent(new Event('input')) }")
    for name in ("page:mark", "page:pinned mark"):
        held.until(f"() => Bokeh.documents[0].get_model_by_name('{name}').data.here[0] == 1")
    held.page.get_by_role("button", name="Unpin").click()
    held.until(f"() => ({GHOSTS})() == 0")
    held.page.locator(".card").nth(4).wait_for(state="detached")
    assert held.page.locator(".card").count() == 4
