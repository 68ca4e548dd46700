"""Figures of the samplers."""

from __future__ import annotations

from typing import Any

import holoviews as hv
import numpy as np

from explorer.core.figure import Figure, Handles
from explorer.core.frame import Frame
from explorer.core.roles import CATEGORY, ROLES, line, points
from explorer.diffusion.samplers import handles
from explorer.diffusion.samplers.handles import PARTS
from explorer.diffusion.samplers.maps import MODES

GREYS = [
    f"{ROLES['bound'].light}{round(0.8 * dark):02x}" for dark in range(256)
]  # clear where there is nothing
FIRST, SECOND, EXACT, OWN = (ROLES[role].light for role in ("simulation", "estimate", "theory", "cursor"))
FEW_DECADES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
NOISE = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
CALLS = (5, 10, 20, 50, 100, 200, 500, 1000)
DATA = ROLES["data"].light
AXES = {"xlabel": "scaled x", "ylabel": "scaled y"}


def _window(frame: Frame) -> hv.Points:
    """Two unseen corners that hold the axes still."""
    return hv.Points(frame.tables["window"], ["corner_x", "corner_y"]).opts(alpha=0, size=1)


def _shade(frame: Frame) -> hv.Image:
    shade = frame.field("shade")
    return hv.Image((shade.x, shade.y, shade.values), ["shade_x", "shade_y"], "shade").opts(
        cmap=GREYS, clim=(0, 255)
    )


def _clock(frame: Frame) -> hv.Labels:
    return hv.Labels(frame.page("clock"), ["clock_x", "clock_y"], "clock").opts(
        text_align="left", text_font_size="9pt", text_color=EXACT
    )


def _ticks(places: tuple[float, ...]) -> list[tuple[float, str]]:
    """Plain numbers on a logarithmic axis."""
    return [(place, f"{place:g}") for place in places]


def _line(frame: Frame, table: str, name: str, **style: Any) -> hv.Curve:
    part = {"lines": "line", "own": "own"}[table]
    return hv.Curve(frame.tables[f"{table}_{name}"], f"{name}_{part}_x", f"{name}_{part}_y").opts(**style)


def trajectories(frame: Frame) -> hv.Overlay:
    """Both solvers' trajectories over the density, and all points at the noise level of the cursor."""
    labels = frame.facts["solvers"]
    below = (
        _shade(frame)
        if frame.facts["flat"]
        else hv.Points(frame.tables["cloud"], ["cloud_x", "cloud_y"]).opts(
            **points("bound", size=3, alpha=0.5)
        )
    )
    swarm = frame.page("swarm")
    return hv.Overlay(
        [
            below,
            _window(frame),
            _line(frame, "lines", "exact", color=EXACT, line_width=1.0, alpha=0.8),
            _line(frame, "lines", "first", color=FIRST, line_width=1.3, alpha=0.8),
            _line(frame, "lines", "second", color=SECOND, line_width=1.3, alpha=0.8),
            hv.Segments(swarm, ["first_x", "first_y", "second_x", "second_y"]).opts(
                color=ROLES["bound"].light, line_width=0.8
            ),
            hv.Points(swarm, ["second_x", "second_y"], label=labels[1]).opts(
                **points("estimate", size=4, alpha=0.7)
            ),
            hv.Points(swarm, ["first_x", "first_y"], label=labels[0]).opts(
                **points("simulation", size=4, alpha=0.7)
            ),
            hv.Points(frame.tables["peer"], ["peer_x", "peer_y"]).opts(
                **{**points("theory", size=7), "marker": "cross", "line_color": EXACT}
            ),
            hv.Curve(frame.tables["own_exact"], "exact_own_x", "exact_own_y", label="exact flow").opts(
                **line("theory", line_width=1.6)
            ),
            hv.Curve(frame.tables["own_first"], "first_own_x", "first_own_y", label="your start").opts(
                color=OWN, line_width=2.2
            ),
            _line(frame, "own", "second", color=OWN, line_width=1.4, line_dash="dotted"),
            hv.Points(frame.page("own_now"), ["own_x", "own_y"]).opts(
                line_color=OWN, fill_color=None, size=11, line_width=2.5
            ),
            _clock(frame),
        ]
    ).opts(**AXES)


