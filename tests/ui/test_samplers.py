"""The page of diffusion/samplers in a real browser: a target is dragged and drawn, levels are dragged, time plays."""

from __future__ import annotations

import math
from urllib.parse import parse_qs

import pytest

pytestmark = pytest.mark.ui
CHANGED = "([name, old]) => new URLSearchParams(location.search).get(name) != old"


def asked(held, name):
    return parse_qs(held.evaluate("location.search")[1:]).get(name, [""])[0]


def after(held, name, act):
    """What an input is in the address once an action has changed it."""
    old = held.evaluate("(name) => new URLSearchParams(location.search).get(name)", name)
    act()
    held.until(CHANGED, [name, old])
    held.settled()
    return asked(held, name)


def rows(text):
    return [[float(word) for word in row.split()] for row in text.split(";")]


def spot(held, table, x, y, row=0):
    return held.source(f"table:{table}", x)[row], held.source(f"table:{table}", y)[row]


def drag(held, figure, start, end):
    mouse = held.page.mouse
    mouse.move(*held.place(figure, *start))
    mouse.down()
    mouse.move(*held.place(figure, *end), steps=4)
    mouse.up()


def stands(held, table, column, row, value):
    """Wait until the server's own number, which is rounded, stands where the hand left its own."""
    held.until(
        """([table, column, row, value]) => {
             const data = Bokeh.documents[0].get_model_by_name(`table:${table}`).data
             return Math.abs(data[column][row] - value) < 1e-9 }""",
        [table, column, row, value],
    )


def choose_a_file(held):
    held.page.get_by_role("combobox", name="target What is sampled").click()
    held.page.get_by_text("your own CSV or Parquet file").click()


def test_means_spreads_and_weights_are_dragged(visit):
    held = visit().open("diffusion/samplers?curves=two&map=distance&n=40").settled()
    mean = spot(held, "means", "mean_x", "mean_y")
    modes = after(held, "modes", lambda: drag(held, 1, mean, (0.2, 1.2)))
    assert asked(held, "data") == "own"
    assert rows(modes)[0][:2] == pytest.approx([0.2, 1.2], abs=0.03)
    stands(held, "rims", "rim_x", 0, rows(modes)[0][0])
    rim = spot(held, "rims", "rim_at_x", "rim_at_y")
    spread = rows(after(held, "modes", lambda: drag(held, 1, rim, (rim[0] + 0.6, rim[1]))))[0][2]
    assert spread == pytest.approx(0.6, abs=0.03)
    stands(held, "bars", "bar_spread", 0, spread)
    top = spot(held, "bars", "bar_at_x", "bar_at_y")
    weights = [
        row[3] for row in rows(after(held, "modes", lambda: drag(held, 1, top, (top[0], top[1] + 0.4))))
    ]
    assert weights[0] > 1.5 * weights[1] == pytest.approx(1.5 * weights[2])
    stands(held, "bars", "bar_weight", 0, weights[0] / sum(weights))
    low, before = spot(held, "bars", "bar_at_x", "bar_at_y", 1), asked(held, "modes")
    drag(held, 1, low, (low[0], low[1] - 1.2))
    held.page.get_by_role("alert").filter(has_text="positive weights").wait_for()
    stands(held, "bars", "bar_at_y", 1, low[1])
    assert asked(held, "modes") == before
    grown = after(held, "modes", lambda: held.page.mouse.click(*held.place(1, 2.0, -1.5)))
    assert rows(grown)[3][:2] == pytest.approx([2.0, -1.5], abs=0.03)
    stands(held, "means", "mean_x", 3, rows(grown)[3][0])

    def take_away():
        held.page.mouse.click(*held.place(1, *spot(held, "means", "mean_x", "mean_y", 3)))
        held.until("() => Bokeh.documents[0].get_model_by_name('table:means').selected.indices[0] == 3")
        held.page.keyboard.press("Backspace")

    assert len(rows(after(held, "modes", take_away))) == 3


def test_a_target_is_drawn_or_brought_as_a_file(visit):
    held = visit().open("diffusion/samplers?data=drawn&dots=-1 0;1 0&curves=two&map=distance&n=40").settled()
    drawn = rows(after(held, "dots", lambda: held.page.mouse.click(*held.place(1, 0.0, 1.0))))
    assert drawn == [[-1, 0], [1, 0], pytest.approx([0, 1], abs=0.03)]
    stands(held, "dots", "dot_y", 2, drawn[2][1])
    drawn = rows(after(held, "dots", lambda: drag(held, 1, drawn[2], (0.5, -1.0))))
    assert drawn == [[-1, 0], [1, 0], pytest.approx([0.5, -1.0], abs=0.05)]
    choose_a_file(held)
    upload = held.page.locator("input[type=file]")
    upload.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,2\n3,apple\n"})
    alert = held.page.get_by_role("alert").filter(has_text="apple")
    alert.wait_for()
    assert "Traceback" not in alert.inner_text()
    assert held.source("table:dots", "dot_x")[:2] == [-1, 1]
    choose_a_file(held)
    good = b"x,y\n" + b"\n".join(b"%d,%d" % (i % 4, i // 4) for i in range(16))
    upload.set_input_files({"name": "grid.csv", "mimeType": "text/csv", "buffer": good})
    held.page.get_by_role("alert").wait_for(state="hidden")
    held.until("() => !location.search.includes('data=drawn')")
    held.settled()


def test_levels_are_dragged_and_the_time_is_scrubbed_and_played(visit):
    held = visit().open("diffusion/samplers?curves=two&map=levels&n=40&steps=5").settled()
    level = spot(held, "rungs", "rung_x", "rung_y", 2)
    own = after(held, "own", lambda: drag(held, 3, level, (-0.7, level[1])))
    levels = [float(word) for word in own.split(",")]
    assert asked(held, "grid") == "own"
    assert len(levels) == 6
    assert min(abs(level - 0.2) for level in levels) < 0.01
    stands(held, "rungs", "rung_x", 5, math.log10(0.02))
    own = after(held, "own", lambda: held.page.mouse.click(*held.place(3, 0.5, 0.5)))
    assert len(own.split(",")) == 7
    box = held.page.get_by_role("textbox", name="your own levels")
    before = held.source("table:rungs", "rung_x")
    for wrong, words in (("3, 5, 1", "falling"), ("ten, 1, 0", "falling numbers")):
        box.fill(wrong)
        box.press("Enter")
        alert = held.page.get_by_role("alert").filter(has_text=words)
        alert.wait_for()
        assert "Traceback" not in alert.inner_text()
        assert held.source("table:rungs", "rung_x") == before
    box.fill("10, 3, 1, 0.3, 0.1")
    box.press("Enter")
    held.page.get_by_role("alert").wait_for(state="hidden")
    held.settled()
    slider = held.page.get_by_role("slider", name="time")
    slider.evaluate("(s) => { s.value = 0; s.dispatchEvent(new Event('input')) }")
    held.until("() => Bokeh.documents[0].get_model_by_name('page:clock').data.clock[0].startsWith('σ = 10 ')")
    held.page.get_by_role("button", name="play").click()
    held.page.get_by_role("button", name="pause").wait_for()
    said, places = len(held.frames), held.source("page:swarm", "first_x")
    held.until(
        "(old) => Bokeh.documents[0].get_model_by_name('page:swarm').data.first_x[0] != old", places[0]
    )
    held.until("() => Bokeh.documents[0].get_model_by_name('page:clock').data.clock[0].startsWith('σ = 3 ')")
    assert [frame for frame in held.frames[said:] if "PATCH-DOC" in frame] == []
