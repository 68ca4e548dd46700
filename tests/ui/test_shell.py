"""The frame of every page: light and dark that stay, and names for what Material leaves unnamed."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Visit

pytestmark = pytest.mark.ui
GROUND = "() => getComputedStyle(document.body).backgroundColor"
DARK, LIGHT = "rgb(20, 20, 22)", "rgb(246, 246, 248)"


def test_dark_stays_after_a_reload_and_on_the_next_page(visit):
    held = visit().open("ridge/path?data=synthetic").settled()
    assert held.evaluate(GROUND) == LIGHT
    held.darken()
    held.page.reload()
    held.settled()
    held.until(f"() => ({GROUND})() == '{DARK}'")
    held.until(
        "() => [...Bokeh.documents[0].all_models].some((m) => m.type == 'Line' && m.line_color.value == '#f2f2f5')"
    )
    gallery = Visit(held.page.context.new_page(), held.address).open("")
    gallery.until(f"() => ({GROUND})() == '{DARK}'")
    gallery.page.get_by_label("Toggle theme").click()
    gallery.until(f"() => ({GROUND})() == '{LIGHT}'")
    held.page.reload()
    held.settled()
    held.until(f"() => ({GROUND})() == '{LIGHT}'")


def test_an_address_that_asks_for_a_theme_has_the_last_word(visit):
    held = visit().open("?theme=dark")
    held.until(f"() => ({GROUND})() == '{DARK}'")
    assert held.evaluate("() => localStorage.getItem('ridgeline:theme')") is None


def test_the_buttons_of_a_number_have_names(visit):
    held = visit().open("ridge/path?data=synthetic&seed=4").settled()
    held.page.get_by_role("button", name="seed: one more").click()
    held.until("() => location.search.includes('seed=5')")
    held.page.get_by_role("button", name="seed: one less").click()
    held.until("() => location.search.includes('seed=4')")
