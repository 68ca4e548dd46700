"""An accessibility checker finds nothing to say of the pages, light or dark."""

from __future__ import annotations

import pytest

from explorer.core import registry
from tests.ui.conftest import TOY

pytestmark = pytest.mark.ui
PAGES = {
    "gallery": "",
    "toy": TOY,
    "lesson": "ridge/path?lesson=peak.2.1",
    **{scene.family: scene.name for scene in registry.scenes() if scene.family not in ("ridge", "toy")},
}


def found(held) -> list[str]:
    """What axe (Deque Systems, WCAG 2.1 A and AA and its best practices) says of a page that has come to rest."""
    from axe_playwright_python.sync_playwright import Axe

    held.page.mouse.move(2, 450)  # no tip is open
    said = Axe().run(held.page).response["violations"]
    for _ in range(3):  # colours fade from light to dark
        if said:
            said = Axe().run(held.page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in said for node in rule["nodes"]]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_can_be_heard_and_read_by_everyone(visit, path):
    held = visit(reduced_motion="reduce").open(path)
    if path:
        held.settled()
    held.page.locator("[role=heading][aria-level='1']").wait_for()
    assert found(held) == []
    held.page.get_by_label("Toggle theme").click()
    held.until("() => getComputedStyle(document.body).backgroundColor == 'rgb(20, 20, 22)'")
    assert found(held) == []


def test_the_whole_page_is_reached_by_keyboard(visit):
    """Tab visits every control once and shows where it is."""
    held = visit().open(TOY).settled()
    wanted = {
        "Back to the opening",
        "Pin this picture",
        "Take home",
        "Preset",
        "frequency",
        "New draw",
        "play",
        "phase φ",
        "speed",
    }
    reached: set[str] = set()
    for _ in range(120):
        held.page.keyboard.press("Tab")
        name, outlined = held.evaluate(
            """() => { let at = document.activeElement
                       while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
                       const by = at.getRootNode().getElementById?.(at.getAttribute('aria-labelledby')?.split(' ')[0])
                       const words = [at.getAttribute('aria-label'), at.labels?.[0]?.textContent, by?.textContent]
                       return [[...words, at.textContent].join(' '), at.matches(':focus-visible')] }"""
        )
        reached |= {word for word in wanted if word in name and outlined}
        if reached == wanted:
            break
    assert wanted - reached == set()
