"""The address holds the state, its history is undo and redo, and its receipt is judged when it is opened."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

import explorer
from explorer.core.receipt import Receipt
from tests.ui.conftest import TOY, Visit

pytestmark = pytest.mark.ui


def texts(held: Visit) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(held.page.url).query))


def receipted(held: Visit) -> dict[str, str]:
    """The address, once it carries the receipt of the picture."""
    held.until("() => location.search.includes('digest=')")
    return texts(held)


def test_the_address_holds_every_input_and_a_receipt_from_the_start(visit):
    held = visit().open(TOY).settled()
    said = receipted(held)
    model = explorer.from_link(held.page.url)
    assert set(model.inputs()) <= set(said)
    assert Receipt.read(said) == Receipt.of(model.frame)
    assert said["version"] == explorer.__version__


def test_a_link_opened_elsewhere_says_that_it_was_reproduced(visit):
    first = visit().open(f"{TOY}?frequency=2.5").settled()
    receipted(first)
    second = visit().open(first.page.url.removeprefix(first.address + "/")).settled()
    second.page.get_by_role("alert").filter(has_text="Reproduced exactly").wait_for()
    second.page.get_by_role("slider", name="frequency").focus()
    second.page.keyboard.press("ArrowRight")
    second.page.get_by_role("alert").wait_for(state="hidden")


def test_a_link_of_other_numbers_says_by_how_much_they_differ(visit):
    held = visit().open(f"{TOY}?frequency=2.5").settled()
    said = receipted(held)
    other = {**said, "frequency": "2.6", "version": "0.0.1"}
    second = visit().open(f"{TOY}?{urlencode(other)}").settled()
    alert = second.page.get_by_role("alert").filter(has_text="Not reproduced")
    alert.wait_for()
    assert "of their size" in alert.inner_text()
    assert "made with version 0.0.1" in alert.inner_text()


def test_what_is_right_in_a_link_is_taken_and_what_is_wrong_is_said(visit):
    held = visit().open("ridge/path?data=synthetic&n=77&p=9999&nn=3").settled()
    alert = held.page.get_by_role("alert")
    assert "lies between 2 and 400" in alert.inner_text()
    assert "did you mean 'n'" in alert.inner_text()
    assert texts(held)["n"] == "77"
    assert texts(held)["data"] == "synthetic"


def test_undo_and_redo_are_the_browsers_back_and_forward(visit):
    held = visit().open(TOY).settled()
    receipted(held)
    undo, redo = (held.page.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    assert undo.is_disabled()
    slider = held.page.get_by_role("slider", name="frequency")
    slider.focus()
    start = texts(held)["frequency"]
    heights = held.source("table:wave", "y0")
    held.page.keyboard.press("End")
    held.until("() => location.search.includes('frequency=4')")
    undo.click()
    held.until("(start) => location.search.includes(`frequency=${start}&`)", start)
    held.until("(old) => Bokeh.documents[0].get_model_by_name('table:wave').data.y0[7] == old[7]", heights)
    redo.click()
    held.until("() => location.search.includes('frequency=4')")
    held.page.keyboard.press("Control+z")
    held.until("(old) => Bokeh.documents[0].get_model_by_name('table:wave').data.y0[7] == old[7]", heights)
    held.page.go_forward()
    held.until("(old) => Bokeh.documents[0].get_model_by_name('table:wave').data.y0[7] != old[7]", heights)
    held.page.get_by_role("button", name="Back to the opening setting").click()
    held.until("(old) => Bokeh.documents[0].get_model_by_name('table:wave').data.y0[7] == old[7]", heights)
    held.settled()


def test_hasty_undo_and_redo_end_where_the_address_says(visit):
    """Steps back and forward that the server has not yet answered: what it wrote before them is not taken."""
    held = visit().open(TOY).settled()
    receipted(held)
    slider = held.page.get_by_role("slider", name="frequency")
    slider.focus()
    for key in ("End", "Home", "ArrowRight"):
        held.page.keyboard.press(key)
        at = held.evaluate("() => location.search")
        held.until("(at) => location.search != at && location.search.includes('digest=')", at)
    entries = held.evaluate("() => history.length")
    for key in ("z", "z", "z", "Shift+z", "Shift+z", "z", "Shift+z", "z"):
        held.page.keyboard.press(f"Control+{key}")
        held.evaluate("() => new Promise(requestAnimationFrame)")
    held.until("() => location.search.includes('digest=')")
    held.settled()
    model = explorer.from_link(held.page.url)
    heights = [float(v) for v in model.frame.tables["wave"]["y0"]]
    held.until(
        "(wanted) => Bokeh.documents[0].get_model_by_name('table:wave').data.y0.every((v, i) => v == wanted[i])",
        heights,
    )
    assert held.evaluate("() => history.length") == entries
    assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(model.frequency)


def test_a_moving_slider_is_one_entry_of_the_history(visit):
    held = visit().open("ridge/path?data=synthetic").settled()
    receipted(held)
    entries = held.evaluate("() => history.length")
    box = held.page.get_by_role("slider", name="noise σ").locator("xpath=..").bounding_box()
    y = box["y"] + box["height"] / 2
    held.page.mouse.move(box["x"] + box["width"] / 2, y)
    held.page.mouse.down()
    for step in range(1, 12):
        held.page.mouse.move(box["x"] + box["width"] / 2 + 6 * step, y)
    held.page.mouse.up()
    held.until("() => /noise=(?!0\\.5&)/.test(location.search)")
    held.until("() => location.search.includes('digest=')")
    assert held.evaluate("() => history.length") == entries + 1


def test_a_slide_or_a_frame_leaves_out_what_it_is_asked_to(visit):
    held = visit().open("ridge/path?embed=1&hide=captions,cursors&preset=The+peak+at+p+%3D+n").settled()
    assert held.page.get_by_role("banner").is_hidden()
    assert held.page.locator(".story").count() == 0
    assert held.page.locator(".caption").count() == 0
    assert held.page.get_by_role("combobox").count() == 0
    assert held.page.locator(".card").count() == 4
    said = receipted(held)
    assert (said["embed"], said["hide"], said["data"]) == ("1", "captions,cursors", "synthetic")


def test_an_unknown_part_to_hide_is_a_sentence(visit):
    held = visit().open(f"{TOY}?hide=everything").settled()
    assert "no part 'everything' to hide" in held.page.get_by_role("alert").inner_text()
