"""The result of a sweep: a measure over any two axes of its grid, averaged over a third."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.inputs import Choice, Column, Cursor, File, Switch, Text
from explorer.core.model import Model
from explorer.core.runner import Report
from explorer.core.values import InputError
from explorer.sweeps.result import captions, laws, source, tables
from explorer.sweeps.result.cut import Cut, cut
from explorer.sweeps.result.source import NONE

WIDE = 30.0  # largest over smallest mean from which a measure is drawn on a logarithmic scale


class SweepResultModel(Model):
    """Inputs and frame of the scene ``sweeps/result``; `file` takes the path of what ``explorer sweep`` wrote."""

    file: Any = File(
        "",
        accept=(".parquet",),
        read=source.opened,
        label="result of a sweep",
        group="Sweep",
        cost="settle",
        doc="The .parquet file that explorer sweep wrote; without one, the sweep that comes with the project.",
    )
    measure = Column(
        of="file",
        listed=source.measures,
        label="measure",
        group="Sweep",
        cost="settle",
        doc="What was measured in every cell.",
    )
    x = Column(
        of="file",
        listed=source.across,
        label="across",
        group="Axes",
        cost="settle",
        doc="The axis that is drawn from left to right.",
    )
    y = Column(
        of="file",
        listed=source.along,
        label="a line for each",
        group="Axes",
        cost="settle",
        doc="The axis that is drawn upwards in the map, with a line for each of its values; or none.",
    )
    average = Column(
        of="file",
        listed=source.averaged,
        label="averaged over",
        group="Axes",
        cost="settle",
        doc="The axis of repetitions, such as a seed: means and error bars are over its values. Or none.",
    )
    hold = Text(
        "",
        label="others held at",
        group="Axes",
        cost="settle",
        doc="Where every other axis is held, such as noise=0.5, depth=2; at its first value unless you say.",
    )
    scale = Choice(
        "auto",
        objects=["auto", "linear", "log"],
        names={"auto": "as it fits", "linear": "linear", "log": "logarithmic"},
        label="scale of the measure",
        group="Picture",
        cost="settle",
        doc="Logarithmic fits when all means are positive and span more than a factor of 30.",
    )
    recompute = Switch(
        True,
        label="compute a cell again",
        group="Picture",
        cost="settle",
        doc="Open the link of one cell, compute its scene now, and compare the number to the last bit.",
    )
    at = Cursor(
        0.0,
        bounds=(0.0, 1e6),
        label="chosen value no.",
        group="Picture",
        doc="The value of the axis drawn across at which single cells are shown, counted from 0 among those drawn.",
    )

    def cut(self) -> Cut:
        """The part of the grid that the inputs describe."""
        result = source.held(self.file)
        measure, x, y, average = (self._chosen(name) for name in ("measure", "x", "y", "average"))
        return cut(result, measure, x, y, average, self.hold)

    def _chosen(self, name: str) -> str:
        """The name in an input, or the usual one."""
        parameter, wanted = self.inputs()[name], getattr(self, name)
        names, usual = parameter.listed(self.file)
        if wanted and wanted not in names:
            raise InputError(f"{name} is one of {', '.join(names)}; {wanted[:40]!r} is not.")
        return wanted or usual

    def compute(self, report: Report) -> Frame:
        """Every table and page of the cut."""
        part = self.cut()
        mean = part.mean[np.isfinite(part.mean)]
        positive = bool(len(mean)) and bool((mean > 0).all())
        wide = positive and bool(mean.max() > WIDE * mean.min())
        log = positive and (self.scale == "log" or (self.scale == "auto" and wide))
        x, y = (
            (name, tables.spacing(levels))
            for name, levels in zip((part.x, part.y), part.levels, strict=False)
        )
        return Frame(
            tables={
                "cells": tables.cells(part),
                "failed": tables.failed(part),
                "lines": tables.lines(part, log),
            },
            series={**tables.single(part, log), **tables.running(part, log)},
            cursors={"at": np.arange(len(part.levels[0]), dtype=float)},
            captions=captions.write(part, self.scale == "log", log),
            facts={
                "log": log,
                "measure": part.measure,
                "x": "".join(x),
                "y": "" if part.y == NONE else "".join(y),
                "over": "" if part.over == NONE else part.over,
                "x_ticks": tables.ticks(part, part.x, part.levels[0]),
                "y_ticks": tables.ticks(part, part.y, part.levels[1]),
                "lines": tables.labels(part),
            },
        )

    def verify(self, frame: Frame) -> list[Check]:
        """The drawn numbers against the file's rows, and one of them against the scene itself."""
        return laws.checks(self.cut(), frame, self.recompute)
