"""The pages as their users meet them, in a real browser."""

from __future__ import annotations

from itertools import pairwise

import pytest

import explorer
from explorer.core import registry
from tests.ui.conftest import TOY

pytestmark = pytest.mark.ui
SCENES = [scene.name for scene in registry.scenes()]


def test_the_gallery_has_a_card_for_every_scene(visit):
    held = visit().open("")
    for name in SCENES:
        held.page.get_by_role("link", name=registry.find(name).title).first.wait_for()
    held.page.locator(f'a.scene[href$="{SCENES[0]}"]').click()
    held.settled()
    assert held.page.url.partition("?")[0].endswith(SCENES[0])


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_opens_complete(visit, name):
    held = visit().open(name).settled()
    assert held.page.locator(".card").count() == len(registry.find(name).figures)
    assert held.page.locator(".badge.failed").count() == 0
    assert held.page.locator(".badge.passed").count() > 0
    if "$" in registry.find(name).story:
        assert held.page.locator(".story math").count() > 0
    assert held.page.locator(".katex-error").count() == 0
    # The four figures stand above the fold.
    boxes = [card.bounding_box() for card in held.page.locator(".card").all()]
    assert max(box["y"] + box["height"] for box in boxes) <= 900


@pytest.mark.parametrize("name", SCENES)
def test_a_narrow_page_fits_the_screen_light_and_dark(visit, name):
    held = visit(390, 844).open(name).settled()
    fits_the_screen(held)
    held.darken()
    fits_the_screen(held)


def fits_the_screen(held):
    assert held.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    cards = [card.bounding_box() for card in held.page.locator(".card").all()]
    for box in cards:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    below = [held.page.locator(part).first.bounding_box() for part in (".badges", ".story")]
    for upper, lower in pairwise([*cards, *below]):
        assert upper["y"] + upper["height"] <= lower["y"]


def test_a_dragged_slider_repaints_and_the_address_follows(visit):
    held = visit().open("ridge/path?data=synthetic").settled()
    canvas = held.page.locator(".card").nth(2).locator("canvas").first
    before, noise = canvas.screenshot(), held.source("table:path", "risk")
    thumb = held.page.get_by_role("slider", name="noise σ")
    box = thumb.locator("xpath=..").bounding_box()
    held.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    held.page.mouse.down()
    for step in range(1, 12):
        held.page.mouse.move(box["x"] + box["width"] / 2 + 6 * step, box["y"] + box["height"] / 2)
    held.page.mouse.up()
    held.until("() => /noise=(?!0\\.5&)/.test(location.search)")
    held.settled()
    assert held.source("table:path", "risk") != noise
    assert canvas.screenshot() != before


def test_a_link_restores_the_whole_state(visit):
    first = visit().open("ridge/path?data=synthetic&n=77&p=33&noise=1.25&seed=9").settled()
    assert first.page.get_by_role("slider", name="samples n").input_value() == "77"
    first.page.get_by_role("button", name="New draw").click()
    first.until("() => location.search.includes('seed=10')")
    first.settled()
    second = visit().open(first.page.url.removeprefix(first.address + "/")).settled()
    assert second.page.get_by_role("slider", name="samples n").input_value() == "77"
    assert second.source("table:path", "loo") == first.source("table:path", "loo")


def test_a_wrong_link_is_a_page_and_its_sentences_which_are_never_markup(visit):
    markup = "%3Cimg%20src%3Dx%20onerror%3D%22document.title%3D%27taken%27%22%3E=1"
    held = visit().open(f"ridge/path?n=100000&p=abc&data=gone.csv@0123456789abcdef&{markup}").settled()
    said = held.page.get_by_role("alert").inner_text()
    for words in ("lies between 20 and 500", "whole number", "open its file again", "<img src=x"):
        assert words in said
    assert held.page.title() != "taken"


def test_a_shorter_path_keeps_the_cursor_inside(visit):
    held = visit().open("ridge/path?points=200&alpha=90000").settled()
    slider = held.page.get_by_role("slider", name="penalties on the path")
    slider.focus()
    held.page.keyboard.press("Home")
    held.until("() => Bokeh.documents[0].get_model_by_name('book:rule').data.chosen.length == 60")
    held.settled()
    chosen, last = held.source("page:rule", "chosen"), held.source("book:rule", "chosen")
    assert chosen[0] in last[-5:]


