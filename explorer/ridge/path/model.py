"""The whole path of ridge regression, ``min ||y - Xw||² + α||w||²``: coefficients, errors and what they should be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from explorer.core.check import Check
from explorer.core.dataset import Dataset
from explorer.core.frame import Frame
from explorer.core.inputs import Choice, Column, Cursor, Data, Real, Seed, Switch, Whole
from explorer.core.model import Model
from explorer.core.runner import Report
from explorer.ridge.fit import path_from
from explorer.ridge.folds import kfold
from explorer.ridge.path import captions, laws, problems, tables
from explorer.ridge.simulate import Draws, draws, gather

TABLE = {"data": ("diabetes", "yours")}
MADE = {"data": ("synthetic",)}
BATCH = 10  # simulated draws between two pictures


class RidgePathModel(Model):
    """Inputs and frame of the scene ``ridge/path``; `data` also takes a path, a DataFrame or a `Dataset`."""

    data: Any = Data(
        "diabetes",
        bundled=problems.BUNDLED,
        label="data",
        group="Data",
        cost="long",
        doc="A bundled table, a problem made to order, or your own CSV or Parquet file.",
    )
    target = Column(
        of="data",
        label="target",
        group="Data",
        when={"data": ("yours",)},
        cost="long",
        doc="The column to predict; the last one unless you choose.",
    )
    standardise = Switch(
        True,
        label="standardise features",
        group="Data",
        when=TABLE,
        cost="settle",
        doc="Give every feature mean 0 and variance 1, so that one penalty treats them alike.",
    )
    center = Switch(
        True,
        label="fit an intercept",
        group="Data",
        when=TABLE,
        cost="settle",
        doc="Add an intercept that is not penalised, by centring X and y.",
    )
    n = Whole(200, bounds=(20, 500), label="samples n", group="Problem", when=MADE, doc="Rows of X.")
    p = Whole(100, bounds=(2, 400), label="features p", group="Problem", when=MADE, doc="Columns of X.")
    spectrum = Choice(
        "power",
        objects=list(problems.SPECTRA),
        names=problems.SPECTRA,
        label="spectrum",
        group="Problem",
        when=MADE,
        doc="Eigenvalues of the features' covariance, mean 1.",
    )
    exponent = Real(
        1.0,
        bounds=(0.0, 3.0),
        label="exponent",
        group="Problem",
        when={**MADE, "spectrum": ("power",)},
        doc="The i-th eigenvalue falls as i to minus this.",
    )
    alignment = Real(
        0.5,
        bounds=(-1.0, 1.0),
        label="alignment",
        group="Problem",
        when=MADE,
        doc="Where the signal lies: +1 in strong directions, 0 evenly, -1 in weak ones.",
    )
    noise = Real(
        0.5,
        bounds=(0.0, 3.0),
        label="noise σ",
        group="Problem",
        when=MADE,
        doc="Standard deviation of the noise; the true weights have length 1.",
    )
    draws = Whole(
        30,
        bounds=(10, 200),
        label="simulated draws",
        group="Randomness",
        when=MADE,
        cost="settle",
        doc="How often the problem is drawn anew to test the theory.",
    )
    seed = Seed(0, doc="Seed of the synthetic data, of the folds and of the repeated draws.")
    points = Whole(
        100,
        bounds=(60, 200),
        label="penalties on the path",
        group="Path",
        cost="settle",
        doc="How many penalties the path visits, evenly by ratio.",
    )
    alpha = Cursor(
        10.0,
        bounds=(1e-300, 1e300),
        log=True,
        label="penalty α",
        group="Path",
        doc="The chosen penalty of ||y − Xw||² + α||w||²; the form that divides by n calls it λ = α/n.",
    )

    def posed(self) -> problems.Posed:
        """The problem that the inputs describe, decomposed."""
        if isinstance(self.data, Dataset) or self.data != "synthetic":
            table = self.data if isinstance(self.data, Dataset) else problems.bundled(self.data)
            target = self.target if isinstance(self.data, Dataset) else ""
            return problems.from_table(table, target, self.standardise, self.center)
        return problems.synthetic(
            self.n, self.p, self.spectrum, self.exponent, self.alignment, self.noise, self.seed
        )

    def compute(self, report: Report) -> Frame:
        """The path, its exact errors and the theory; folds and simulated draws come with `refine`."""
        posed = self.posed()
        penalties = problems.penalty_grid(posed.problem.s, self.points)
        path = path_from(posed.problem, penalties, polish=False)
        columns = tables.path_columns(posed, path)
        weights, rest, names = tables.weight_tables(posed, path)
        limits = tables.limit_tables(posed, penalties[0] / 3, names)
        return Frame(
            tables={
                "path": {**columns, **weights},
                "rest": rest,
                "least": tables.minima(columns),
                "simulation": tables.simulation_table(None),
                **limits,
            },
            series=tables.cursor_series(columns, *tables.directions(posed)),
            cursors={"alpha": penalties},
            captions=captions.write(posed, columns, None),
            facts={"features": names, "truth": posed.truth is not None},
        )

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        """Five-fold errors, then the mean over repeated draws, ten draws at a time."""
        posed = self.posed()
        report(0.0, "five folds")
        columns = dict(frame.tables["path"])
        columns["kfold"] = kfold(posed.problem, columns["penalty"], seed=self.seed).error
        frame = frame.with_(tables={"path": columns, "least": tables.minima(columns)})
        yield frame
        if posed.truth is None:
            return
        truth = posed.truth
        found: list[Draws] = []
        at = laws.simulated_penalties(columns["penalty"])
        stream = draws(truth.spectrum, truth.signal, posed.problem.n, at, truth.noise_var, self.seed + 1)
        while len(found) < self.draws:
            report(len(found) / self.draws, f"drawing {self.draws} data sets")
            found += islice(stream, min(BATCH, self.draws - len(found)))
            done = gather(found)
            yield frame.with_(
                tables={"simulation": tables.simulation_table(done)},
                captions=captions.write(posed, columns, len(done)),
            )

    def verify(self, frame: Frame) -> list[Check]:
        """Exact identities of this problem, then theory against simulation."""
        return laws.checks(self.posed(), frame, self.draws, np.random.default_rng(self.seed))
