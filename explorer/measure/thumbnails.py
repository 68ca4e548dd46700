"""Draws the pictures of the gallery and of the README: every scene's first preset, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explorer.core import registry
from explorer.measure.browser import browser, serving

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "thumbnails"
PAGES = FOLDER.parent / "pages"
STILL = "() => document.getAnimations().every((a) => a.playState != 'running')"


def run(names: Sequence[str] = ()) -> int:
    """Write two pictures a scene, into assets/thumbnails and assets/pages; gives 0."""
    from explorer.dashboard import page

    scenes = [registry.find(name) for name in names] or list(registry.scenes())
    for folder in (FOLDER, PAGES):
        folder.mkdir(parents=True, exist_ok=True)
    pages = {f"/{scene.name}": lambda name=scene.name: page.build(name) for scene in scenes}
    with serving(pages) as port, browser() as chromium:
        for scene in scenes:
            view = chromium.new_page(viewport={"width": 1180, "height": 900})
            view.goto(f"http://localhost:{port}/{scene.name}")
            view.get_by_text("checks hold").wait_for(timeout=120_000)
            view.get_by_label("Close drawer").click()
            view.wait_for_function(STILL)
            target = FOLDER / f"{scene.name.replace('/', '-')}.png"
            view.locator(".card").first.screenshot(path=target)
            view.mouse.move(700, 5)
            view.get_by_label("Open drawer").click()
            view.mouse.move(700, 5)  # no tip is open
            view.set_viewport_size({"width": 1440, "height": 900})
            view.wait_for_function(STILL)
            page_target = PAGES / target.name
            view.screenshot(path=page_target)
            view.close()
            print(f"written: {target.name} in {FOLDER.name} and {PAGES.name}")
    return 0
