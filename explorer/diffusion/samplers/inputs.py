"""What a reader can set, and what the settings describe."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.core.dataset import Dataset
from explorer.core.inputs import Choice, Cursor, Data, Real, Seed, Switch, Text, Whole
from explorer.core.model import Model
from explorer.diffusion import SAMPLERS
from explorer.diffusion.samplers import curves, levels, maps, problem

SOLVERS = {name: sampler.label for name, sampler in SAMPLERS.items()}
FIELDS = {"flow": "flow: how samples move", "denoiser": "to the denoised point", "score": "score"}
ALL_NOISY = {"curves": ("stochastic",)}


def _either(*names: str) -> tuple[dict[str, tuple[str, ...]], ...]:
    """The case that the first solver is one of these, and the case that the second is."""
    return {"first": names}, {"second": names}


MADE = tuple(name for name in levels.GRID_NAMES if name != "own")


class SamplersInputs(Model):
    """Inputs of the scene ``diffusion/samplers``; `data` also takes a table of points."""

    data: Any = Data(
        "three",
        bundled=problem.BUNDLED,
        label="target",
        group="Target",
        cost="settle",
        doc="What is sampled; of a table of your own the first two columns are the points.",
    )
    modes = Text(
        "-1.2 0 0.3; 1 0.6 0.15; 0.8 -0.9 0.4 2",
        label="modes: x y spread weight; …",
        group="Target",
        when={"data": ("own",)},
        cost="settle",
        doc="One Gaussian each: its place, its standard deviation and its weight, separated by semicolons.",
    )
    dots = Text(
        problem.SPIRAL,
        label="points: x y; …",
        group="Target",
        when={"data": ("drawn",)},
        cost="settle",
        doc="Places separated by semicolons; or draw them in the second figure.",
    )
    word = Text(
        "SCORE",
        label="word",
        group="Target",
        when={"data": ("letters",)},
        cost="settle",
        doc="Up to 12 letters from A to Z, written with points.",
    )
    first = Choice(
        "euler",
        objects=list(SOLVERS),
        names=SOLVERS,
        label="first solver",
        group="Solvers",
        cost="settle",
        doc="Drawn in blue.",
    )
    second = Choice(
        "heun",
        objects=list(SOLVERS),
        names=SOLVERS,
        label="second solver",
        group="Solvers",
        cost="settle",
        doc="Drawn in orange, from the same starts with the same noise.",
    )
    steps = Whole(
        10,
        bounds=(2, 200),
        label="steps",
        group="Solvers",
        when={"grid": MADE},
        doc="Steps of the first solver from the first noise level to the last.",
    )
    budget = Choice(
        "steps",
        objects=["steps", "evaluations"],
        names={"steps": "the same steps", "evaluations": "the same evaluations"},
        label="give both",
        group="Solvers",
        cost="settle",
        doc="Heun's method asks the denoiser twice a step; with the same evaluations it gets half the steps.",
    )
    eta = Real(
        1.0,
        bounds=(0.0, 1.0),
        label="share of noise η",
        group="Solvers",
        when=(*_either("ancestral", "sde_dpmpp2m"), ALL_NOISY),
        doc="Noise of the ancestral and the SDE solver: 0 takes it away.",
    )
    churn = Real(
        10.0,
        bounds=(0.0, 60.0),
        label="churn",
        group="Solvers",
        when=(*_either("churn"), ALL_NOISY),
        doc="How much noise Heun with churn adds and takes away again, over the whole run.",
    )
    churn_low = Real(
        0.0,
        bounds=(0.0, 10.0),
        label="churn above σ",
        group="Solvers",
        when=(*_either("churn"), ALL_NOISY),
        doc="Below this noise level it adds none.",
    )
    grid = Choice(
        "karras",
        objects=list(levels.GRID_NAMES),
        names=levels.GRID_NAMES,
        label="grid",
        group="Noise levels",
        cost="settle",
        doc="How the steps are spread between the first and the last noise level.",
    )
    rho = Real(
        7.0,
        bounds=(1.0, 20.0),
        label="ρ",
        group="Noise levels",
        when={"grid": ("karras",)},
        doc="1 is even in σ; the larger, the more steps near the data.",
    )
    high = Real(
        10.0,
        bounds=(2.0, 80.0),
        log=True,
        label="first level σ",
        group="Noise levels",
        when={"grid": MADE},
        doc="Standard deviation of the noise at which samples start.",
    )
    low = Real(
        0.02,
        bounds=(0.005, 0.5),
        log=True,
        label="last level σ",
        group="Noise levels",
        when={"grid": MADE},
        doc="Standard deviation of the noise at which samples end.",
    )
    own = Text(
        "10, 5, 2, 1, 0.5, 0.2, 0.05",
        label="your own levels",
        group="Noise levels",
        when={"grid": ("own",)},
        cost="settle",
        doc="Falling noise levels separated by commas, the last may be 0; or drag them in the fourth figure.",
    )
    time = Cursor(
        0.5,
        bounds=(0.0, 1.0),
        label="time: 0 noise → 1 data",
        group="Picture",
        doc="The share of the way from the first noise level to the last one, even in log σ.",
    )
    n = Whole(
        200,
        bounds=(20, 2000),
        label="particles",
        group="Picture",
        doc="How many samples are drawn at once; 36 at most in 64 dimensions.",
    )
    x0 = Real(
        1.7,
        bounds=(-5.0, 5.0),
        label="your start x",
        group="Picture",
        doc="Where your own trajectory starts, in drawn coordinates; a tap on the first figure sets it.",
    )
    y0 = Real(
        -0.7,
        bounds=(-5.0, 5.0),
        label="your start y",
        group="Picture",
        doc="Where your own trajectory starts, in drawn coordinates; a tap on the first figure sets it.",
    )
    scaled = Choice(
        "vp",
        objects=["vp", "flow"],
        names={"vp": "x/√(1 + σ²), variance preserving", "flow": "x/(1 + σ), flow matching"},
        label="drawn as",
        group="Picture",
        cost="settle",
        doc="The coordinates of the picture, in which noise and data are about equally wide.",
    )
    what = Choice(
        "flow",
        objects=list(FIELDS),
        names=FIELDS,
        label="arrows",
        group="Picture",
        cost="settle",
        doc="What the arrows of the second figure show.",
    )
    curves = Choice(
        "usual",
        objects=list(curves.SETS),
        names=curves.SETS,
        label="errors of",
        group="Errors",
        cost="settle",
        doc="Whose errors the third figure compares.",
    )
    against = Choice(
        "steps",
        objects=["steps", "evaluations"],
        names={"steps": "steps", "evaluations": "evaluations"},
        label="errors against",
        group="Errors",
        cost="settle",
        doc="A solver's cost is its evaluations of the denoiser, not its steps.",
    )
    map = Choice(
        "starts",
        objects=list(maps.KINDS),
        names=maps.KINDS,
        label="fourth figure",
        group="Errors",
        cost="settle",
        doc="Which starts end where, the likelihood, the distance of the sample to the target, or the steps.",
    )
    peers = Switch(
        False,
        label="compare with k-diffusion",
        group="Errors",
        cost="settle",
        doc="Runs the installed k-diffusion or diffusers on our score, grid and noise, and says how far it differs.",
    )
    seed = Seed(0, doc="Seed of the starts and of every solver's noise.")

    def posed(self) -> problem.Posed:
        """The target that the inputs describe."""
        if isinstance(self.data, Dataset):
            return problem.from_table(self.data)
        texts = {"letters": self.word, "own": self.modes, "drawn": self.dots}
        return problem.bundled(self.data, texts.get(self.data, ""))

    def levels(self) -> levels.Levels:
        """The grid that the inputs describe."""
        return levels.levels(self.grid, self.low, self.high, self.rho, self.own)

    @property
    def methods(self) -> tuple[str, str]:
        """Both solvers."""
        return self.first, self.second

    @property
    def options(self) -> dict[str, Any]:
        """The options of the stochastic solvers."""
        return {"eta": self.eta, "churn": self.churn, "churn_range": (self.churn_low, np.inf)}