def fields(frame: Frame) -> hv.Overlay:
    """Arrows over the density at the cursor's noise level; in 64 dimensions, samples as images."""
    if not frame.facts["flat"]:
        ink = hv.Rectangles(frame.page("images"), ["left", "bottom", "right", "top"], "fill_alpha")
        return hv.Overlay([ink.opts(color=EXACT, line_color=None, fill_alpha="fill_alpha")]).opts(
            xaxis=None, yaxis=None, xlim=(-1, 54), ylim=(-27, 1)
        )
    swarm, clean = frame.page("swarm"), frame.page("clean")
    marks = [
        _shade(frame),
        _window(frame),
        hv.Curve(frame.page("arrows"), "arrow_x", "arrow_y").opts(color=EXACT, line_width=1.1, alpha=0.8),
        hv.Points(swarm, ["first_x", "first_y"], label=frame.facts["solvers"][0]).opts(
            **points("simulation", size=4)
        ),
        hv.Points(clean, ["clean_x", "clean_y"], label="denoised D(x, σ)").opts(
            **points("third", size=4, marker="square", alpha=0.8)
        ),
        _clock(frame),
    ]
    return hv.Overlay([*marks, *_grips(frame)]).opts(**AXES)


def _grips(frame: Frame) -> list[Any]:
    """What the hand drags: the parts of a mixture, or drawn points."""
    ring = {"line_width": 2.0, "fill_color": None, "line_color": DATA}
    if frame.facts["drawn"]:
        dots = hv.Points(frame.tables["dots"], ["dot_x", "dot_y"], label="your points")
        return [dots.opts(size=9, **ring)]
    if not frame.facts["movable"]:
        return []
    x, y, *rest = (hv.Dimension(f"mean_{part}", label=part) for part in PARTS)
    means = hv.Points(frame.tables["means"], [x, y], rest, label="mean")
    return [
        hv.Curve(frame.tables["outline"], "outline_x", "outline_y").opts(color=DATA, line_width=1.0),
        hv.Points(frame.tables["rims"], ["rim_at_x", "rim_at_y"], label="spread").opts(
            **points("data", size=7, marker="square")
        ),
        hv.Points(frame.tables["bars"], ["bar_at_x", "bar_at_y"], label="weight").opts(
            **points("data", size=9, marker="diamond")
        ),
        means.opts(tools=["hover"], size=10, **ring),
    ]


def errors(frame: Frame) -> hv.Overlay:
    """Error at the end against steps or evaluations: median with 95 %, largest, nominal slope."""
    table, marks = frame.tables["errors"], []
    for slot, label in enumerate(frame.facts["compared"]):
        colour = CATEGORY[slot][0]
        marks += [
            hv.Curve(table, f"at{slot}", f"median{slot}", label=label).opts(color=colour, line_width=1.6),
            hv.Segments(table, [f"at{slot}", f"low{slot}", f"at_high{slot}", f"high{slot}"]).opts(
                color=colour, line_width=3
            ),
            hv.Points(table, [f"at{slot}", f"worst{slot}"]).opts(
                color=colour, marker="inverted_triangle", size=5, alpha=0.7
            ),
        ]
    nominal = hv.Curve(frame.tables["slopes"], "slope_at", "slope", label="nominal slope").opts(
        **line("bound")
    )
    dear = frame.facts["against"] == "evaluations"
    ticks, axis = (CALLS, "evaluations a particle (log)") if dear else (frame.facts["counts"], "steps (log)")
    decades = {} if frame.facts["flat"] else {"yticks": _ticks(FEW_DECADES)}
    return hv.Overlay([nominal, *marks]).opts(
        logx=True, logy=True, xticks=_ticks(ticks), xlabel=axis, ylabel="error at the end (log)", **decades
    )


def chart(frame: Frame) -> hv.Overlay:
    """A map of starts, the likelihoods, the distance to the target, or the noise levels."""
    drawn = {"starts": _starts, "likelihood": _likelihood, "distance": _distance, "levels": _levels}
    return drawn[frame.facts["map"]](frame)


