"""A small scene that uses every mechanism of the engine: tables, series, a field, every cost class, a refinement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from explorer.core.check import Check
from explorer.core.frame import Field, Frame, Series, Table
from explorer.core.inputs import Choice, Cursor, Real, Seed, Switch, Whole
from explorer.core.model import Model
from explorer.core.runner import Report


class Wave(Model):
    """A travelling sine with noisy samples."""

    frequency = Real(1.0, bounds=(0.5, 4.0), label="frequency f", unit="Hz", group="Wave")
    decay = Real(0.1, bounds=(1e-3, 10.0), log=True, label="decay", group="Wave", cost="settle")
    shape = Choice("sine", objects=["sine", "square"], label="shape", group="Wave")
    lines = Whole(2, bounds=(1, 3), label="lines", group="Wave", doc="Changing it changes the structure.")
    work = Whole(0, bounds=(0, 2000), label="work", group="Samples", cost="long")
    noisy = Switch(True, label="noise", group="Samples")
    fail = Switch(False, label="fail", group="Samples")
    x0 = Real(0.0, bounds=(-1, 1), label="start x", group="Start")
    y0 = Real(0.0, bounds=(-1, 1), label="start y", group="Start")
    seed = Seed(0)
    phase = Cursor(0.0, bounds=(0.0, 6.0), label="phase φ")

    computed: ClassVar[int] = 0

    def compute(self, report: Report) -> Frame:
        type(self).computed += 1
        if self.fail:
            raise RuntimeError("the wave broke.")
        for step in range(self.work):
            report(step / self.work, "working")
            np.linalg.svd(np.random.default_rng(step).normal(size=(150, 150)))
        x = np.linspace(0, 10, 200)
        phases = np.linspace(0, 6, 13)
        wave = np.exp(-self.decay * x) * np.sin(self.frequency * x)
        if self.shape == "square":
            wave = np.sign(wave)
        noise = np.random.default_rng(self.seed).normal(size=20) * 0.1 * self.noisy
        columns = {"x": x, **{f"y{i}": wave / (i + 1) for i in range(self.lines)}}
        samples = {"at": x[::10], "sample": wave[::10] + noise, "error": np.full(20, 0.1)}
        moving = np.sin(self.frequency * x[None, :] - phases[:, None])
        grid = np.linspace(-1, 1, 21)
        return Frame(
            tables={
                "wave": Table(columns),
                "samples": Table(samples),
                "start": {"sx": [self.x0], "sy": [self.y0]},
            },
            series={
                "moving": Series("phase", {"pos": np.broadcast_to(x, moving.shape), "height": moving}),
                "mark": Series("phase", {"here": phases[:, None]}),
            },
            fields={
                "bowl": Field(grid, grid, (grid[None] - self.x0) ** 2 + (grid[:, None] - self.y0) ** 2),
                "swell": Field(x[::10], grid, (moving[:, None, ::10] - grid[:, None]) ** 2, "phase"),
            },
            cursors={"phase": phases},
            captions={"standing": f"A wave of {self.frequency:.3g} Hz."},
            facts={"lines": self.lines},
        )

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        for draws in (10, 20):
            report(draws / 20, f"{draws} draws")
            yield frame.with_(
                tables={"draws": {"n": np.arange(draws), "value": np.arange(draws) * self.frequency}}
            )

    def verify(self, frame: Frame) -> list[Check]:
        wave = frame.tables["wave"]
        return [
            Check("bounded", float(np.abs(wave["y0"]).max()), 0.0, 1.0, "definition of the sine"),
            Check("few lines", float(self.lines), 0.0, 2.5, "a check that can fail"),
        ]
