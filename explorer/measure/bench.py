"""The bench: every figure beside what a user would otherwise have, in one run."""

from __future__ import annotations

import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.core import registry

CHECKOUT = Path(__file__).resolve().parents[2]
Row = dict[str, Any]


def run(target: str, browser: bool = True) -> int:
    """Measure, print a table, write JSON; gives 0."""
    rows: list[Row] = []
    for title, measure in _parts(browser):
        print(f"\n{title}")
        for row in _measured(measure):
            rows.append({"part": title, **row})
            print("  " + _line(row), flush=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    Path(target).write_text(json.dumps({"machine": machine, "rows": rows}, indent=1), encoding="utf-8")
    print(f"\nwritten to {target}")
    return 0


def _measured(measure: Callable[[], list[Row]]) -> list[Row]:
    """What a part measured; one that failed is a row that says so, and the others still run."""
    try:
        return measure()
    except Exception as error:
        return [{"name": "failed", "note": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}]


def _parts(browser: bool) -> list[tuple[str, Callable[[], list[Row]]]]:
    parts: list[tuple[str, Callable[[], list[Row]]]] = [
        ("import", import_time),
        ("compute and push of a live input", compute_and_push),
    ]
    if browser:
        parts += [("first picture after start", first_picture), ("slider to painted pixels", painted)]
    for path in sorted((CHECKOUT / "tests" / "bench").glob("*.py")):
        if path.stem != "__init__":
            parts.append((f"{path.stem} beside other libraries", lambda stem=path.stem: _library(stem)))
    return parts


def import_time(repeats: int = 7) -> list[Row]:
    """Seconds that ``import explorer`` takes in a fresh interpreter, the interpreter's own start apart."""

    def seconds(code: str) -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - started

    empty = statistics.median(seconds("pass") for _ in range(repeats))
    full = statistics.median(seconds("import explorer") for _ in range(repeats))
    return [{"name": "import explorer", "median_ms": 1e3 * (full - empty), "budget_ms": 300.0}]


def compute_and_push(repeats: int = 30) -> list[Row]:
    """Milliseconds of compute, and of the server's side of a push into a document, for every live input."""
    return [row for scene in registry.scenes() for row in _live_inputs(scene, repeats)]


def _live_inputs(scene: registry.Scene, repeats: int) -> list[Row]:
    import panel as pn
    from bokeh.document import Document

    from explorer.core import inputs
    from explorer.dashboard.board import Board

    rows = []
    for name, parameter in scene.model_class.inputs().items():
        if parameter.info.cost != "live" or not isinstance(parameter, inputs.Real | inputs.Whole):
            continue
        model = scene.open(**{other: values[0] for other, values in parameter.info.cases[0].items()})
        board = Board(scene, model, lambda values: None)
        document = Document()
        board.show(model.draft())
        document.add_root(board.panel.get_root(document))
        compute, push = [], []
        low, high = parameter.bounds
        middle = getattr(model, name)
        for step in range(repeats):
            value = middle + (1 + step % 5) * 0.01 * (high - low)
            value = (
                min(value, high)
                if isinstance(parameter, inputs.Real) and not isinstance(parameter, inputs.Whole)
                else min(round(value), high)
            )
            model.update(**{name: value})
            started = time.perf_counter()
            frame = model.draft()
            compute.append(time.perf_counter() - started)
            with pn.io.hold(document):
                started = time.perf_counter()
                board.show(frame)
                push.append(time.perf_counter() - started)
        rows.append(
            {
                "name": f"{scene.name} {name}",
                "compute_ms": 1e3 * statistics.median(compute),
                "push_ms": 1e3 * statistics.median(push),
                "budget_ms": 30.0,
                "push_budget_ms": 3.0,
            }
        )
    return rows


def first_picture() -> list[Row]:
    """Seconds from the command to painted figures, with a cold and with a warm cache of compiled kernels."""
    from explorer.measure.browser import browser

    rows = []
    with tempfile.TemporaryDirectory() as cache, browser() as chromium:
        for words in ("cold cache", "warm cache", "warm cache"):
            rows.append({"name": f"explorer serve to painted, {words}", **_started(chromium, cache)})
    return [rows[0], min(rows[1:], key=lambda row: row["seconds"])]


def _started(chromium: Any, cache: str) -> Row:
    from explorer.dashboard.server import free_port, wait_until_up

    port = free_port("localhost", None)
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-m", "explorer.cli", "serve", "--no-show", "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until_up(port)
        up = time.perf_counter() - started
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://localhost:{port}/ridge/path")
        page.locator(".card canvas").first.wait_for(timeout=120_000)
        painted = time.perf_counter() - started
        page.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
    return {"seconds": painted, "server_up_s": up, "page_s": painted - up, "budget_s": 3.0}


def painted() -> list[Row]:
    """The slider's way to the screen, ours and the bare page's."""
    from explorer.measure import paint
    from explorer.measure.browser import browser

    with browser() as chromium:
        return paint.measure(chromium)


def _library(stem: str) -> list[Row]:
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    try:
        return importlib.import_module(f"tests.bench.{stem}").rows()
    except ImportError as error:
        return [{"name": stem, "note": f"left out: {error}"}]


def _line(row: Row) -> str:
    numbers = [f"{key} {value:.4g}" for key, value in row.items() if isinstance(value, int | float)]
    note = row.get("note") or ""
    return f"{row['name']:<52} {'  '.join(numbers)}  {note}".rstrip()
