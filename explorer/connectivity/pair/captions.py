"""One sentence a figure about what it shows now."""

from __future__ import annotations

import numpy as np

from explorer.connectivity.exhaustive import Best
from explorer.connectivity.pair.own import told
from explorer.connectivity.pair.study import Study
from explorer.connectivity.pair.sweeps import OPTIMISERS
from explorer.connectivity.pair.tables import SHOWN, Table, length
from explorer.connectivity.plane import Shadow

WAYS = {
    "none": "without a matching",
    "weights": "after weight matching",
    "activations": "after activation matching",
    "straight_through": "after straight-through matching",
    "sinkhorn": "after Sinkhorn matching",
}
SWEPT = {
    "width": "width",
    "rate": "learning rate",
    "optimiser": "optimiser",
    "fork": "number of shared epochs",
}


def line(study: Study, heights: np.ndarray, measure: str) -> str:
    """Barrier heights as trained, matched and repaired."""
    unit = " nats" if measure == "loss" else ""
    text = f"Training {measure}: barrier {heights[0]:.3g}{unit} as trained"
    if study.matcher.method != "none":
        text += f", {heights[1]:.3g} {WAYS[study.matcher.method]}"
    if np.isfinite(heights[2]):
        text += f", {heights[2]:.3g} repaired"
    return text + "; thin lines: test set."


def gap(study: Study, objective: Best, lowest: Best, heights: np.ndarray) -> str:
    """What all permutations together say about the one that was found."""
    tried = f"barrier {heights[0]:.3g} as trained"
    if study.matcher.method != "none":
        tried += f", {heights[1]:.3g} {WAYS[study.matcher.method]}"
    found = study.join().matching
    best = ""
    if study.matcher.method == "weights" and not study.matcher.signed:
        short = objective.value - found.objective
        best = (
            "; no order has a larger objective"
            if short < 1e-9
            else f"; the objective falls {short:.2g} short"
        )
    return f"All {lowest.tried:,} orders tried: {tried}, {lowest.value:.3g} at the very best{best}."


def plane(study: Study, shadows: list[Shadow]) -> str:
    """How far apart the ends are, and how much of each training lies in the plane."""
    apart, near = length(study.join())
    if study.own is not None:
        to = f", to b matched {near:.3g}" if study.matched else ""
        return f"Distance from a to b {apart:.3g}{to}; {told(study.own)}."
    shares = [100.0 * shadow.share[0] for shadow in shadows]
    text = f"Distance from a to b {apart:.3g}"
    if study.matcher.method != "none":
        text += f", to b matched {near:.3g}"
    return f"{text}; of the squared way of a {shares[0]:.0f} %, of b {shares[1]:.0f} % lies in the plane."


def here(study: Study, mend: bool) -> str:
    """Which line the cursor walks, and what the picture shows of it."""
    walk = WAYS[study.matcher.method] + (", repaired" if mend else "")
    if study.posed.kind == "plane":
        return f"At the cursor, {walk}: dots are decisions on a lattice, circles the test points."
    extra = " Beside it six hard digits and what they are called." if study.posed.kind == "digits" else ""
    return f"At the cursor, {walk}: area is the number of test samples, blue right, vermilion wrong.{extra}"


def likeness(study: Study, layer: int, diagonal: tuple[float, float], by: str) -> str:
    """How alike units in the same place are before and after."""
    width = study.recipe.hidden[layer]
    before, after = (round(value, 2) + 0.0 for value in diagonal)  # never -0.00
    part = f", the first {SHOWN} of {width} units" if width > SHOWN else ""
    return (
        f"{by.capitalize()} of hidden layer {layer + 1}{part}: mean similarity of units in the same place "
        f"{before:.2f} as trained, "
        + (f"{after:.2f} matched." if study.matched else "and no matching is chosen: both halves are one.")
    )


def training(table: Table) -> str:
    """Where both trainings end."""
    if not len(table["epoch"]):
        return "No epoch was trained."
    return (
        f"Training loss {table['loss_a'][-1]:.3g} and {table['loss_b'][-1]:.3g} nats after "
        f"{len(table['epoch'])} epochs; thin lines: test set."
    )


def sweep(over: str, table: Table) -> str:
    """How many points of the grid are there, and between which barriers it runs."""
    done = int(np.isfinite(table["sweep_before"]).sum())
    if not done:
        return f"Two networks are trained for every {SWEPT[over]}; the grid is to follow."
    column = "sweep_after" if np.isfinite(table["sweep_after"]).any() else "sweep_before"
    best = int(np.nanargmin(table[column]))
    place = table["sweep_x"][best]
    at = list(OPTIMISERS.values())[int(place)] if over == "optimiser" else f"{place:.3g}"
    said = " after matching" if column == "sweep_after" else ""
    return (
        f"{done} of {len(table['sweep_x'])} points: the lowest barrier{said} is "
        f"{table[column][best]:.2g}, at {SWEPT[over]} {at}."
    )