def test_light_comes_back_after_dark(visit):
    held = visit().open("ridge/path?data=synthetic").settled()
    colours = """() => JSON.stringify([...Bokeh.documents[0].all_models].filter((m) => m.type == 'Line')
                 .map((m) => [m.id, m.line_color.value ?? m.line_color]))"""
    before = held.evaluate(colours)
    held.darken()
    held.page.get_by_label("Toggle theme").click()
    held.until(f"(before) => ({colours})() == before", before)


def test_a_row_chosen_by_penalty_is_chosen_by_degrees_of_freedom(visit):
    held = visit().open("ridge/path?data=synthetic").settled()
    at, test = held.source("table:simulation", "sim_at"), held.source("table:simulation", "sim_test")
    held.page.mouse.click(*held.place(2, at[3], test[3]))
    held.until("() => Bokeh.documents[0].get_model_by_name('table:simulation').selected.indices.includes(3)")


def test_play_and_scrub_send_nothing(visit):
    held = visit().open(TOY).settled()
    held.until("() => location.search.includes('digest=')")  # the last word on the opening
    before = held.source("page:moving", "height")
    held.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    held.page.get_by_label("speed").select_option("0.25×")
    held.page.get_by_role("button", name="play").click()
    held.page.get_by_role("button", name="pause").wait_for()
    said = len(held.frames)
    for _ in range(3):
        now = held.source("page:moving", "height")
        held.until(
            "(old) => Bokeh.documents[0].get_model_by_name('page:moving').data.height.some((v, i) => v != old[i])",
            now,
        )
    assert [frame for frame in held.frames[said:] if "PATCH-DOC" in frame] == []
    held.page.get_by_role("button", name="pause").click()
    held.until("() => /phase=(?!0\\.0&)/.test(location.search)")
    assert held.source("page:moving", "height") != before
    slider = held.page.get_by_role("slider", name="phase φ")
    said = len(held.frames)
    slider.evaluate("(s) => { s.value = 2; s.dispatchEvent(new Event('input')) }")
    held.until("() => Bokeh.documents[0].get_model_by_name('page:mark').data.here[0] == 1")
    page = "Bokeh.documents[0].get_model_by_name('page:swell')"
    shape, pixels = held.evaluate(f"() => [{page}.data.image[0].shape, Array.from({page}.data.image[0])]")
    film = explorer.scene(TOY).frame.fields["swell"].values
    assert shape == list(film.shape[1:])
    assert pixels == pytest.approx(film[2].ravel(), abs=1e-6)
    assert [frame for frame in held.frames[said:] if "PATCH-DOC" in frame] == []


def test_a_tap_moves_a_cursor_in_the_browser_and_sets_inputs_on_the_server(visit):
    held = visit().open(TOY).settled()
    held.page.mouse.click(*held.place(0, 3.1, 0.0))
    held.until("() => Bokeh.documents[0].get_model_by_name('page:mark').data.here[0] == 3")
    held.page.mouse.click(*held.place(2, 0.5, -0.25))
    held.until("() => /x0=0\\.[45]/.test(location.search) && /y0=-0\\.2/.test(location.search)")


def test_a_dragged_mark_sets_inputs_and_a_refused_place_takes_it_back(visit):
    held = visit().open(TOY).settled()
    mouse = held.page.mouse
    mouse.move(*held.place(2, 0.0, 0.0))
    mouse.down()
    mouse.move(*held.place(2, 0.3, 0.3), steps=4)
    mouse.move(*held.place(2, 0.5, -0.5), steps=4)
    mouse.up()
    held.until("() => /x0=0\\.[45]/.test(location.search) && /y0=-0\\.[45]/.test(location.search)")
    (sx,), (sy,) = held.source("table:start", "sx"), held.source("table:start", "sy")
    assert (sx, sy) == pytest.approx((0.5, -0.5), abs=0.03)
    mouse.move(*held.place(2, sx, sy))
    mouse.down()
    mouse.move(*held.place(2, 1.04, sy), steps=4)
    mouse.up()
    held.page.get_by_role("alert").filter(has_text="x0").wait_for()
    held.until(f"() => Bokeh.documents[0].get_model_by_name('table:start').data.sx[0] == {sx}")


