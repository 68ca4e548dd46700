"""Figures of the ridge path."""

from __future__ import annotations

import holoviews as hv

from explorer.core.figure import Figure
from explorer.core.frame import Frame
from explorer.core.roles import CATEGORY, ROLES, line, points

PENALTY = hv.Dimension("penalty", label="penalty α (log)")
ERROR = "mean squared error (log)"
RULE = {"color": ROLES["cursor"].light, "line_width": 1.5}
OPEN = {"fill_color": None, "size": 7, "line_width": 1.5}


def _rule(frame: Frame, column: str) -> hv.VLines:
    return hv.VLines(frame.page("rule"), column).opts(**RULE)


def _least(frame: Frame, at: str) -> hv.Scatter:
    """A diamond where each curve is least; the same row in every figure that marks it."""
    return hv.Scatter(frame.tables["least"], at, "least_error", label="least").opts(
        **points("theory", size=8, marker="diamond", tools=["tap", "hover"])
    )


def _simulated(frame: Frame, at: str, label: str) -> list[hv.Element]:
    """Mean over drawn data sets with its standard error; the same row in both figures that show it."""
    drawn, blue = frame.tables["simulation"], ROLES["simulation"].light
    bars = hv.Segments(drawn, [f"{at}_low", "sim_low", f"{at}_high", "sim_high"])
    dots = hv.Scatter(drawn, at, "sim_test", label=label)
    return [
        bars.opts(color=blue, line_width=1.5),
        dots.opts(**points("simulation", size=6, tools=["tap", "box_select"])),
    ]


def coefficients(frame: Frame) -> hv.Overlay:
    """Every coefficient against the penalty; ten by name, the next forty in grey."""
    path = frame.tables["path"]
    grey = hv.Curve(frame.tables["rest"], "rest_at", "rest_weight").opts(
        color=ROLES["bound"].light, line_width=0.8, alpha=0.35
    )
    named = [
        hv.Curve(path, PENALTY, f"w{i + 1}", label=name).opts(color=CATEGORY[i][0], line_width=1.8)
        for i, name in enumerate(frame.facts["features"])
        if name
    ]
    ends = hv.Scatter(frame.tables["limit_weights"], "limit_weight_at", "limit_weight").opts(
        line_color=ROLES["bound"].light, **OPEN
    )
    return hv.Overlay([grey, *named, ends, _rule(frame, "chosen")]).opts(
        logx=True, xlabel="penalty α (log)", ylabel="coefficient"
    )


def shrinkage(frame: Frame) -> hv.Overlay:
    """The share of each direction that survives, and how much of the response lies along it."""
    directions = frame.page("directions")
    share = hv.Scatter(directions, "singular", "share", label="|uᵢ·y|, largest = 1").opts(
        **points("data", size=4, alpha=0.7, tools=["tap", "box_select"])
    )
    factor = hv.Scatter(directions, "singular", "factor", label="shrink factor s²/(s²+α)").opts(
        **points("cursor", size=6, tools=["tap", "box_select"])
    )
    return hv.Overlay([share, factor, hv.HLine(0.5).opts(**line("bound")), _rule(frame, "chosen_root")]).opts(
        logx=True, ylim=(-0.03, 1.06), xlabel="singular value s (log)", ylabel="share"
    )


def errors(frame: Frame) -> hv.Overlay:
    """Every error on one axis, each with its least value marked."""
    path = frame.tables["path"]
    curves = [hv.Curve(path, PENALTY, "train", label="training").opts(**line("data"))]
    if frame.facts["truth"]:
        curves += [
            hv.Curve(path, PENALTY, "bias2", label="bias²").opts(color=ROLES["third"].light, line_width=1.5),
            hv.Curve(path, PENALTY, "variance", label="variance").opts(color=CATEGORY[6][0], line_width=1.5),
            hv.Curve(path, PENALTY, "risk", label="risk (exact)").opts(**line("theory")),
        ]
    curves += [
        hv.Curve(path, PENALTY, "gcv", label="GCV").opts(**line("estimate")),
        hv.Curve(path, PENALTY, "loo", label="leave-one-out").opts(**line("estimate2")),
        hv.Curve(path, PENALTY, "kfold", label="5-fold").opts(color=CATEGORY[5][0], line_width=1.5),
    ]
    if frame.facts["truth"]:
        curves += _simulated(frame, "sim_at", "simulated risk ± s.e.")
    least = _least(frame, "least_at")
    ends = hv.Scatter(frame.tables["limit"], "limit_at", "limit_error", label="α → 0").opts(
        line_color=ROLES["bound"].light, **OPEN
    )
    return hv.Overlay([*curves, least, ends, _rule(frame, "chosen")]).opts(
        logx=True, logy=True, xlabel="penalty α (log)", ylabel=ERROR
    )


def freedom(frame: Frame) -> hv.Overlay:
    """Error against effective degrees of freedom: theory over repeated draws, or the estimates from data."""
    path = frame.tables["path"]
    ring = hv.Scatter(frame.page("rule"), "chosen_df", "chosen_error", label="chosen α").opts(
        line_color=ROLES["cursor"].light, fill_color=None, size=11, line_width=2.5
    )
    least = [] if frame.facts["truth"] else [_least(frame, "least_df")]
    if not frame.facts["truth"]:
        curves = [
            hv.Curve(path, "df", "train", label="training").opts(**line("data")),
            hv.Curve(path, "df", "gcv", label="GCV").opts(**line("estimate")),
            hv.Curve(path, "df", "loo", label="leave-one-out").opts(**line("estimate2")),
            hv.Curve(path, "df", "kfold", label="5-fold").opts(color=CATEGORY[5][0], line_width=1.5),
        ]
    else:
        curves = [
            hv.Curve(path, "df_theory", "test_theory", label="theory, test").opts(**line("theory")),
            hv.Curve(path, "df_theory", "train_theory", label="theory, training").opts(**line("bound")),
            *_simulated(frame, "sim_df", "simulated mean ± s.e."),
        ]
    return hv.Overlay([*curves, *least, ring]).opts(
        logy=True, xlabel="effective degrees of freedom", ylabel=ERROR
    )


FIGURES = (
    Figure(coefficients, "Coefficients shrink to zero as the penalty grows", tap={"x": "alpha"}),
    Figure(shrinkage, "The penalty spares strong directions and mutes weak ones"),
    Figure(
        errors,
        "Every estimate of the error has its own best penalty",
        tap={"x": "alpha"},
        fit=("risk", "train", "gcv", "loo", "kfold", "limit_error"),
    ),
    Figure(freedom, "Error against the degrees of freedom that the fit spends"),
)
