"""A scene as one HTML file: opens from disk, asks nobody for anything, plays, scrubs and changes presets."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
from pathlib import Path
from string import Template
from typing import Any

from bokeh.resources import Resources

from explorer.core import export, values
from explorer.core.assets import asset
from explorer.core.frame import Frame, nearest
from explorer.core.inputs import matters
from explorer.core.model import Model
from explorer.core.registry import Preset, Scene, find
from explorer.core.roles import DARK_TWIN
from explorer.core.runner import Report, silent
from explorer.dashboard import theme
from explorer.dashboard.badges import badges_html
from explorer.dashboard.scripts import script
from explorer.dashboard.story import to_html
from explorer.dashboard.variants import Drawing, Pool

PRESENT = "the setting taken home"


def write(model: Model, path: str | os.PathLike[str], presets: bool = True, report: Report = silent) -> Path:
    """Write the page of a model's present setting, and of its scene's presets, to a file."""
    return export.save(path, page(model, presets, report))


def page(model: Model, presets: bool = True, report: Report = silent) -> bytes:
    """The HTML of a scene at a model's present setting.

    Parameters
        presets : whether the scene's presets can be chosen in it; each adds the numbers of its figures
        report  : told how far the work is; what it raises stops the work
    """
    scene = find(model.scene_name)
    held = _held(scene, _settings(scene, model, presets), model, report)
    parts = {
        "title": html.escape(scene.title),
        "summary": html.escape(scene.summary, quote=True),
        "style": _style(),
        "libraries": _libraries(scene),
        "held": json.dumps(held, allow_nan=False, ensure_ascii=False).replace("<", "\\u003c"),
        "script": script("turner", "menu", "picture", "datatable", "onefile"),
        "recolour": theme.RECOLOUR,
        "story": to_html(scene.story),
    }
    return Template((Path(__file__).parent / "onefile.html").read_text("utf-8")).substitute(parts).encode()


def _settings(scene: Scene, model: Model, presets: bool) -> list[tuple[Preset, Model]]:
    """What can be chosen: the model's own setting, under the name of a preset if it is one, and the presets."""
    found: list[tuple[Preset, Model]] = []
    own = Preset(PRESENT, "", {})
    for preset in scene.presets:
        other = scene.open(**preset.inputs)
        if _same(model, other):
            own, other = preset, model
        if presets:
            found.append((preset, other))
    return found if any(held is model for _, held in found) else [(own, model), *found]


def _same(one: Model, other: Model) -> bool:
    """Whether two models compute the same; they may be opened at different pages."""
    computed = {name: p for name, p in one.inputs().items() if p.info.cost != "cursor"}
    return all(
        values.to_text(p, getattr(one, name)) == values.to_text(p, getattr(other, name))
        for name, p in computed.items()
    )


def _held(
    scene: Scene, settings: list[tuple[Preset, Model]], present: Model, report: Report
) -> dict[str, Any]:
    """Everything that the page's script reads."""
    scene.prepare()
    pool, drawings, told = Pool(), list[Drawing](), []
    for place, (preset, model) in enumerate(settings):
        share, name = place / len(settings), preset.name
        frame = model.opened(model.finish(lambda _share, _text, told=(share, name): report(*told)))
        drawing = next((known for known in drawings if known.fits(frame)), None)
        if drawing is None:
            drawing = Drawing(scene, frame)
            drawings.append(drawing)
        filled = {"drawing": drawings.index(drawing), **drawing.fill(frame, pool)}
        said = {"name": preset.name, "lesson": preset.lesson, "present": model is present}
        told.append({**said, **filled, **_words(model, frame)})
    return {
        "settings": told,
        "drawings": [drawing.packed() for drawing in drawings],
        "pool": pool.entries,
        "twins": DARK_TWIN,
        "colours": list(theme.COLOURS),
        "stem": scene.name.replace("/", "-"),
    }


def _words(model: Model, frame: Frame) -> dict[str, Any]:
    """What the page says beside the figures of one setting."""
    declared = model.inputs()
    cursors = {
        name: {
            "label": declared[name].label,
            "unit": declared[name].info.unit,
            "positions": frame.cursors[name].tolist(),
            "series": turned,
            "index": nearest(frame.cursors[name], getattr(model, name)),
        }
        for name, turned in frame.turned_by().items()
        if name in declared
    }
    rows = "".join(
        f'<tr><th scope="row">{html.escape(p.label)}</th><td>{html.escape(said)}</td></tr>'
        for name, p in declared.items()
        for said in [values.shown(p, getattr(model, name))]
        if matters(p.info, model) and p.info.kind != "cursor"
    )
    return {
        "cursors": cursors,
        "captions": dict(frame.captions),
        "badges": badges_html(model.judged(model.frame)),
        "inputs": f"<table><tbody>{rows}</tbody></table>",
        "receipt": export.receipt(model),
    }


def _style() -> str:
    """The look of the served page: what it says of shadow roots holds here for the elements themselves."""
    served = re.sub(r":host\((\.[\w-]+)\)", r"\1", theme.style())
    return (
        re.sub(r"^:host .*$", "", served, flags=re.MULTILINE)
        + theme.taking_style()
        + asset("onefile.css").read_text("utf-8")
    )


def _libraries(scene: Scene) -> str:
    """BokehJS and, for stories with formulas, KaTeX, which writes MathML; both as they were installed."""
    texts = list(Resources(mode="inline", components=["bokeh"]).js_raw)
    panel = importlib.util.find_spec("panel")
    if "$" in scene.story and panel is not None and panel.origin is not None:
        bundled = Path(panel.origin).parent / "dist" / "bundled" / "katex"
        texts += [path.read_text("utf-8") for path in sorted(bundled.glob("*/dist/katex.min.js"))[:1]]
    return "\n".join(
        f"<script>{text.replace('</script', chr(60) + chr(92) + '/script')}</script>" for text in texts
    )
