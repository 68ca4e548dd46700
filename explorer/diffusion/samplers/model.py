"""Samplers on an exact score: both solvers' paths, the fields they follow, and how far they go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.runner import Report
from explorer.diffusion import Reference, reference
from explorer.diffusion.samplers import captions, curves, laws, maps, peers, pictures, stairs, tables
from explorer.diffusion.samplers.inputs import SOLVERS, SamplersInputs
from explorer.diffusion.samplers.levels import scale
from explorer.diffusion.samplers.problem import Posed


class SamplersModel(SamplersInputs):
    """Frame of the scene ``diffusion/samplers``."""

    def run(self) -> tables.Run:
        """Both solvers' paths."""
        grid = self.levels()
        steps = self.steps if grid.kind != "own" else len(grid.own) - 1
        start = (self.x0, self.y0)
        return tables.run(
            self.posed(),
            grid,
            steps,
            self.methods,
            self.budget,
            self.n,
            self.seed,
            start,
            self.scaled,
            self.options,
        )

    def compute(self, report: Report) -> Frame:
        """Paths, density and arrows; exact trajectories, errors and the map come with `refine`."""
        posed, found = self.posed(), self.run()
        which = curves.compared(posed, self.first, self.second, self.curves)
        why = self._no_map(posed, found)
        return Frame(
            tables={
                **tables.still(posed, found, self.scaled),
                "errors": curves.error_table(posed, [], self.against),
                "orders": curves.order_table([]),
                "slopes": curves.slopes([], self.against),
                "peer": {"peer_x": np.zeros(0), "peer_y": np.zeros(0)},
                **maps.empty(self.map),
                **(stairs.rulers(found) if self.map == "levels" else {}),
            },
            series=tables.moving(posed, found, self.scaled, self.what),
            fields={"shade": pictures.density(posed, found.sigmas, self.scaled)} if posed.flat else {},
            cursors={"time": found.times},
            captions={
                "trajectories": captions.trajectories(found, self.methods),
                "fields": captions.field(posed, self.what),
                "errors": captions.errors(posed, []),
                "chart": captions.chart(posed, self.map, None, why, self.first),
            },
            facts={
                "flat": posed.flat,
                "movable": posed.movable,
                "drawn": posed.drawn,
                "solvers": (SOLVERS[self.first], SOLVERS[self.second]),
                "compared": tuple(SOLVERS[name] for name in which),
                "against": self.against,
                "counts": curves.effort(posed)[0],
                "distance_counts": maps.counts(posed),
                "map": self.map,
                "modes": posed.names[: maps.MODES],
            },
        )

    def _no_map(self, posed: Posed, found: tables.Run) -> str:
        """Why the fourth figure, or part of it, cannot be computed; empty when it can."""
        if self.map == "levels":
            return stairs.why_no_stairs(posed, self.methods)
        return maps.why_no_likelihood(posed, found.grids[0], self.first) if self.map == "likelihood" else ""

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        """Exact trajectories, errors of the chosen solvers, of the others, the fourth figure, the comparison."""
        posed, found, grid = self.posed(), self.run(), self.levels()
        report(0.0, "following the exact flow")
        path, known = self._exact(posed, found)
        frame = frame.with_(tables=tables.trajectories(posed, "exact", path, found, self.scaled))
        yield frame
        done: list[Any] = []
        which = curves.compared(posed, self.first, self.second, self.curves)
        for part in filter(None, (which[:2], which[2:])):
            report(0.1 + 0.3 * bool(done), f"measuring {SOLVERS[part[0]]}")
            done += curves.measure(posed, grid, part, self.seed, self.options, known)
            frame = frame.with_(
                tables={
                    "errors": curves.error_table(posed, done, self.against),
                    "orders": curves.order_table(done),
                    "slopes": curves.slopes(done, self.against),
                },
                captions={"errors": captions.errors(posed, done)},
            )
            yield frame
        report(0.75, "drawing the fourth figure")
        frame = self._mapped(frame, posed, found, report)
        yield frame
        if self.peers:
            report(0.95, "running the other library")
            ends, words = peers.compare(posed, found.grids[0], self.first, self.seed, self.options)
            drawn = posed.plane.project(ends) / scale(self.scaled, found.sigmas[-1])
            yield frame.with_(
                tables={"peer": {"peer_x": drawn[:, 0], "peer_y": drawn[:, 1]}},
                captions={"trajectories": captions.trajectories(found, self.methods, words)},
            )

    def _exact(self, posed: Posed, found: tables.Run) -> tuple[np.ndarray, Reference | None]:
        """The exact flow of the drawn particles (levels, m, d); where dear, with it that of the measured ones."""
        _, n, tolerance = curves.effort(posed)
        start = found.paths[0][0]
        if posed.flat:
            return reference(
                posed.target.denoise, tables.some(posed, start), found.sigmas, tolerance
            ).path, None
        followed = np.concatenate([start[:n], start[-1:]])
        whole = reference(posed.target.denoise, followed, found.sigmas, tolerance)
        drawn = tables.some(posed, whole.path.swapaxes(0, 1)).swapaxes(0, 1)
        return drawn, Reference(whole.path[:, :n], whole.error[:n], whole.steps[:n])

    def _mapped(self, frame: Frame, posed: Posed, found: tables.Run, report: Report) -> Frame:
        share, why, levels = None, self._no_map(posed, found), found.grids[0]
        if self.map == "levels":
            drawn = stairs.stairs(posed, found, self.methods, report)
            return frame.with_(tables=drawn)
        if why:
            return frame
        if self.map == "starts":
            drawn, share = maps.starts(posed, levels, self.first, self.scaled, self.seed, self.options)
        elif self.map == "likelihood":
            drawn = maps.likelihood(posed, levels, self.first, self.seed)
        else:
            drawn = maps.distance(posed, self.levels(), self.methods, self.seed, self.options, report)
        words = captions.chart(posed, self.map, share, "", self.first)
        return frame.with_(tables=drawn, captions={"chart": words})

    def verify(self, frame: Frame) -> list[Check]:
        """Exact identities on the drawn points, then closed forms, orders and the coupled noise."""
        return laws.checks(
            self.posed(),
            self.run(),
            frame,
            laws.Asked(self.methods, self.scaled, self.map, self.seed, self.eta),
        )
