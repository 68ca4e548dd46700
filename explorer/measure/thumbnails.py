"""Draws the gallery's thumbnails: the figures of every scene's first preset, as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explorer.core import registry
from explorer.measure.browser import browser, serving

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "thumbnails"
# Two figures side by side are enough to recognise a scene by.
CLIP_HEIGHT = 380


def run(names: Sequence[str] = ()) -> int:
    """Write one picture a scene into assets/thumbnails; gives 0."""
    from explorer.dashboard import page

    scenes = [registry.find(name) for name in names] or list(registry.scenes())
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = {f"/{scene.name}": lambda name=scene.name: page.build(name) for scene in scenes}
    with serving(pages) as port, browser() as chromium:
        for scene in scenes:
            view = chromium.new_page(viewport={"width": 1180, "height": 900})
            view.goto(f"http://localhost:{port}/{scene.name}")
            view.get_by_text("checks hold").wait_for(timeout=120_000)
            view.get_by_label("Close drawer").click()
            view.wait_for_function("() => document.getAnimations().every((a) => a.playState != 'running')")
            box = view.locator(".board").first.bounding_box()
            assert box is not None
            target = FOLDER / f"{scene.name.replace('/', '-')}.png"
            view.screenshot(path=target, clip={**box, "height": min(box["height"], CLIP_HEIGHT)})
            view.close()
            print(f"written: {target.relative_to(FOLDER.parent.parent)}")
    return 0
