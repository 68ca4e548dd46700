"""The page of saddles/escape in a real browser: tap, scrub, play, and a formula of one's own."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ui
TURNED = "(at) => Bokeh.documents[0].get_model_by_name('page:here').data.here_at[0] == at"
PLACED = """([x, y]) => { const start = Bokeh.documents[0].get_model_by_name('table:start').data
                      return Math.hypot(start.start_x[0] - x, start.start_y[0] - y) < 0.05 }"""


def test_the_start_is_tapped_and_dragged_and_the_step_is_scrubbed_and_played(visit):
    held = visit().open("saddles/escape").settled()
    for figure, place in ((0, [-0.5, 0.5]), (3, [1.4, -1.4])):
        held.page.mouse.click(*held.place(figure, *place))
        held.until(PLACED, place)
        held.settled()
    start = [held.source("table:start", f"start_{axis}")[0] for axis in "xy"]
    held.page.mouse.move(*held.place(0, *start))
    held.page.mouse.down()
    for place in ([1.0, -1.0], [0.3, -0.8]):
        held.page.mouse.move(*held.place(0, *place), steps=4)
    held.page.mouse.up()
    held.until(PLACED, [0.3, -0.8])
    held.until("() => /x0=0\\.(2|3)/.test(location.search)")
    held.settled()
    height = held.source("table:runs", "distance_gradient")[12]  # some place inside the figure
    held.page.mouse.click(*held.place(1, 12.1, height))
    held.until(TURNED, 12)
    spot, tail = held.source("page:spots", "spot_x")[0], held.source("page:tail", "tail_x_gradient")[-1]
    assert spot == pytest.approx(tail, abs=1e-6)
    slider = held.page.get_by_role("slider", name="step", exact=True)
    slider.evaluate("(s) => { s.value = 0; s.dispatchEvent(new Event('input')) }")
    held.until(TURNED, 0)
    assert held.source("page:spots", "spot_x")[0] == held.source("table:start", "start_x")[0]
    held.page.get_by_role("button", name="play").click()
    held.page.get_by_role("button", name="pause").wait_for()
    said, now = len(held.frames), held.source("page:here", "here_at")[0]
    held.until("(old) => Bokeh.documents[0].get_model_by_name('page:here').data.here_at[0] > old + 2", now)
    assert [frame for frame in held.frames[said:] if "PATCH-DOC" in frame] == []


def test_a_formula_is_drawn_or_told_in_one_sentence(visit):
    held = visit().open("saddles/escape?surface=formula&grid=20&steps=20").settled()
    box = held.page.get_by_role("textbox", name="formula in x and y")
    before = held.source("table:levels", "level_x")
    for wrong, words in (("x^2 + log(y)", "log"), ("__import__('os')", "column"), ("x +", "end")):
        box.fill(wrong)
        box.press("Enter")
        alert = held.page.get_by_role("alert").filter(has_text=words)
        alert.wait_for()
        assert "Traceback" not in alert.inner_text()
        assert held.source("table:levels", "level_x") == before
    box.fill("sin(2*x)*cos(2*y)")
    box.press("Enter")
    held.page.get_by_role("alert").wait_for(state="hidden")
    held.settled()
    assert held.source("table:levels", "level_x") != before
    assert held.page.locator(".badge.failed").count() == 0
    assert held.source("table:critical", "critical_mark").count("x") >= 4
