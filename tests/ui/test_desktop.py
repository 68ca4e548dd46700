"""`explorer desktop`: a window of its own, on a screen that nobody sees."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import cli

LACKING = [name for name in ("webview", "qtpy", "PySide6") if importlib.util.find_spec(name) is None]
LACKING += [] if shutil.which("Xvfb") else ["Xvfb"]
# The window closes itself, as a hand would, once it has painted: Ctrl-C comes from the test.
CLOSER = """
import sys, threading, time
import webview
from explorer.dashboard import desktop

def look(end):
    while not webview.windows:
        time.sleep(0.05)
    window = webview.windows[0]
    window.events.loaded.wait()
    held = "Bokeh.documents[0]?.get_model_by_name('table:path')?.data"
    while not window.evaluate_js(f"window.Bokeh && !!{held}"):
        time.sleep(0.1)
    print("STANDS", window.title, flush=True)
    if end == "close":
        window.destroy()

threading.Thread(target=look, args=sys.argv[1:], daemon=True).start()
print("ENDED", desktop.run("ridge/path"), [t.name for t in threading.enumerate() if not t.daemon])
"""


@pytest.fixture
def display() -> Iterator[str]:
    """A screen for windows; its number comes back through a pipe."""
    if LACKING:
        pytest.skip(
            f"no window is opened: {', '.join(LACKING)} is not here (extra `desktop`; apt-get install xvfb)"
        )
    read, write = os.pipe()
    options = ["-displayfd", str(write), "-screen", "0", "1500x1000x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(["Xvfb", *options], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        yield f":{number}"
    finally:
        screen.terminate()
        screen.wait()


@pytest.mark.ui
@pytest.mark.parametrize("end", ["close", "ctrl-c"])
def test_a_window_opens_paints_and_takes_the_server_with_it(display, end):
    from PIL import ImageGrab

    env = {**os.environ, "DISPLAY": display, "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu"}
    command = [sys.executable, "-c", CLOSER, end]
    opened = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert opened.stdout.readline().startswith("STANDS ")
        if end == "ctrl-c":
            assert len(ImageGrab.grab(xdisplay=display).getcolors(1_000_000)) > 100
            opened.send_signal(2)
        said, errors = opened.communicate(timeout=60)
    finally:
        opened.kill()
    assert "ENDED 0" in said, errors[-2000:]
    assert opened.returncode == 0


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "webview", None)
    assert cli.main(["desktop"]) == 2
    said = capsys.readouterr().err
    assert "pip install 'ridgeline-explorer[desktop]'" in said
    assert said.count("\n") == 1


def test_an_unknown_scene_opens_no_window(capsys):
    assert cli.main(["desktop", "ridge/pth"]) == 2
    assert "did you mean 'ridge/path'" in capsys.readouterr().err


def test_what_the_extra_brings_may_be_used_by_anyone():
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    extra = " ".join(project["optional-dependencies"]["desktop"]).lower()
    assert "pyside6" in extra
    assert "pyqt" not in extra  # GPL
