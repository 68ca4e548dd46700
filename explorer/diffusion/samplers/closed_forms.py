"""What one round Gaussian must do, in closed form."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.diffusion.samplers.levels import scale
from explorer.diffusion.samplers.problem import Posed
from explorer.diffusion.samplers.tables import Run

EXACT = 1e-8
FLOW = "Song et al., Score-based generative modeling through SDEs, 2021: x√((s² + σ'²)/(s² + σ²))"
EULER = "Song, Meng and Ermon, Denoising diffusion implicit models, 2021: Π(1 + (σ' − σ)σ/(s² + σ²))"
DDPM = "Ho, Jain and Abbeel, Denoising diffusion probabilistic models, 2020"


@dataclass(frozen=True)
class Asked:
    """The inputs that the laws need beside the problem."""

    methods: tuple[str, str]
    scaled: str
    map: str
    seed: int
    eta: float


def _one_gaussian(posed: Posed) -> tuple[np.ndarray, float] | None:
    """Mean and variance, when the target is one round Gaussian in the plane."""
    target = posed.target
    if target.components > 1 or not posed.flat or not target.law.round:
        return None
    return target.means[0], float(target.covariances[0, 0, 0])


def gaussian_flow(posed: Posed, found: Run, frame: Frame, asked: Asked) -> Check:
    """The drawn exact trajectory of the reader's own start."""
    name, only = "Gaussian flow in closed form", _one_gaussian(posed)
    table = frame.tables["own_exact"]
    if only is None or not len(table["exact_own_x"]):
        return Check.not_applicable(name, FLOW, "The closed form is that of one round Gaussian.")
    mean, s2 = only
    drawn = np.column_stack([table["exact_own_x"], table["exact_own_y"]])
    x = drawn * scale(asked.scaled, found.sigmas)[:, None]
    grown = np.sqrt((s2 + found.sigmas**2) / (s2 + found.sigmas[0] ** 2))
    gap = np.abs(x - mean - grown[:, None] * (x[0] - mean)).max()
    return Check(name, float(gap), 0.0, EXACT, FLOW)


def euler(posed: Posed, found: Run, frame: Frame, asked: Asked) -> Check:
    """Drawn ends against drawn starts."""
    name, only = "Euler's shrink factor", _one_gaussian(posed)
    if only is None or "euler" not in asked.methods:
        return Check.not_applicable(name, EULER, "The closed form is that of Euler's method on one Gaussian.")
    which, (mean, s2) = asked.methods.index("euler"), only
    grid, columns = found.grids[which], ("first", "second")[which]
    factor = np.prod(1.0 + np.diff(grid) * grid[:-1] / (s2 + grid[:-1] ** 2))
    swarm = frame.series["swarm"]
    ends, starts = (
        np.column_stack([swarm[f"{columns}_x"][page], swarm[f"{columns}_y"][page]])
        * float(scale(asked.scaled, found.sigmas[page]))
        for page in (-1, 0)
    )
    gap = np.abs(ends - mean - factor * (starts - mean)).max()
    return Check(name, float(gap), 0.0, EXACT, EULER)


def variance(posed: Posed, found: Run, frame: Frame, asked: Asked) -> Check:
    """The variance of the drawn ends, over both coordinates, against the recursion over the steps."""
    name, only = "ancestral variance", _one_gaussian(posed)
    if only is None or "ancestral" not in asked.methods:
        why = "The closed form is that of ancestral sampling on one Gaussian."
        return Check.not_applicable(name, DDPM, why)
    which, (mean, s2) = asked.methods.index("ancestral"), only
    grid, columns = found.grids[which], ("first", "second")[which]
    shift, spread = -mean, float(grid[0]) ** 2
    for a, b in itertools.pairwise(grid):
        up = min(b, asked.eta * np.sqrt(max(0.0, b * b * (a * a - b * b) / (a * a))))
        down = np.sqrt(b * b - up * up)
        factor = 1.0 + (down - a) * a / (s2 + a * a)
        shift, spread = factor * shift, factor**2 * spread + up**2
    swarm, s = frame.series["swarm"], float(scale(asked.scaled, found.sigmas[-1]))
    ends = np.column_stack([swarm[f"{columns}_x"][-1], swarm[f"{columns}_y"][-1]]) * s
    ratio = float(np.square(ends - mean - shift).mean()) / spread
    z = (ratio - 1.0) / np.sqrt(2.0 / ends.size)
    return Check(name, z, 0.0, 4.5, DDPM, note=f"Its z, over {ends.size} coordinates.")
