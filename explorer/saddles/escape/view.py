"""Figures of the escape from a saddle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import holoviews as hv

from explorer.core.figure import Figure, Handles
from explorer.core.frame import Frame
from explorer.core.roles import CATEGORY, ROLES, line, points
from explorer.saddles.escape.basins import HUES
from explorer.saddles.escape.trails import LABELS

INK, GREY, RING = ROLES["theory"].light, ROLES["bound"].light, ROLES["cursor"].light
DOWN, UP = ROLES["data"].light, ROLES["third"].light
HUE = {name: CATEGORY[i][0] for i, name in enumerate(LABELS)}
PALETTE = [INK, *(CATEGORY[i][0] for i in range(HUES - 1)), ROLES["passed"].light, GREY]
SMALL = {"text_font_size": "9px", "text_color": INK, "text_alpha": 0.8}


def _image(frame: Frame, name: str) -> hv.Image:
    held = frame.fields[name]
    return hv.Image((held.x, held.y, held.values), [f"{name}_u", f"{name}_v"], name)


def _critical(frame: Frame) -> hv.Scatter:
    """Critical points, marked by kind; crosses are saddles."""
    more = ["critical_y", "critical_value", "critical_index", "critical_mark"]
    return hv.Scatter(frame.tables["critical"], "critical_x", more).opts(
        marker="critical_mark", size=8, fill_color="white", line_color=INK, line_width=1.6, tools=["hover"]
    )


def _axes(frame: Frame) -> dict[str, str]:
    return dict(zip(("xlabel", "ylabel"), frame.facts["axes"], strict=True))


def _start(frame: Frame) -> hv.Scatter:
    return hv.Scatter(frame.tables["start"], "start_x", "start_y", label="start").opts(
        marker="square", size=8, fill_color=RING, line_color=INK, line_width=1.2
    )


def landscape(frame: Frame) -> hv.Overlay:
    """Level lines, critical points, trajectories up to the step, and the Hessian's eigenvectors there."""
    bands = _image(frame, "relief").opts(cmap="viridis", alpha=0.45)
    levels = hv.Curve(frame.tables["levels"], "level_x", "level_y").opts(
        color=INK, line_width=0.6, alpha=0.35
    )
    words = hv.Labels(frame.tables["level_names"], ["name_x", "name_y"], "level").opts(**SMALL)
    runs, tail = frame.tables["runs"], frame.page("tail")
    methods = frame.facts["methods"]
    faint = [
        hv.Curve(runs, f"x_{name}", f"y_{name}").opts(color=HUE[name], line_width=1, alpha=0.45)
        for name in methods
    ]
    bold = [
        hv.Curve(tail, f"tail_x_{name}", f"tail_y_{name}", label=LABELS[name]).opts(
            color=HUE[name], line_width=2.5
        )
        for name in methods
    ]
    spots = hv.Scatter(frame.page("spots"), "spot_x", "spot_y").opts(
        size=6, fill_color=INK, line_color="white"
    )
    ring = hv.Scatter(frame.page("here"), "here_x", "here_y").opts(
        size=13, fill_color=None, line_color=RING, line_width=2.5
    )
    marks = [_critical(frame), *_arms(frame), *bold, spots, ring, _start(frame)]
    # HoloViews gives up the legend beyond 25 marks unless told otherwise.
    return hv.Overlay([bands, levels, words, *faint, *marks]).opts(legend_limit=60, **_axes(frame))


def _arms(frame: Frame) -> list[hv.Segments]:
    """Eigenvectors at the step, as long as their curvature: one colour for falling, one for rising."""
    page = frame.page("arms")
    return [
        hv.Segments(page, [f"{word}_{end}" for end in ("x0", "y0", "x1", "y1")], label=label).opts(
            color=colour, line_width=2.5
        )
        for word, label, colour in (("falling", "curves down", DOWN), ("rising", "curves up", UP))
    ]


def progress(frame: Frame) -> hv.Overlay:
    """Distance from the saddle along its way out, or loss, with the predicted escape of each method."""
    seen, runs = frame.facts["height"], frame.tables["runs"]
    far = seen == "distance"
    words = {
        "distance": "distance along the way out (log)",
        "loss": "loss",
        "excess": "loss above the lowest (log)",
    }
    curves = [
        hv.Curve(runs, f"at_{name}", f"{seen}_{name}", label=LABELS[name]).opts(
            color=HUE[name], line_width=1.8
        )
        for name in frame.facts["methods"]
    ]
    law = hv.Scatter(
        frame.tables["escapes"], "predicted_at", f"predicted_{seen}", label="predicted escape"
    ).opts(**points("theory", size=10, marker="diamond"))
    limit = [hv.HLines(frame.tables["radius"], "escape_radius").opts(**line("bound"))] if far else []
    here = hv.Scatter(frame.page("here"), "here_at", f"here_{seen}").opts(
        size=11, fill_color=None, line_color=RING, line_width=2.5
    )
    return hv.Overlay([*curves, *limit, law, here, _rule(frame)]).opts(
        logy=seen != "loss",
        xlabel=_clock(frame),
        ylabel=words[seen],
    )


