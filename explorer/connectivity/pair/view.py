"""Figures of two networks and the line between them."""

from __future__ import annotations

from collections.abc import Callable

import holoviews as hv

from explorer.connectivity.pair.sweeps import NAMES, OPTIMISERS, WIDTHS
from explorer.core.figure import Figure
from explorer.core.frame import Frame
from explorer.core.roles import CATEGORY, ROLES, line, points

BEFORE, AFTER, MENDED = ROLES["data"].light, ROLES["simulation"].light, ROLES["third"].light
CURSOR = ROLES["cursor"].light
LEGENDS = {"before": "as trained", "after": "matched", "mended": "repaired"}
COLOURS = {"before": BEFORE, "after": AFTER, "mended": MENDED}


def _curve(table: object, x: str, y: str, label: str, colour: str, **more: object) -> hv.Curve:
    return hv.Curve(table, x, y, label=label).opts(color=colour, **{"line_width": 2.0, **more})


def line_between(frame: Frame) -> hv.Overlay:
    """Loss or error along the line, with the height of every barrier."""
    drawn, bars, toy = frame.tables["line"], frame.tables["barriers"], frame.facts["kind"] == "toy"
    marks: list[hv.Element] = []
    there = {"before": True, "after": frame.facts["matched"], "mended": frame.facts["mended"]}
    for name in [name for name, shown in there.items() if shown]:
        label = "rescaled" if toy and name == "after" else LEGENDS[name]
        marks.append(_curve(drawn, "t", name, label, COLOURS[name], line_width=4.0 if toy else 2.0))
        marks.append(_curve(drawn, "t", f"{name}_test", "", COLOURS[name], line_width=1.0, alpha=0.7))
    if frame.facts["narrow"]:
        best = _curve(drawn, "t", "best", "best of all orders", ROLES["estimate"].light, line_width=1.5)
        marks.append(best)
    if frame.facts["measure"] == "loss":  # the error has no curvature
        bent = hv.Scatter(frame.tables["bent"], "bent_t", "bent", label="chord − ∫G φ″")
        marks.append(bent.opts(**points("theory", size=5, marker="diamond")))
    if toy:
        marks.append(hv.Curve(drawn, "t", "exact", label="formula").opts(**line("theory", line_width=1.2)))
    heights = hv.Segments(bars, ["bar_at", "bar_foot", "bar_at_too", "bar_head"])
    marks.append(heights.opts(color=ROLES["bound"].light, line_width=2.5))
    for side, align in (
        ("left", "right"),
        ("right", "left"),
    ):  # away from the middle, where the cursor starts
        words = hv.Labels(bars, [f"height_{side}", "height_y"], f"said_{side}")
        marks.append(words.opts(text_color=ROLES["theory"].light, text_font_size="9pt", text_align=align))
    marks.append(hv.VLines(frame.page("rule"), "chosen").opts(color=CURSOR, line_width=1.5))
    unit = "loss (nats)" if frame.facts["measure"] == "loss" else "error (share)"
    ylabel = "loss" if toy else unit
    return hv.Overlay(marks).opts(xlabel="place on the line α: 0 is a, 1 is b", ylabel=ylabel)


def plane(frame: Frame) -> hv.Overlay:
    """The loss on the plane through the ends, the lines and the trainings."""
    field, tables, toy = frame.fields["plane"], frame.tables, frame.facts["kind"] == "toy"
    image = hv.Image((field.x, field.y, field.values), ["u", "v"], "plane").opts(
        cmap="viridis", colorbar=True, clabel="log₁₀ loss"
    )
    marks: list[hv.Element] = [image]
    if toy:
        marks.append(_curve(tables["arm"], "arm_u", "arm_v", "", "white", line_width=1.5))
    else:
        ways = [("way_a", CATEGORY[1][0], "training of a"), ("way_b", BEFORE, "training of b")]
        ways = ways if frame.facts["trained"] else []
        if frame.facts["matched"] and frame.facts["trained"]:
            ways.append(("way_moved", AFTER, "b matched"))
        for name, colour, label in ways:
            marks.append(_curve(tables["ways"], f"{name}_u", f"{name}_v", label, colour, line_width=1.5))
    marks.append(_curve(tables["sides"], "side_u", "side_v", "", "white", line_dash="dashed", line_width=1.2))
    marks.append(
        hv.Points(tables["ends"], ["end_u", "end_v"]).opts(
            color="white", size=8, line_color="#1b1b1f", line_width=1.2
        )
    )
    labels = hv.Labels(tables["ends"], ["end_u", "name_v"], "end")
    marks.append(labels.opts(text_color="white", text_font_size="10pt"))
    ring = hv.Points(frame.page("spots"), ["spot_u", "spot_v"], label="cursor")
    marks.append(ring.opts(line_color=CURSOR, fill_color=None, size=11, line_width=2.5))
    names = ("weight w₁", "weight w₂") if toy else ("along a → b", "across")
    return hv.Overlay(marks).opts(xlabel=names[0], ylabel=names[1])


def here(frame: Frame) -> hv.Overlay:
    """What the network at the cursor says."""
    draw: Callable[[Frame], hv.Overlay] = {"toy": _function, "plane": _decisions}.get(
        frame.facts["kind"], _confusion
    )
    return draw(frame)


