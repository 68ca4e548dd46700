"""Leaving a saddle ten ways: trajectories, predicted and measured escape, curvature along the way, basins."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.inputs import Choice, Cursor, Real, Seed, Switch, Text, Whole
from explorer.core.model import Model
from explorer.core.runner import Report
from explorer.saddles.escape import basins, captions, heights, laws, tables, trails
from explorer.saddles.escape.contours import Relief, relief
from explorer.saddles.escape.grounds import NAMES, Chosen, Ground, ground, nearest_exit

MANY = ("random_quadratic", "plateau")
PROBES = {"sphere": "uniform on the sphere", "gaussian": "Gaussian", "coordinate": "coordinate axes"}
SHAPES = ("formula", "half", "coupling", "layers", "target", "dimension", "shift", "psi", "wells")
SIGHTS = {"run": "along the run", "cursor": "all of them at the step", "heights": "index against height"}


def _method(on: bool, label: str, doc: str) -> Switch:
    return Switch(on, label=label, group="Methods", doc=doc)


@lru_cache(maxsize=8)
def _relief(chosen: Chosen, log: bool) -> Relief:
    return relief(ground(chosen), log)


class EscapeModel(Model):
    """Inputs and frame of the scene ``saddles/escape``."""

    surface = Choice(
        "four_wells", objects=list(NAMES), names=NAMES, label="surface", group="Surface",
        cost="settle", doc="The function whose saddle is left.",
    )  # fmt: skip
    formula = Text(
        "x^2/2 - y^2/4 + y^4/4", label="formula in x and y", group="Surface", when={"surface": ("formula",)},
        cost="settle",
        doc="Numbers, x, y, pi, e, + - * / ^, brackets, exp, log, sqrt, sin, cos, tan and their kin.",
    )  # fmt: skip
    half = Real(
        2.0, bounds=(0.5, 10.0), label="half width of the box", group="Surface",
        when={"surface": ("formula",)}, cost="settle", doc="The picture spans minus this to plus this.",
    )  # fmt: skip
    coupling = Real(
        0.0, bounds=(-0.45, 0.45), label="coupling c", group="Surface", when={"surface": ("four_wells",)},
        doc="How strongly the two double wells pull at each other.",
    )  # fmt: skip
    layers = Whole(
        2, bounds=(2, 8), label="layers L", group="Surface", when={"surface": ("deep_chain",)},
        cost="settle", doc="How many weights are multiplied.",
    )  # fmt: skip
    target = Real(
        -1.0, bounds=(-2.0, 2.0), label="target r", group="Surface", when={"surface": ("deep_chain",)},
        doc="What the product of the weights should be; not zero.",
    )  # fmt: skip
    dimension = Whole(
        10, bounds=(2, 100), label="dimensions d", group="Surface", when={"surface": MANY}, cost="settle",
        doc="How many unknowns there are; the picture is a plane through them.",
    )  # fmt: skip
    shift = Real(
        0.0, bounds=(-3.0, 3.0), label="shift of the spectrum", group="Surface",
        when={"surface": ("random_quadratic",)},
        doc="Added to every eigenvalue; below −2 almost all directions go down, above 2 almost none.",
    )  # fmt: skip
    psi = Real(
        0.1, bounds=(0.02, 1.0), log=True, label="fall ψ of the plateau", group="Surface",
        when={"surface": ("plateau",)}, doc="The curvature of the way down, with its sign turned.",
    )  # fmt: skip
    wells = Whole(
        1, bounds=(1, 2), label="ways down", group="Surface", when={"surface": ("plateau",)}, cost="settle",
        doc="How many directions fall off at the saddle.",
    )  # fmt: skip
    axis_x = Whole(
        1, bounds=(1, 100), label="eigenvector to the right", group="Surface", when={"surface": MANY},
        cost="settle", doc="Counted from the lowest eigenvalue; beyond the last the last one is meant.",
    )  # fmt: skip
    axis_y = Whole(
        100, bounds=(1, 100), label="eigenvector upwards", group="Surface", when={"surface": MANY},
        cost="settle", doc="As the other one; where both are the same its neighbour is taken.",
    )  # fmt: skip
    log = Switch(
        False, label="levels by ratio (log)", group="Surface", cost="settle",
        doc="Level lines at equal ratios above the lowest height instead of at equal distances.",
    )  # fmt: skip
    x0 = Real(
        0.02, bounds=(-10.0, 10.0), step=0.01, label="start, horizontal", group="Start",
        doc="Place of the start along the horizontal axis; or tap on either map, or drag the square.",
    )  # fmt: skip
    y0 = Real(
        0.75, bounds=(-10.0, 10.0), step=0.01, label="start, vertical", group="Start",
        doc="Place of the start along the vertical axis.",
    )  # fmt: skip
    chosen = Choice(
        "gradient", objects=list(trails.LABELS), names=trails.LABELS, label="method followed", group="Methods",
        doc="Its eigenvectors, eigenvalues and basins are drawn; it runs even if it is switched off below.",
    )  # fmt: skip
    gradient = _method(True, "gradient descent", "The step is −ηg.")
    heavy_ball = _method(False, "heavy ball", "The step adds momentum to −ηg (Polyak).")
    nesterov = _method(False, "Nesterov", "The gradient is taken where the momentum leads.")
    adam = _method(False, "Adam", "Every coordinate has about the same step length.")
    noisy = _method(True, "noisy gradient descent", "Gaussian noise is added to every gradient.")
    newton = _method(True, "Newton", "The step is −ηH⁻¹g and goes to the critical point of the model.")
    damped_newton = _method(False, "damped Newton", "The Hessian is lifted until it is positive.")
    saddle_free = _method(True, "saddle-free Newton", "The Hessian's eigenvalues lose their signs.")
    cubic = _method(False, "cubic regularisation", "The model has a cubic term that bounds the step.")
    zeroth = _method(False, "zeroth order, two-point", "The gradient is estimated from values alone.")
    steps = Whole(60, bounds=(10, 500), label="steps", group="Steps", doc="How long every method runs.")
    common = Switch(
        False, label="one step size for all", group="Steps",
        doc="Otherwise each method takes the step size that suits it, times the factor.",
    )  # fmt: skip
    factor = Real(
        1.0, bounds=(0.02, 5.0), log=True, label="step factor", group="Steps", when={"common": (False,)},
        doc="Multiplies each method's own step: 1/(2L) for first order, the full step for Newton's kin.",
    )  # fmt: skip
    eta = Real(
        0.1, bounds=(1e-4, 2.0), log=True, label="step size η", group="Steps", when={"common": (True,)},
        doc="The step size of all methods; those that use the Hessian take at most the full step.",
    )  # fmt: skip
    momentum = Real(
        0.9, bounds=(0.0, 0.99), label="momentum β", group="Steps",
        doc="Share of the last step that heavy ball and Nesterov keep.",
    )  # fmt: skip
    noise = Real(
        1.0, bounds=(0.0, 10.0), label="noise factor", group="Steps",
        doc="Multiplies the noise of noisy descent, which is 0.003 times curvature times box.",
    )  # fmt: skip
    probes = Choice(
        "sphere", objects=list(PROBES), names=PROBES, label="zeroth-order directions", group="Steps",
        doc="How the directions of the two-point differences are drawn.",
    )  # fmt: skip
    directions = Whole(
        1, bounds=(1, 20), label="directions a step", group="Steps",
        doc="How many directions a zeroth-order step probes; coordinates at most all of them.",
    )  # fmt: skip
    height = Choice(
        "distance", objects=["distance", "loss", "excess"],
        names={"distance": "distance along the way out", "loss": "loss", "excess": "loss above the lowest (log)"},
        label="progress shown as", group="Figures", doc="What stands upright in the second figure.",
    )  # fmt: skip
    evaluations = Switch(
        False, label="count evaluations", group="Figures",
        doc="Count numbers asked of the surface (a value 1, a gradient d, a Hessian d(d+1)/2), not steps.",
    )  # fmt: skip
    sight = Choice(
        "run", objects=list(SIGHTS), names=SIGHTS, label="eigenvalues shown", group="Figures",
        when={"surface": MANY}, cost="settle", doc="What the third figure shows in many dimensions.",
    )  # fmt: skip
    grid = Whole(
        100, bounds=(20, 300), label="basin map, starts a side", group="Figures", cost="settle",
        doc="The map is drawn coarse at once and finer in the background.",
    )  # fmt: skip
    seed = Seed(0, doc="Seed of the noise, of the directions and of the random surfaces.")
    step = Cursor(
        20.0, bounds=(0.0, 500.0), label="step", group="Steps",
        doc="The step at which every figure stands; play it or drag it.",
    )  # fmt: skip

    def meant(self) -> Chosen:
        """The surface that the inputs describe, and nothing that does not matter to it."""
        inputs = self.inputs()
        given: dict[str, object] = {
            name: getattr(self, name) for name in SHAPES if self.surface in inputs[name].info.when["surface"]
        }
        if self.surface in MANY:
            given |= {"seed": self.seed, "axes": (self.axis_x, self.axis_y)}
        return Chosen(self.surface, **given)  # type: ignore[arg-type]

    def settings(self) -> trails.Settings:
        """How the methods run."""
        return trails.Settings(
            self.steps, self.common, self.factor, self.eta, self.momentum, self.noise, self.probes,
            self.directions, self.seed,
        )  # fmt: skip

    def start(self, held: Ground) -> np.ndarray:
        """The start (d,) on the drawn plane."""
        return held.plane.points(self.x0, self.y0)

    def span(self, held: Ground, drawn: Relief) -> tuple[float, float]:
        """Lowest and highest value of the picture, of the critical points and of the start."""
        start = held.surface.value(self.start(held))
        heights = [np.nanmin(drawn.height), np.nanmax(drawn.height), *held.critical.values, start]
        known = [height for height in heights if np.isfinite(height)]
        return float(min(known)), float(max(known))

    def runs(self, held: Ground) -> dict[str, trails.Trail]:
        """The runs of all methods that are switched on and of the one that is followed."""
        names = [name for name in trails.LABELS if getattr(self, name) or name == self.chosen]
        start, settings = self.start(held), self.settings()
        return {name: trails.run(held, name, start, settings) for name in names}

    def map_key(self) -> basins.Key:
        """What the basin map depends on, and no more."""
        return basins.key(self.meant(), self.chosen, self.settings(), self.grid)

    def compute(self, report: Report) -> Frame:
        """Everything but the fine basin map and the random surfaces."""
        chosen = self.meant()
        held, drawn = ground(chosen), _relief(chosen, self.log)
        runs = self.runs(held)
        way = nearest_exit(chosen, self.start(held))
        escapes = trails.escapes(held, way, self.start(held), runs)
        columns = tables.run_columns(held, runs, way, self.span(held, drawn), self.evaluations)
        fields, parts = tables.relief_parts(drawn)
        found = basins.at_once(self.map_key())
        map_fields, map_tables = basins.map_parts(held, found)
        radius = way.radius if way else np.nan
        sight = self.sight if self.surface in MANY else "run"
        followed = runs[self.chosen]
        spectrum = {"spectrum": tables.spectrum_series(held, followed)} if sight == "cursor" else {}
        shift = self.shift if self.surface == "random_quadratic" else None
        return Frame(
            tables={
                **parts,
                **tables.critical_table(held),
                **map_tables,
                **heights.BEFORE,
                **heights.semicircle_table(held, shift),
                "runs": columns,
                "start": {"start_x": [self.x0], "start_y": [self.y0]},
                "escapes": tables.escape_table(runs, escapes, columns, radius, self.evaluations),
                "radius": {"escape_radius": [radius]},
                "bend": tables.bend_table(held, followed, self.evaluations),
            },
            fields={**fields, **map_fields},
            series={**tables.cursor_series(held, runs, self.chosen, columns), **spectrum},
            cursors={"step": np.arange(self.steps + 1.0)},
            captions={
                "landscape": captions.landscape(held, self.start(held)),
                "progress": captions.progress(way, escapes),
                "spectrum": captions.spectrum(
                    self.chosen, trails.spectra(held, followed.path[-1:])[0], sight, held.surface.dimension
                ),
                "ends": captions.ends(self.chosen, found),
            },
            facts={
                "axes": held.axes,
                "methods": tuple(runs),
                "height": "excess"
                if way is None and self.height == "distance"
                else self.height,  # without a saddle there is no distance to it
                "evaluations": bool(self.evaluations),
                "sight": sight,
                "curves": tuple(rank + 1 for rank in tables.ranks(held.surface.dimension)),
            },
        )

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        """Random surfaces, if they are shown, then the basin map on finer and finer grids."""
        if frame.facts["sight"] == "heights":
            report(0.0, "random surfaces")
            frame = frame.with_(tables=heights.height_tables(self.dimension, self.seed))
            yield frame
        held = ground(self.meant())
        for found in basins.finer(self.map_key(), report):
            fields, parts = basins.map_parts(held, found)
            frame = frame.with_(
                fields=fields, tables=parts, captions={"ends": captions.ends(self.chosen, found)}
            )
            yield frame

    def verify(self, frame: Frame) -> list[Check]:
        """Derivatives, critical points, runs, laws of escape, estimators and the map, as drawn."""
        chosen = self.meant()
        held = ground(chosen)
        runs = self.runs(held)
        way = nearest_exit(chosen, self.start(held))
        case = laws.Case(held, runs, self.chosen, way, self.map_key(), self.seed, self.evaluations)
        return laws.checks(case, frame, self.shift if self.surface == "random_quadratic" else None)