def _clock(frame: Frame) -> str:
    return "numbers asked of the surface" if frame.facts["evaluations"] else "step"


def _rule(frame: Frame) -> hv.VLines:
    return hv.VLines(frame.page("here"), "here_at").opts(color=RING, line_width=1.5)


def spectrum(frame: Frame) -> hv.Overlay:
    """Eigenvalues of the Hessian: along the run, all at the step, or index against height."""
    return {"run": _along, "cursor": _at_step, "heights": _heights}[frame.facts["sight"]](frame)


def _along(frame: Frame) -> hv.Overlay:
    bend, ranks = frame.tables["bend"], frame.facts["curves"]
    names = [f"eigenvalue {rank}" for rank in ranks]
    names[0], names[-1] = "lowest eigenvalue", "highest eigenvalue"
    curves = [
        hv.Curve(bend, "bend_at", f"curvature_{i + 1}", label=name).opts(
            color=CATEGORY[(3, 4, 5, 6, 0)[i if i + 1 < len(names) else 4]][0], line_width=2
        )
        for i, name in enumerate(names)
    ]
    zero = hv.HLine(0.0).opts(**line("bound"))
    return hv.Overlay([*curves, zero, _rule(frame)]).opts(xlabel=_clock(frame), ylabel="Hessian eigenvalue")


def _at_step(frame: Frame) -> hv.Overlay:
    dots = hv.Scatter(frame.page("spectrum"), "eigenvalue", "share_below", label="eigenvalues").opts(
        **points("simulation", size=5)
    )
    circle = hv.Curve(frame.tables["semicircle"], "semi_value", "semi_share", label="semicircle law").opts(
        **line("theory")
    )
    return hv.Overlay([circle, dots, hv.VLine(0.0).opts(**line("bound"))]).opts(
        xlabel="Hessian eigenvalue", ylabel="share below"
    )


def _heights(frame: Frame) -> hv.Overlay:
    means, blue = frame.tables["height_means"], ROLES["simulation"].light
    law = hv.Curve(frame.tables["height_law"], "law_height", "law_share", label="limit law").opts(
        **line("theory")
    )
    dots = hv.Scatter(
        frame.tables["height_points"], "point_height", "point_share", label="single points"
    ).opts(**points("estimate2", size=4, alpha=0.6))
    bars = hv.Segments(means, ["mean_height", "mean_low", "mean_height_", "mean_high"]).opts(
        color=blue, line_width=1.5
    )
    middle = hv.Scatter(means, "mean_height", "mean_share", label="simulated mean ± s.e.").opts(
        **points("simulation", size=6)
    )
    return hv.Overlay([law, dots, bars, middle]).opts(
        xlabel="height ε of the critical point", ylabel="share of directions down"
    )


def ends(frame: Frame) -> hv.Overlay:
    """The critical point that each start reaches, in one colour each."""
    colours = _image(frame, "basins").opts(cmap=PALETTE, clim=(-0.5, HUES + 1.5), alpha=0.75)
    words = hv.Labels(frame.tables["ends"], ["end_x", "end_y"], "end_words").opts(
        text_font_size="11px", text_font_style="bold", text_color=INK
    )
    return hv.Overlay([colours, _critical(frame), words, _start(frame)]).opts(**_axes(frame))


def _moved(columns: Mapping[str, Any]) -> dict[str, float]:
    """The inputs that a dragged start sets."""
    return {"x0": float(columns["start_x"][0]), "y0": float(columns["start_y"][0])}


PLACES = {"x": "x0", "y": "y0"}
START = (Handles("start", "start_x", "start_y", _moved),)
FIGURES = (
    Figure(
        landscape,
        "From one start the methods part ways at the saddle",
        tap=PLACES,
        drag=START,
        fit=("image",),
    ),
    Figure(progress, "Each method leaves at the step that its law predicts", tap={"x": "step"}),
    Figure(spectrum, "As many ways down as the Hessian has negative eigenvalues"),
    Figure(ends, "Which critical point each start reaches", tap=PLACES, drag=START, fit=("image",)),
)