def _function(frame: Frame) -> hv.Overlay:
    given = _curve(frame.page("function"), "fed", "given", "network at the cursor", CURSOR)
    wanted = hv.Curve(frame.tables["identity"], "input", "wanted", label="identity").opts(**line("bound"))
    return hv.Overlay([wanted, given]).opts(xlabel="input x", ylabel="output w₁w₂x")


def _decisions(frame: Frame) -> hv.Overlay:
    page, marks = frame.page("decisions"), []
    for place in range(frame.facts["classes"]):
        colour = CATEGORY[place][0]
        dots = hv.Scatter(page, "lattice_x", f"decided{place}")
        marks.append(dots.opts(color=colour, size=5, marker="square", alpha=0.35, line_color=None))
    for place in range(frame.facts["classes"]):
        shown = hv.Scatter(
            frame.tables["points"], "point_x", f"point{place}", label=f"class {frame.facts['names'][place]}"
        )
        marks.append(shown.opts(color=CATEGORY[place][0], size=5, line_color="white", line_width=0.5))
    return hv.Overlay(marks).opts(xlabel="x₁", ylabel="x₂")


def _confusion(frame: Frame) -> hv.Overlay:
    page = frame.page("confusion")
    marks: list[hv.Element] = [
        hv.Points(page, ["called", "truth"], name, label=name).opts(size=name, color=colour, line_color=None)
        for name, colour in (("right", AFTER), ("wrong", BEFORE))
    ]
    if frame.facts["kind"] == "digits":
        ink = hv.Points(frame.tables["digits"], ["ink_x", "ink_y"], "ink")
        marks.append(ink.opts(size="ink", color=ROLES["theory"].light, marker="square", line_color=None))
        words = hv.Labels(frame.page("words"), ["word_x", "word_y"], "word")
        marks.append(words.opts(text_color=ROLES["theory"].light, text_font_size="9pt"))
    names = frame.facts["names"]
    ticks, right = list(enumerate(names)), 18.4 if frame.facts["kind"] == "digits" else len(names) - 0.2
    return hv.Overlay(marks).opts(
        xlabel="called",
        ylabel="true class",
        xticks=ticks,
        yticks=ticks,
        xlim=(-0.8, right),
        ylim=(-1.3 if frame.facts["kind"] == "digits" else -0.8, len(names) - 0.2),
    )


def below(frame: Frame) -> hv.Overlay:
    """Similarity of the hidden units, the training, or the barrier against an input."""
    lower = frame.facts["lower"]
    draw = {"toy": _law, "similarity": _likeness, "training": _training}.get(lower, _sweep)
    return draw(frame)


def _likeness(frame: Frame) -> hv.Overlay:
    field = frame.fields["likeness"]
    image = hv.Image((field.x, field.y, field.values), ["column", "row"], "likeness").opts(
        cmap="RdBu_r", clim=(-1.0, 1.0), colorbar=True, clabel="similarity"
    )
    return hv.Overlay([image]).opts(
        xlabel="unit of b: as trained (left), matched (right)", ylabel="unit of a", xticks=0, yticks=0
    )


def _training(frame: Frame) -> hv.Overlay:
    table, marks = frame.tables["training"], []
    for name, colour in (("a", CATEGORY[1][0]), ("b", BEFORE)):
        marks.append(_curve(table, "epoch", f"loss_{name}", f"network {name}", colour))
        marks.append(_curve(table, "epoch", f"watched_{name}", "", colour, line_width=1.0, alpha=0.7))
    return hv.Overlay(marks).opts(logy=True, xlabel="epoch", ylabel="loss (nats, log)")


def _sweep(frame: Frame) -> hv.Overlay:
    lower = frame.facts["lower"]
    marks = [hv.Curve(frame.tables["sweep"], "sweep_x", "sweep_floor").opts(**line("bound"))]
    for name in ("before", "after") if frame.facts["matched"] else ("before",):
        marks.append(_curve(frame.tables["sweep"], "sweep_x", f"sweep_{name}", "", COLOURS[name], alpha=0.6))
        dots = hv.Scatter(frame.tables["sweep"], "sweep_x", f"sweep_{name}", label=LEGENDS[name])
        marks.append(dots.opts(color=COLOURS[name], size=7))
    drawn = hv.Overlay(marks).opts(xlabel=NAMES[lower], ylabel="barrier (nats)", logx="log" in NAMES[lower])
    ticks = {"optimiser": list(enumerate(OPTIMISERS.values())), "width": list(WIDTHS)}.get(lower)
    return drawn.opts(xticks=ticks) if ticks else drawn


def _law(frame: Frame) -> hv.Overlay:
    law = hv.Curve(frame.tables["law"], "law_x", "law", label="(a − 1/a)⁴/32").opts(**line("theory"))
    dots = hv.Scatter(frame.tables["sweep"], "sweep_x", "sweep_before", label="measured on the line")
    ring = hv.Scatter(frame.tables["chosen_sweep"], "chosen_x", "chosen_y", label="chosen a").opts(
        line_color=CURSOR, fill_color=None, size=11, line_width=2.5
    )
    return hv.Overlay([law, dots.opts(**points("simulation", size=6)), ring]).opts(
        xlabel="end of the line a", ylabel="barrier"
    )


FIGURES = (
    Figure(
        line_between,
        "The loss on the straight line from one network to the other",
        tap={"x": "alpha"},
    ),
    Figure(plane, "The plane through both ends and the matched one"),
    Figure(here, "What the network at the cursor says"),
    Figure(below, "Before and after: how alike the units are, or how high the barrier"),
)
