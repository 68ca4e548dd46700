"""What the page's menus give out is what is on the screen, and the programs among it compute it again."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import zipfile
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image
from playwright.sync_api import expect

import explorer
from explorer.core.values import InputError
from explorer.dashboard import figure_files, film, parcels, takehome
from tests.ui.conftest import TOY, Visit

pytestmark = pytest.mark.ui
SVG = "{http://www.w3.org/2000/svg}"


def taken(held: Visit, words: str, figure: int | None = None) -> tuple[str, bytes]:
    """(name, content) of the file that an item of a menu gives: the page's, or one figure's."""
    where = held.page if figure is None else held.page.locator(".card").nth(figure)
    name = "Take home" if figure is None else "Take home:"
    with held.page.expect_download(timeout=60_000) as download:
        where.get_by_role("button", name=name, exact=figure is None).click()
        where.get_by_role("menuitem", name=words).click()
    file = download.value
    with open(file.path(), "rb") as content:
        return file.suggested_filename, content.read()


def on_screen(held: Visit) -> str:
    """Digest of the setting that stands in the address."""
    return explorer.from_link(held.page.url).frame.digest()


def test_the_programs_compute_what_is_on_the_screen(visit, tmp_path):
    held = visit().open("ridge/path?data=synthetic&n=40&p=7").settled()
    held.page.get_by_role("button", name="New draw").click()
    held.until("() => location.search.includes('seed=1')")
    held.settled()
    digest = on_screen(held)
    for words, name in (
        ("Python script", "ridge-path.py"),
        ("Notebook", "ridge-path.ipynb"),
        ("Test for pytest", "test_ridge_path.py"),
    ):
        called, content = taken(held, words)
        assert called == name
        assert digest in content.decode()
        (tmp_path / name).write_bytes(content)
    run = {"cwd": tmp_path, "capture_output": True, "text": True, "check": False}
    script = subprocess.run([sys.executable, "ridge-path.py"], **run)
    assert "reproduced exactly" in script.stdout, script.stderr
    case = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_ridge_path.py"], **run
    )
    assert "1 passed" in case.stdout, case.stdout
    notebook = nbformat.read(tmp_path / "ridge-path.ipynb", as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": tmp_path}}).execute()


def test_the_data_are_those_on_the_screen(visit, monkeypatch):
    monkeypatch.setattr(takehome, "SMALL", 1000)  # all of them go by way of the address
    fetched = []
    keep = parcels.parcels.take
    monkeypatch.setattr(parcels.parcels, "take", lambda token: fetched.append(token) or keep(token))
    held = visit().open(f"{TOY}?frequency=2.0&phase=3.0").settled()
    digest = on_screen(held)
    name, content = taken(held, "Data for NumPy")
    assert name == "toy-wave.npz"
    with np.load(io.BytesIO(content)) as arrays:
        assert str(arrays["digest"]) == digest
    for words, ending in (("Data as CSV", ".csv"), ("Data as Parquet", ".parquet")):
        with zipfile.ZipFile(io.BytesIO(taken(held, words)[1])) as bundle:
            assert f"wave{ending}" in bundle.namelist()
            assert digest in bundle.read("receipt.txt").decode()
    assert len(fetched) == 3


@pytest.mark.parametrize("fetched", [True, False], ids=["fetched", "carried by the page"])
def test_the_page_in_one_file(visit, chromium, tmp_path, fetched):
    held = visit().open(f"{TOY}?frequency=2.0").settled()
    if not fetched:  # such as in a notebook, where nobody answers there
        held.page.route("**/take/*", lambda route: route.abort())
    name, content = taken(held, "Page in one file")
    (tmp_path / name).write_bytes(content)
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / name).as_uri())
    page.evaluate("() => ridgeline.drawn()")
    assert on_screen(held) in page.locator("#receipt").inner_text()
    context.close()
    held.errors[:] = [error for error in held.errors if fetched or "ERR_FAILED" not in error]


def test_the_menu_by_keyboard_and_a_failure_in_one_sentence(visit, monkeypatch):
    def missing():
        raise InputError(film.INSTALL)

    monkeypatch.setattr(film, "ffmpeg", missing)
    held = visit().open(TOY).settled()
    button = held.page.get_by_role("button", name="Take home", exact=True)
    button.press("Enter")
    items = held.page.get_by_role("menuitem")
    assert items.first.evaluate("(item) => item.getRootNode().activeElement === item")
    held.page.keyboard.press("End")
    assert items.last.evaluate("(item) => item.getRootNode().activeElement === item")
    held.page.keyboard.press("ArrowDown")
    assert items.first.evaluate("(item) => item.getRootNode().activeElement === item")
    held.page.keyboard.press("Escape")
    assert items.first.is_hidden()
    assert button.evaluate("(item) => item.getRootNode().activeElement === item")
    assert button.get_attribute("aria-expanded") == "false"
    button.press("Enter")
    items.get_by_text("Film, MP4").press("Enter")
    held.page.get_by_role("alert").get_by_text("a film needs ffmpeg; install it").wait_for()
    assert taken(held, "Python script")[0] == "toy-wave.py"


def test_long_work_is_told_and_the_page_stays_alive(visit, monkeypatch):
    go = threading.Event()

    def slow(model, cursor, *rest, **more):
        assert go.wait(60)
        return b"a film"

    monkeypatch.setattr(film, "film", slow)
    held = visit().open(TOY).settled()
    try:
        with held.page.expect_download() as download:
            held.page.get_by_role("button", name="Take home", exact=True).click()
            held.page.get_by_role("menuitem", name="Film, GIF").click()
            held.page.get_by_role("status").get_by_text("filming").wait_for()
            before = held.source("table:wave", "y0")
            held.page.get_by_role("slider", name="frequency f").press("End")
            held.until("() => location.search.includes('frequency=4')")
            held.settled()
            assert held.source("table:wave", "y0") != before
            go.set()
    finally:
        go.set()
    assert download.value.suggested_filename == "toy-wave.gif"
    expect(held.page.get_by_role("status").get_by_text("filming")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pictures_of_a_figure_have_its_words_and_its_ground(visit, dark):
    held = visit().open(f"{TOY}?frequency=2.0").settled()
    if dark:
        held.darken()
    else:
        given = figure_files.file(explorer.from_link(held.page.url), "brushed", ".csv")
        assert taken(held, "CSV of its columns", 3) == given
        assert taken(held, "Parquet of its columns", 0)[0] == "toy-wave-standing-parquet.zip"
    name, content = taken(held, "PNG picture", 0)
    assert name == "toy-wave-standing.png"
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    wide = held.page.locator(".card").first.bounding_box()["width"]
    assert picture.width > 1.7 * wide
    assert max(picture.getpixel((3, 3))) < 60 if dark else min(picture.getpixel((3, 3))) == 255
    assert len(picture.getcolors(100_000) or range(100_001)) > 20
    root = ElementTree.fromstring(taken(held, "SVG picture", 0)[1])
    said = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    for words in ("A standing wave and noisy samples of it", "line 0", "samples", "A wave of 2 Hz."):
        assert words in said
    assert len(list(root.iter(f"{SVG}path"))) > 5


def test_a_table_of_what_is_drawn_follows_without_a_word_to_the_server(visit):
    held = visit().open(f"{TOY}?frequency=2.0").settled()
    card, pages = held.page.locator(".card").nth(1), explorer.scene(TOY, frequency=2.0).frame.series["moving"]
    assert card.locator("table").count() == 0
    card.get_by_role("button", name="Take home:").press("Enter")
    card.get_by_role("menuitem", name="Show as table").press("Enter")
    table = card.get_by_role("table", name="moving")
    assert table.locator("thead th[scope=col]").count() == 2
    assert "first 50 of 200 rows" in table.locator("caption").inner_text()
    cell = table.locator("tbody tr").nth(9).locator("td").nth(1)
    before = cell.inner_text()
    assert float(before) == pytest.approx(pages["height"][0, 9], rel=1e-4)
    sent = len(held.frames)
    thumb = held.page.get_by_role("slider", name="phase")
    thumb.evaluate("(slider) => { slider.value = 12; slider.dispatchEvent(new Event('input')) }")
    expect(cell).not_to_have_text(before)
    assert float(cell.inner_text()) == pytest.approx(pages["height"][-1, 9], rel=1e-4)
    assert held.frames[sent:] == []
    held.page.get_by_role("slider", name="frequency f").press("End")
    held.until("() => location.search.includes('frequency=4')")
    card.get_by_role("button", name="Close the table").press("Enter")
    assert card.locator("table").count() == 0
