"""Figures of a sweep's result."""

from __future__ import annotations

from typing import Any

import holoviews as hv

from explorer.core.figure import Figure
from explorer.core.frame import Frame
from explorer.core.roles import CATEGORY, ROLES, points

MANY = 99  # marks of a figure that still has a legend
RULE = {"color": ROLES["cursor"].light, "line_width": 1.5}


def _rule(frame: Frame) -> hv.VLines:
    return hv.VLines(frame.page("rule"), "chosen").opts(**RULE)


def _measure(frame: Frame) -> str:
    return frame.facts["measure"] + (" (log)" if frame.facts["log"] else "")


def _ticks(frame: Frame, axis: str) -> list[tuple[int, str]]:
    return list(frame.facts[f"{axis}_ticks"]) or [(0, "")]


def _across(frame: Frame, room: int) -> dict[str, Any]:
    """The axis drawn across; its words are turned where there is no room for so many letters."""
    ticks = _ticks(frame, "x")
    crowded = sum(len(words) + 1 for _, words in ticks) > room
    return {"xticks": ticks, "xlabel": frame.facts["x"], "xrotation": 45 if crowded else 0}


def _named(frame: Frame) -> list[tuple[int, str, str]]:
    """(slot, name, colour) of every line."""
    return [(slot, name, CATEGORY[slot][0]) for slot, name in enumerate(frame.facts["lines"]) if name]


def landscape(frame: Frame) -> hv.Overlay:
    """The mean over two axes as colour; crosses where cells gave no number."""
    box = ["cell_left", "cell_bottom", "cell_right", "cell_top"]
    boxes = hv.Rectangles(
        frame.tables["cells"],
        box,
        ["cell_mean", "cell_error", "cell_count", "cell_failed", "cell_not_finite"],
    )
    told = ["failed_cells", "failed_not_finite", "failed_why"]
    crosses = hv.Points(frame.tables["failed"], ["failed_x", "failed_y"], told)
    colours: dict[str, Any] = {"color": "cell_mean", "cmap": "viridis", "logz": frame.facts["log"]}
    clear = {"clipping_colors": {"NaN": "#00000000"}, "line_color": None}
    cross = points("failed", size=9, marker="x", line_width=2) | {"line_color": ROLES["failed"].light}
    return hv.Overlay(
        [
            boxes.opts(
                colorbar=True,
                clabel="mean (log)" if frame.facts["log"] else "mean",
                tools=["hover"],
                **clear,
                **colours,
            ),
            crosses.opts(tools=["hover"], **cross),
            _rule(frame),
        ]
    ).opts(
        yticks=_ticks(frame, "y"),
        ylabel=frame.facts["y"],
        **_across(frame, 36),
    )


def lines(frame: Frame) -> hv.Overlay:
    """The mean along one axis, a line for each value of the other, with standard errors."""
    table, marks = frame.tables["lines"], []
    for slot, name, colour in _named(frame):
        marks += [
            hv.Segments(table, ["place", f"low{slot}", "place_again", f"high{slot}"]).opts(
                color=colour, line_width=1.5
            ),
            hv.Curve(table, "place", f"line{slot}", label=name).opts(color=colour, line_width=1.6),
            hv.Scatter(table, "place", f"line{slot}").opts(color=colour, size=4),
        ]
    return hv.Overlay([*marks, _rule(frame)]).opts(
        logy=frame.facts["log"], ylabel=_measure(frame), legend_limit=MANY, **_across(frame, 64)
    )


def spread(frame: Frame) -> hv.Overlay:
    """Every single cell at the chosen value, with the mean."""
    means = frame.page("means")
    blue = ROLES["simulation"].light
    return hv.Overlay(
        [
            hv.Points(frame.page("values"), ["value_at", "value"], label="one cell").opts(
                **points("estimate2", size=4, alpha=0.8)
            ),
            hv.Segments(means, ["mean_at", "mean_low", "mean_at_again", "mean_high"]).opts(
                color=blue, line_width=2
            ),
            hv.Points(means, ["mean_at", "mean"], label="mean ± s.e.").opts(**points("simulation", size=8)),
            hv.Labels(frame.page("told"), ["told_x", "told_y"], "told").opts(
                text_align="left", text_baseline="top", text_font_size="9pt", text_color=ROLES["cursor"].light
            ),
        ]
    ).opts(
        logy=frame.facts["log"],
        xticks=_ticks(frame, "y"),
        xlabel=frame.facts["y"] or "all",
        ylabel=_measure(frame),
    )


def settling(frame: Frame) -> hv.Overlay:
    """The mean of the first values at the chosen place, as more come in."""
    page, bars, marks = frame.page("running"), frame.page("running_bars"), []
    for slot, name, colour in _named(frame):
        marks += [
            hv.Segments(bars, ["bar", f"bar_low{slot}", "bar_again", f"bar_high{slot}"]).opts(
                color=colour, line_width=1.5
            ),
            hv.Curve(page, "first", f"running{slot}", label=name).opts(color=colour, line_width=1.6),
            hv.Scatter(page, "first", f"running{slot}").opts(color=colour, size=3),
        ]
    over = frame.facts["over"]
    return hv.Overlay(marks).opts(
        logy=frame.facts["log"],
        legend_limit=MANY,
        xlabel=f"number of values of {over}" if over else "number of values",
        ylabel=_measure(frame),
    )


LINES = tuple(f"{end}{slot}" for end in ("line", "high") for slot in range(len(CATEGORY)))
RUNNING = tuple(f"{end}{slot}" for end in ("running", "bar_high") for slot in range(len(CATEGORY)))
FIGURES = (
    Figure(landscape, "The measure over two axes of the grid", tap={"x": "at"}),
    Figure(
        lines, "Along one axis, a line for each value of the other", tap={"x": "at"}, fit=("place", *LINES)
    ),
    Figure(spread, "Single cells at the chosen value", fit=("value_at", "value", "mean", "mean_high")),
    Figure(settling, "How the mean settles as repetitions come in", fit=("first", *RUNNING)),
)
