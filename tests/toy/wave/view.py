from __future__ import annotations

from collections.abc import Mapping

import holoviews as hv
import numpy as np

from explorer.core import roles
from explorer.core.figure import Figure, Handles
from explorer.core.frame import Frame


def standing(frame: Frame) -> hv.Overlay:
    wave, samples = frame.tables["wave"], frame.tables["samples"]
    lines = [
        hv.Curve(wave, "x", f"y{i}", label=f"line {i}").opts(**roles.line("theory"))
        for i in range(frame.facts["lines"])
    ]
    dots = hv.Scatter(samples, "at", "sample", label="samples").opts(
        **roles.points("simulation"), tools=["tap"]
    )
    bars = hv.ErrorBars(samples, "at", ["sample", "error"]).opts(color=roles.ROLES["simulation"].light)
    return hv.Overlay([*lines, dots, bars, hv.VLines(frame.page("mark"), "here")])


def travelling(frame: Frame) -> hv.Overlay:
    swell = frame.field("swell")
    near = hv.Image((swell.x, swell.y, swell.values), ["pos", "height"], "swell").opts(
        cmap="greys_r", alpha=0.4
    )
    return near * hv.Curve(frame.page("moving"), "pos", "height").opts(**roles.line("simulation"))


def landscape(frame: Frame) -> hv.Overlay:
    bowl = frame.fields["bowl"]
    image = hv.Image((bowl.x, bowl.y, bowl.values), ["x0", "y0"], "height").opts(
        cmap="viridis", colorbar=True
    )
    return image * hv.Scatter(frame.tables["start"], "sx", "sy").opts(**roles.points("data", size=12))


def moved(start: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {"x0": float(start["sx"][-1]), "y0": float(start["sy"][-1])}


def brushed(frame: Frame) -> hv.Overlay:
    samples = frame.tables["samples"]
    return hv.Overlay(
        [hv.Scatter(samples, "sample", "at").opts(**roles.points("simulation"), tools=["tap", "box_select"])]
    )


FIGURES = (
    Figure(standing, "A standing wave and noisy samples of it", tap={"x": "phase"}),
    Figure(travelling, "The same wave, travelling with the phase"),
    Figure(
        landscape,
        "A bowl whose lowest point is where you tap",
        tap={"x": "x0", "y": "y0"},
        drag=(Handles("start", "sx", "sy", moved),),
    ),
    Figure(brushed, "The samples again, sideways: a row chosen here is chosen there"),
)