def _starts(frame: Frame) -> hv.Overlay:
    modes = [
        hv.Points(frame.tables[f"mode{k}"], [f"mode{k}_x", f"mode{k}_y"], label=name).opts(
            color=CATEGORY[k][0], marker="square", size=6, line_color=None, alpha=0.75
        )
        for k, name in enumerate(frame.facts["modes"])
    ]
    strays = hv.Points(frame.tables["strays"], ["stray_x", "stray_y"], label="solver ends in another").opts(
        color=EXACT, marker="x", size=6, line_width=1.5, line_color=EXACT
    )
    return hv.Overlay([*modes, strays]).opts(xlabel="scaled x of the start", ylabel="scaled y of the start")


def _likelihood(frame: Frame) -> hv.Overlay:
    same = hv.Curve(frame.tables["equal"], "same_x", "same_y", label="equal").opts(**line("theory"))
    dots = hv.Points(frame.tables["likely"], ["exact_log", "solver_log"], label=frame.facts["solvers"][0])
    return hv.Overlay([same, dots.opts(**points("simulation", size=5, alpha=0.7))]).opts(
        xlabel="log density of the target", ylabel="of the solver's law"
    )


def _distance(frame: Frame) -> hv.Overlay:
    table, labels = frame.tables["distance"], frame.facts["solvers"]
    return hv.Overlay(
        [
            hv.Curve(table, "distance_at", "target_distance", label="target to itself").opts(**line("bound")),
            hv.Curve(table, "distance_at", "second_distance", label=labels[1]).opts(**line("estimate")),
            hv.Curve(table, "distance_at", "first_distance", label=labels[0]).opts(**line("simulation")),
        ]
    ).opts(
        logx=True,
        logy=True,
        xticks=_ticks(frame.facts["distance_counts"]),
        yticks=_ticks(FEW_DECADES),
        xlabel="steps (log)",
        ylabel="energy distance (log)",
    )


def _levels(frame: Frame) -> hv.Overlay:
    labels = frame.facts["solvers"]
    lines = [
        hv.Curve(frame.tables[f"stairs_{name}"], f"{name}_stair_x", f"{name}_stair", label=label).opts(
            color=colour, line_width=1.8
        )
        for name, label, colour in (("second", labels[1], SECOND), ("first", labels[0], FIRST))
    ]
    other = hv.Points(frame.tables["second_rungs"], ["second_rung_x", "second_rung_y"])
    own = hv.Points(frame.tables["rungs"], ["rung_x", "rung_y"], label="levels to drag")
    return hv.Overlay(
        [
            hv.Points(frame.tables["span"], ["span_x", "span_y"]).opts(alpha=0, size=1),
            *lines,
            other.opts(**points("estimate", size=6)),
            own.opts(size=9, line_width=2.0, fill_color=None, line_color=DATA),
        ]
    ).opts(
        logy=True,
        xticks=[(float(np.log10(place)), f"{place:g}") for place in NOISE],
        xlabel="noise level σ (log)",
        ylabel="error of a step (log)",
    )


# While a level is dragged its axis stands still: it fits everything but the handles.
STILL = (
    *(f"mode{k}_x" for k in range(MODES)),
    "stray_x",
    "same_x",
    "exact_log",
    "distance_at",
    "first_stair_x",
    "second_stair_x",
    "span_x",
)
FIGURES = (
    Figure(
        trajectories,
        "The same noise, two solvers: where they go and where they end",
        tap={"x": "x0", "y": "y0"},
        fit=("corner_x",),
    ),
    Figure(
        fields,
        "What a solver is told at this noise level",
        drag=(
            Handles("means", "mean_x", "mean_y", handles.moved_means, add=True),
            Handles("rims", "rim_at_x", "rim_at_y", handles.moved_rims),
            Handles("bars", "bar_at_x", "bar_at_y", handles.moved_bars),
            Handles("dots", "dot_x", "dot_y", handles.moved_dots, add=True),
        ),
        fit=("corner_x",),
    ),
    Figure(errors, "Error at the end falls with the steps, at the solver's order"),
    Figure(
        chart,
        "Where a mean error hides: starts, likelihood, distance, steps",
        drag=(Handles("rungs", "rung_x", "rung_y", handles.moved_levels, add=True),),
        fit=STILL,
    ),
)
