"""A scene that notes each computation in a file and, where it is told to, ends the process that computes it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from explorer.core.frame import Frame
from explorer.core.inputs import Choice, Seed, Text, Whole
from explorer.core.model import Model
from explorer.core.runner import Report
from explorer.core.values import InputError


class Trap(Model):
    """A number a cell; 13 is refused, and `deadly` kills: never, the first time or always."""

    n = Whole(1, bounds=(0, 1000), label="number")
    deadly = Whole(-1, bounds=(-1, 1000), label="deadly number")
    mood = Choice("never", objects=["never", "once", "always"], label="mood")
    notes = Text("", label="file of notes")
    seed = Seed(0)

    def compute(self, report: Report) -> Frame:
        if self.notes:
            self._note()
        if self.n == 13:
            raise InputError("13 is no number to be computed with.")
        value = np.random.default_rng([self.n, self.seed]).normal()
        return Frame(
            tables={"one": {"value": [value], "twice": [2 * value]}, "many": {"x": np.arange(5.0) * self.n}}
        )

    def _note(self) -> None:
        with Path(self.notes).open("a", encoding="utf-8") as notes:
            notes.write(f"{self.n} {self.seed}\n")
        if self.n == self.deadly:
            marker = Path(f"{self.notes}.died")
            if self.mood == "always" or (self.mood == "once" and not marker.exists()):
                marker.touch()
                os._exit(1)
