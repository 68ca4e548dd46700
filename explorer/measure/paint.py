"""From the hand to the painted pixels: our page against a bare Bokeh page with the same columns and glyphs."""

from __future__ import annotations

import statistics
from typing import Any

from bokeh.layouts import gridplot
from bokeh.models import ColumnDataSource, GlyphRenderer, Slider
from bokeh.plotting import curdoc, figure

from explorer.core import registry
from explorer.dashboard.live import LiveFigure
from explorer.dashboard.sources import Sources
from explorer.measure.browser import serving

# Notes every repaint of every plot, and the moment of every key press.
WATCH = """() => {
  const {PlotView} = Bokeh.require("models/plots/plot")
  window.paints = []; window.pressed = 0
  const paint = PlotView.prototype._actual_paint
  PlotView.prototype._actual_paint = function() {
    paint.call(this)
    if (this.model.renderers.length) window.paints.push([this.model.id, performance.now()])
  }
  window.addEventListener("keydown", (event) => { window.pressed = event.timeStamp }, true)
}"""
# The picture is new once every plot has painted after the key press: a message carries all the columns.
DONE = """(plots) => {
  const first = new Map()
  for (const [id, at] of window.paints) if (at > window.pressed && !first.has(id)) first.set(id, at)
  return first.size < plots ? null : Math.max(...first.values()) - window.pressed
}"""
SETTING = {"data": "synthetic"}
INPUT = "noise"


def bare_page(scene: registry.Scene) -> Any:
    """A page of plain Bokeh: one source a table, one slider, the same computation and the same glyphs."""
    model = scene.open(**SETTING)
    frame = model.draft()
    sources = Sources()
    built = [LiveFigure(spec, sources, frame) for spec in scene.figures]
    shared: dict[str, ColumnDataSource] = {}
    figures = []
    for ours in built:
        held = ours.model
        kinds = {
            f"{a}_axis_type": "log" if "Log" in type(getattr(held, f"{a}_scale")).__name__ else "linear"
            for a in "xy"
        }
        plot = figure(height=held.height, sizing_mode="stretch_width", **kinds)
        for renderer in (r for r in held.renderers if isinstance(r, GlyphRenderer)):
            name = renderer.data_source.name
            shared.setdefault(name, ColumnDataSource(dict(renderer.data_source.data)))
            plot.add_glyph(shared[name], renderer.glyph.clone())
        figures.append(plot)
    parameter = model.inputs()[INPUT]
    slider = Slider(
        start=parameter.bounds[0], end=parameter.bounds[1], step=0.01, value=getattr(model, INPUT)
    )

    def moved(_attr: str, _old: float, new: float) -> None:
        model.update(**{INPUT: new})
        frame = model.draft()
        for name, source in shared.items():
            kind, _, table = name.partition(":")
            if kind in ("table", "page"):
                columns = frame.tables[table] if kind == "table" else frame.page(table)
                source.data = {column: columns[column] for column in source.data}

    slider.on_change("value", moved)
    curdoc().add_root(slider)
    curdoc().add_root(gridplot(figures, ncols=2, sizing_mode="stretch_width"))
    return None


def delays(page: Any, handle: Any, presses: int, plots: int) -> list[float]:
    """Milliseconds from each key press on a slider to the picture that answers it; then the page comes to rest."""
    page.evaluate(WATCH)
    handle.focus()
    found = []
    for press in range(presses):
        page.evaluate("() => { window.paints = []; window.pressed = Infinity }")
        page.keyboard.press("ArrowRight" if press % 2 == 0 else "ArrowLeft")
        done = page.wait_for_function(DONE, arg=plots, timeout=10_000, polling=20)
        found.append(float(done.json_value()))
        page.wait_for_function(
            "() => performance.now() - Math.max(window.pressed, ...window.paints.map((p) => p[1])) > 700",
            timeout=20_000,
        )
    return found


def summary(name: str, milliseconds: list[float]) -> dict[str, Any]:
    ordered = sorted(milliseconds)
    return {
        "name": name,
        "median_ms": statistics.median(ordered),
        "p95_ms": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
        "repeats": len(ordered),
    }


def measure(browser: Any, scene_name: str = "ridge/path", presses: int = 24) -> list[dict[str, Any]]:
    """Rows for our page and the bare one, in alternating blocks of one run, and their ratio."""
    from explorer.dashboard import page as pages

    scene = registry.find(scene_name)
    query = "&".join(f"{key}={value}" for key, value in SETTING.items())
    with serving({"/ours": lambda: pages.build(scene_name), "/bare": lambda: bare_page(scene)}) as port:
        label = scene.model_class.inputs()[INPUT].label
        ours = browser.new_page(viewport={"width": 1440, "height": 900})
        ours.goto(f"http://localhost:{port}/ours?{query}")
        ours.get_by_text("checks hold").wait_for(timeout=60_000)
        bare = browser.new_page(viewport={"width": 1440, "height": 900})
        bare.goto(f"http://localhost:{port}/bare")
        bare.locator(".noUi-handle").wait_for(timeout=60_000)
        handles = {
            "ours": (ours, ours.get_by_role("slider", name=label)),
            "bare": (bare, bare.locator(".noUi-handle")),
        }
        times: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(2):
            for name, (page, handle) in handles.items():
                page.bring_to_front()
                times[name] += delays(page, handle, presses // 2, len(scene.figures))
        ours.close()
        bare.close()
    rows = [
        summary("slider to painted pixels, ours", times["ours"]),
        summary("slider to painted pixels, bare Bokeh", times["bare"]),
    ]
    rows[0]["ratio_to_bare"] = rows[0]["median_ms"] / rows[1]["median_ms"]
    return rows