def test_a_row_chosen_in_one_figure_is_chosen_in_the_other(visit):
    held = visit().open(TOY).settled()
    at, sample = held.source("table:samples", "at"), held.source("table:samples", "sample")
    held.page.mouse.click(*held.place(3, sample[7], at[7]))
    held.until("() => Bokeh.documents[0].get_model_by_name('table:samples').selected.indices.includes(7)")


def test_a_held_key_leaves_the_slider_where_the_picture_is(visit):
    held = visit().open("ridge/path?data=synthetic").settled()
    slider = held.page.get_by_role("slider", name="features p")
    slider.focus()
    start = float(slider.get_attribute("aria-valuenow"))
    for _ in range(25):
        held.page.keyboard.press("ArrowRight")
    held.until(f"() => location.search.includes('p={int(start) + 25}&')")
    held.settled()
    assert float(slider.get_attribute("aria-valuenow")) == start + 25


def test_an_error_is_a_sentence_and_the_picture_stays(visit):
    held = visit().open(TOY).settled()
    before = held.source("table:wave", "y0")
    held.page.get_by_label("fail", exact=True).check()
    held.page.get_by_text("The wave broke. The picture still shows the setting before.").wait_for()
    assert held.source("table:wave", "y0") == before
    held.page.get_by_label("fail", exact=True).uncheck()
    held.page.get_by_text("The wave broke.").wait_for(state="hidden")
    held.settled()


def test_long_work_shows_progress_and_can_be_cancelled(visit):
    held = visit().open(f"{TOY}?frequency=1.5").settled()
    before = held.source("table:wave", "y0")
    slider = held.page.get_by_role("slider", name="work")
    slider.focus()
    held.page.keyboard.press("End")
    held.page.get_by_role("progressbar").first.wait_for()
    held.page.get_by_text("working…").wait_for()
    assert held.source("table:wave", "y0") == before
    held.page.get_by_role("button", name="Cancel").click()
    held.page.get_by_role("button", name="Cancel").wait_for(state="hidden")
    held.page.get_by_text("Cancelled: the picture still shows the setting before.").wait_for()
    assert held.source("table:wave", "y0") == before


def test_dark_mode_gives_marks_their_lighter_twins(visit):
    held = visit().open("ridge/path?data=synthetic").settled()
    colours = """() => [...Bokeh.documents[0].all_models].filter((m) => m.type == 'Line')
                 .map((m) => m.line_color.value ?? m.line_color)"""
    assert "#1b1b1f" in held.evaluate(colours)
    held.darken()
    held.until(f"() => !({colours})().includes('#1b1b1f')")
    assert "#f2f2f5" in held.evaluate(colours)


def test_a_hidden_page_is_sent_no_picture_until_it_is_seen_again(visit):
    held = visit().open(TOY).settled()
    hide = """(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})
                            document.dispatchEvent(new Event('visibilitychange')) }"""
    before = held.source("table:wave", "y0")
    held.evaluate(hide, True)
    held.page.get_by_role("slider", name="frequency").focus()
    held.page.keyboard.press("End")
    held.until("() => location.search.includes('frequency=4')")
    assert held.source("table:wave", "y0") == before
    held.evaluate(hide, False)
    held.until("(old) => Bokeh.documents[0].get_model_by_name('table:wave').data.y0[7] != old[7]", before)


def test_tables_of_ones_own(visit, tmp_path):
    held = visit().open("ridge/path").settled()
    wrong = {
        "text.csv": (b"a,b\n1,x\n2,y\n3,z\n", "'x'"),
        "one.csv": (b"a,b\n1,2\n", "row"),
        "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "picture.csv"),
    }
    right = b"a,b,target\n" + b"".join(b"%d,%d,%d\n" % (i, i * i % 7, 3 * i % 11) for i in range(30))

    def bring(name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        if not held.page.locator("input[type=file]").count():
            held.page.get_by_role("combobox", name="data").click()
            held.page.get_by_text("your own CSV or Parquet file").click()
        held.page.locator("input[type=file]").set_input_files(tmp_path / name)

    for name, (content, words) in wrong.items():
        bring(name, content)
        alert = held.page.get_by_role("alert").filter(has_text=words)
        alert.wait_for()
        assert str(tmp_path) not in alert.inner_text()
        held.page.get_by_text("442 rows, 10 features").wait_for()
    bring("good.csv", right)
    held.page.get_by_text("30 rows, 2 features, target target").wait_for(timeout=20_000)
    held.settled()
    assert held.page.locator(".badge.failed").count() == 0
