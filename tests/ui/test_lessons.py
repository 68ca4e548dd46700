"""A lesson is taken by keyboard alone, its progress stands in the address, and a tap is an answer."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ui


def test_a_lesson_by_keyboard_alone(visit):
    held = visit().open("ridge/path").settled()
    start = held.page.get_by_role("button", name="Lesson: Where the peak comes from")
    start.focus()
    held.page.keyboard.press("Enter")
    card = held.page.get_by_role("region", name="lesson")
    card.get_by_role("heading", name="As many features as rows").wait_for()
    held.until("() => location.search.includes('lesson=peak.1')")
    held.page.keyboard.press("n")
    card.get_by_role("heading", name="Take the penalty away").wait_for()
    held.until("() => location.search.includes('lesson=peak.2')")
    assert card.get_by_role("button", name="Next").is_disabled()
    held.page.keyboard.press("n")
    held.page.keyboard.press("1")
    card.get_by_text("Not quite.").wait_for()
    held.until("() => location.search.includes('lesson=peak.2.1')")
    held.page.keyboard.press("Enter")  # the button "Next" has the focus now
    card.get_by_role("heading", name="Look at the singular values").wait_for()
    assert card.locator("math").count() > 0
    card.get_by_role("spinbutton").focus()
    held.page.keyboard.type("0.05")
    held.page.keyboard.press("Enter")
    card.get_by_text("That is it.").wait_for()
    held.page.keyboard.press("p")
    card.get_by_role("heading", name="Take the penalty away").wait_for()
    held.page.keyboard.press("Control+z")
    card.get_by_role("heading", name="Look at the singular values").wait_for()
    card.get_by_text("That is it.").wait_for()
    card.get_by_role("button", name="Leave the lesson").focus()
    held.page.keyboard.press("Enter")
    card.wait_for(state="hidden")
    held.until("() => !location.search.includes('lesson=')")


def test_a_tap_on_the_figure_is_an_answer_and_a_link_opens_there(visit):
    held = visit().open("ridge/path?lesson=peak.3").settled()
    card = held.page.get_by_role("region", name="lesson")
    card.get_by_role("heading", name="Look at the singular values").wait_for()
    held.page.locator(".card").nth(1).scroll_into_view_if_needed()
    held.page.mouse.click(*held.place(1, 20.0, 0.5))
    card.get_by_text("Not quite.").wait_for()
    held.until("() => location.search.includes('lesson=peak.3.')")
    for place in range(4, 8):  # who does not want to guess is told, and the last step ends the lesson
        held.page.keyboard.press("n")
        card.get_by_text(f"step {place} of 7").wait_for()
        if card.get_by_role("button", name="Tell me").count():
            held.page.keyboard.press("0")
            held.until(f"() => location.search.includes('lesson=peak.{place}.0')")
            assert card.locator(".wrong").count() == 0
    card.get_by_role("button", name="Finish").click()
    card.wait_for(state="hidden")


def test_a_wrong_lesson_is_a_sentence(visit):
    held = visit().open("ridge/path?lesson=nowhere.1").settled()
    assert "no lesson 'nowhere' here" in held.page.get_by_role("alert").inner_text()


def test_a_tap_on_the_figure_answers_and_the_reveal_sets_the_scene(visit):
    held = visit().open("saddles/escape?lesson=leave.2").settled()
    held.page.mouse.click(*held.place(1, 33.0, 0.05))
    held.until(
        "() => /lesson=leave\\.2\\.3[2-4]/.test(location.search) && /x0=0\\.0001/.test(location.search)"
    )
    held.until("() => /step=33/.test(location.search)")


def test_on_a_narrow_page_the_drawer_makes_way_for_the_card(visit):
    held = visit(width=390, height=844).open("ridge/path").settled()
    held.page.locator("header button").first.click()
    held.page.get_by_role("button", name="Lesson: Where the peak comes from").click()
    card = held.page.get_by_role("region", name="lesson")
    card.get_by_role("button", name="Next").click()  # nothing lies over it
    card.get_by_text("step 2 of 7").wait_for()
