"""The page in one file, opened from disk with the network cut off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer.core import registry
from explorer.core.values import InputError
from explorer.dashboard import film, onefile, pictures
from tests.conftest import TOY

pytestmark = pytest.mark.ui
SETTING = {"frequency": 2.0, "phase": 2.0, "lines": 3}
SOURCE = "([name, column]) => Array.from(ridgeline.document().get_model_by_name(name).data[column])"


class Offline:
    """A page opened from disk, and everything that it asked for or complained about."""

    def __init__(self, page, path: Path) -> None:
        self.page, self.asked, self.errors = page, [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on(
            "console",
            lambda message: (
                self.errors.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(path.as_uri())
        page.evaluate("() => ridgeline.drawn()")

    def source(self, name: str, column: str) -> np.ndarray:
        return np.array(self.page.evaluate(SOURCE, [name, column]))

    def until(self, code: str) -> None:
        self.page.wait_for_function(code, timeout=20_000)

    def choose(self, name: str) -> None:
        self.page.get_by_label("Setting").select_option(label=name)
        self.until(f"() => ridgeline.shown() == {name!r}")


@pytest.fixture
def offline(chromium):
    contexts, opened = [], []

    def open_file(path: Path, width: int = 1200, **options) -> Offline:
        contexts.append(
            chromium.new_context(offline=True, viewport={"width": width, "height": 900}, **options)
        )
        opened.append((path, Offline(contexts[-1].new_page(), path)))
        return opened[-1][1]

    yield open_file
    for context in contexts:
        context.close()
    for path, held in opened:
        assert held.errors == []
        assert [url for url in held.asked if not url.startswith(("data:", "blob:"))] == [path.as_uri()]


@pytest.fixture(scope="module")
def toy():
    return explorer.scene(TOY, **SETTING)


@pytest.fixture(scope="module")
def file(toy, tmp_path_factory):
    return onefile.write(toy, tmp_path_factory.mktemp("home") / "wave.html")


def test_it_opens_at_the_setting_and_page_that_were_taken_home(offline, file, toy):
    held = offline(file)
    frame = toy.opened(toy.frame)
    assert held.page.get_by_label("Setting").input_value() == "0"
    np.testing.assert_allclose(
        held.source("page:moving", "height"), frame.page("moving")["height"], rtol=1e-5
    )
    np.testing.assert_allclose(
        held.source("table:wave", "y2"), frame.tables["wave"]["y2"], rtol=1e-5, atol=1e-9
    )
    assert held.page.locator(".card").count() == len(registry.find(TOY).figures)
    assert held.page.locator(".badge.failed").count() == 1  # what fails here fails there
    assert "A wave of 2 Hz." in held.page.locator(".caption").first.inner_text()
    assert held.page.locator(".story math").count() == 1
    receipt = held.page.locator("#receipt").inner_text()
    assert toy.frame.digest() in receipt
    assert explorer.from_link(receipt.split(" · ")[-1]).frame.digest() == toy.frame.digest()


def test_the_cursor_steps_plays_and_follows_a_tap(offline, file, toy):
    held, pages = offline(file), toy.frame.series["moving"]["height"]
    slider = held.page.get_by_role("slider", name="phase φ")
    slider.focus()
    held.page.keyboard.press("End")
    np.testing.assert_allclose(held.source("page:moving", "height"), pages[-1], rtol=1e-5)
    held.page.keyboard.press("ArrowLeft")
    np.testing.assert_allclose(held.source("page:moving", "height"), pages[-2], rtol=1e-5)
    picture = held.page.locator(".plot").nth(1).screenshot()
    held.page.get_by_role("button", name="play").press("Enter")
    held.until("() => document.querySelector('input[type=range]').value == '12'")
    held.page.get_by_role("button", name="play", exact=True).wait_for()  # it stops at the end
    assert held.page.locator(".plot").nth(1).screenshot() != picture
    x, y = held.page.evaluate("() => ridgeline.place('standing', 3.0, 0.5)")
    held.page.mouse.click(x, y)
    held.until("() => document.querySelector('.turner output').textContent == '3'")
    assert held.source("page:mark", "here").tolist() == [3.0]


def test_a_preset_is_chosen_and_left_again(offline, file, toy):
    held = offline(file)
    for preset in registry.find(TOY).presets:  # both have other structures than the setting taken home
        held.choose(preset.name)
        model = explorer.scene(TOY, **preset.inputs)
        np.testing.assert_allclose(
            held.source("table:wave", "y0"), model.frame.tables["wave"]["y0"], rtol=1e-5, atol=1e-9
        )
        np.testing.assert_allclose(
            held.source("page:moving", "height"),
            model.frame.series["moving"]["height"][0],
            rtol=1e-5,
            atol=1e-9,
        )
        assert preset.lesson == held.page.locator("#lesson").inner_text()
        assert model.frame.digest() in held.page.locator("#receipt").inner_text()
        assert held.page.locator(".card:visible").count() == 4
    held.choose(onefile.PRESENT)
    assert toy.frame.digest() in held.page.locator("#receipt").inner_text()
    np.testing.assert_allclose(held.source("page:mark", "here"), [2.0])


def test_presets_of_one_structure_share_the_figures(offline, tmp_path):
    scene = registry.find("ridge/path")
    before, after = scene.preset("Noise hides in small singular values"), scene.preset("The peak at p = n")
    held = offline(onefile.write(scene.open(**before.inputs), tmp_path / "ridge.html"))
    roots = "() => ridgeline.document().roots().map((root) => root.id)"
    first, picture = held.page.evaluate(roots), held.page.locator(".plot").first.screenshot()
    held.choose(after.name)
    assert held.page.evaluate(roots) == first
    assert held.page.locator(".plot").first.screenshot() != picture
    peak = scene.open(**after.inputs).frame.tables["path"]
    np.testing.assert_allclose(held.source("table:path", "risk"), peak["risk"], rtol=1e-5)


def test_a_preset_that_is_taken_home_is_not_held_twice():
    preset = registry.find(TOY).presets[1]
    text = onefile.page(explorer.scene(TOY, **preset.inputs, phase=3.0)).decode()
    assert onefile.PRESENT not in text
    assert text.count('"present": true') == 1


def test_light_dark_and_a_narrow_screen(offline, file):
    held = offline(file, 390, color_scheme="dark")
    assert held.page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    ink = (
        "() => [...ridgeline.document().all_models].find((m) => m.type == 'LinearAxis').axis_label_text_color"
    )
    colours = """() => JSON.stringify([...ridgeline.document().all_models]
                 .filter((model) => model.type == 'Line').map((model) => model.line_color))"""
    night = held.page.evaluate(ink), held.page.evaluate(colours)
    held.page.get_by_role("button", name="Dark").click()
    day = held.page.evaluate(ink), held.page.evaluate(colours)
    assert night[0] != day[0]
    assert night[1] != day[1]
    assert held.page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "light"


def test_numbers_as_a_table_follow_the_cursor(offline, file, toy):
    held = offline(file)
    card = held.page.locator(".card").nth(1)
    card.get_by_role("button", name="Take home").press("Enter")
    card.get_by_role("menuitem", name="Show as table").press("Enter")
    table = card.get_by_role("table", name="moving")
    assert "first 50 of 200 rows" in table.locator("caption").inner_text()
    assert [head.get_attribute("scope") for head in table.locator("th").all()] == ["col", "col"]
    cell = table.locator("tbody tr").nth(9).locator("td").nth(1)
    heights = toy.frame.series["moving"]["height"][:, 9]
    assert float(cell.inner_text()) == pytest.approx(heights[4], rel=1e-4)
    held.page.get_by_role("slider").press("End")
    held.until(
        "() => Math.abs(document.querySelectorAll('.card')[1].querySelector('table')"
        f".tBodies[0].rows[9].cells[1].textContent - {heights[-1]}) < 1e-4"
    )
    card.get_by_role("button", name="Close the table").press("Enter")
    assert card.locator("table").count() == 0


@pytest.mark.parametrize("name", [scene.name for scene in registry.scenes()])
def test_every_scene_goes_into_one_file(offline, tmp_path, name):
    scene = registry.find(name)
    light = min(scene.presets, key=lambda preset: len(preset.inputs)) if scene.presets else None
    model = scene.open(**(light.inputs if light else {}))
    path = onefile.write(model, tmp_path / "scene.html", presets=False)
    held = offline(path)
    assert path.stat().st_size < 4e6
    assert held.page.locator(".card canvas").first.is_visible()
    assert held.page.locator(".badge.passed").count() > 0
    assert held.page.get_by_label("Setting").is_hidden()


def apart(work, *given):
    """Run in a thread of its own: this one drives a browser already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *given).result()


def test_pictures_of_a_scene_and_of_one_figure(toy):
    svg = apart(pictures.picture, toy, "svg", "standing").decode()
    assert "A standing wave and noisy samples of it" in svg
    assert "A wave of 2 Hz." in svg
    assert svg.count("<path") > 3
    assert apart(pictures.picture, toy, "png").startswith(b"\x89PNG")


def test_a_film_has_a_picture_for_every_page(toy, monkeypatch):
    try:
        film.ffmpeg()
    except InputError as missing:
        pytest.skip(str(missing))
    drawn = []
    monkeypatch.setattr(
        film,
        "_joined",
        lambda tool, folder, ending, model, join=film._joined: (
            drawn.extend(path.read_bytes() for path in sorted(folder.glob("*.png"))),
            join(tool, folder, ending, model),
        )[1],
    )
    held = apart(film.film, toy, ".gif")
    assert held.startswith(b"GIF89a")
    assert len(drawn) == len(toy.frame.cursors["phase"])
    assert len(set(drawn)) == len(drawn)
