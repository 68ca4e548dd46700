"""The frame of a trained pair: what is there at once, and what is drawn as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explorer.connectivity.pair import captions, here, sweeps, tables
from explorer.connectivity.pair.study import TS, Study
from explorer.connectivity.symmetry import permute
from explorer.core.frame import Frame
from explorer.core.runner import Report

COARSE, FINE = 15, 35  # a side of the grid on the plane


def first(study: Study, measure: str, mend: bool, lower: str, layer: int) -> Frame:
    """Everything that takes a moment once the two are trained."""
    layer = min(layer, len(study.recipe.hidden) - 1)
    line = tables.line_columns(study, measure, mend)
    bars = tables.barrier_table(line)
    plane, shadows = tables.plane_of(study)
    nets = here.networks(study, mend)
    cursor_tables, cursor_series = _at_cursor(study, nets)
    lower_tables, lower_fields, caption = _lower(study, lower, layer)
    classes = study.posed.names
    return Frame(
        tables={
            "line": line,
            "barriers": bars,
            "bent": tables.bent_table(None),
            **tables.plane_tables(plane, shadows),
            **cursor_tables,
            **lower_tables,
        },
        series={"rule": tables.rule(), "spots": tables.spots(plane.corners), **cursor_series},
        fields={"plane": tables.plane_field(study, plane, shadows, COARSE), **lower_fields},
        cursors={"alpha": TS},
        captions={
            "line_between": captions.line(study, bars["bar_height"], measure),
            "plane": captions.plane(study, shadows),
            "here": captions.here(study, mend),
            "below": caption,
        },
        facts={
            "kind": study.posed.kind,
            "lower": lower,
            "measure": measure,
            "matched": study.matched,
            "trained": study.trained,
            "mended": mend,
            "narrow": study.narrow,
            "classes": len(classes),
            "names": classes,
        },
    )


def _at_cursor(study: Study, nets: list) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tables and series of the third figure."""
    if study.posed.kind == "plane":
        decisions, shown = here.lattice(study, nets)
        return {"points": shown}, {"decisions": decisions}
    said = here.answers(study, nets, study.data(True)[0])
    series = {"confusion": here.confusions(study, said)}
    if study.posed.kind != "digits":
        return {}, series
    ink, words = here.digits(study, said)
    return {"digits": ink}, {**series, "words": words}


def _lower(study: Study, lower: str, layer: int) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Tables, fields and caption of the fourth figure."""
    if lower == "training":
        pair = study.pair()
        table = tables.training_table(pair.a.record, pair.b.record)
        return {"training": table}, {}, captions.training(table)
    if lower != "similarity":
        table = sweeps.empty(study, lower)
        return {"sweep": table}, {}, captions.sweep(lower, table)
    by = "activations" if study.matcher.method == "activations" else "weights"
    field, diagonal = tables.likeness(study, layer, by)
    return {}, {"likeness": field}, captions.likeness(study, layer, diagonal, by)


def provisional(frame: Frame) -> Frame:
    """The frame of two networks after their first epoch, which says that it is one."""
    said = {name: text for name, text in frame.captions.items() if name != "below"}
    return frame.with_(captions={name: f"After one epoch, for now. {text}" for name, text in said.items()})


def growing(study: Study, frame: Frame, report: Report) -> Iterator[Frame]:
    """The frame of the first epoch with the loss curves of the training as they grow."""
    for a, b in study.grow(report):
        if a.epochs and b.epochs:
            table = tables.training_table(a, b)
            yield frame.with_(tables={"training": table}, captions={"below": captions.training(table)})


def better(study: Study, frame: Frame, measure: str, lower: str, report: Report) -> Iterator[Frame]:
    """Finer frames, each drawn as it comes."""
    plane, shadows = tables.plane_of(study)
    frame = frame.with_(fields={"plane": tables.plane_field(study, plane, shadows, FINE, report)})
    yield frame
    if measure == "loss":
        report(0.0, "curvature along the line")
        frame = frame.with_(tables={"bent": tables.bent_table(study)})
        yield frame
    if study.narrow:
        frame = _all_orders(study, frame, measure, report)
        yield frame
    if lower in sweeps.NAMES:
        for table in sweeps.fill(study, lower, report):
            yield frame.with_(tables={"sweep": table}, captions={"below": captions.sweep(lower, table)})


def _all_orders(study: Study, frame: Frame, measure: str, report: Report) -> Frame:
    """The line to the order of the lowest barrier, and what it says about the matching."""
    objective, lowest = study.all_orders(report)
    curve = study.curve_of(permute(study.join().b, lowest.permutations))
    line = dict(frame.tables["line"]) | {"best": curve.loss if measure == "loss" else curve.error}
    said = captions.gap(study, objective, lowest, frame.tables["barriers"]["bar_height"])
    return frame.with_(tables={"line": line}, captions={"line_between": said})
