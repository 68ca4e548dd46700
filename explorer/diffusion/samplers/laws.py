"""What must be true of the samplers' picture, judged on the drawn columns."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.diffusion import SAMPLERS, Brownian, along_flow, distances, ends, fit_order, reached, reference
from explorer.diffusion.samplers import maps, pictures, stairs
from explorer.diffusion.samplers.closed_forms import EXACT, Asked, euler, gaussian_flow, variance
from explorer.diffusion.samplers.levels import scale
from explorer.diffusion.samplers.problem import Posed
from explorer.diffusion.samplers.tables import Run

LOWER_START = ("lms4",)  # its first steps are of lower order, whose error takes over on fine grids
ORDER = 0.15
FINE_STEPS = 256
ROUNDED = 1e-9  # smaller errors of a step are compared with this: x may be 200 in size
BLOWN = 1e6  # points beyond are where a solver has blown up; identities lose their digits there
TWEEDIE = "Efron, Tweedie's formula and selection bias, 2011: D = x + σ²∇log p"
SCORE = "Hyvärinen, Estimation of non-normalized statistical models by score matching, 2005"
MIXTURE = "Karras et al., Elucidating the design space of diffusion-based generative models, 2022, appendix B"
HAIRER = "Hairer, Nørsett and Wanner, Solving ordinary differential equations I, 1993"
LEVY = "Gaines and Lyons, Variable step size control, 1997: Lévy's construction"
CHANGE = "Chen et al., Neural ordinary differential equations, 2018, theorem 1"


def checks(posed: Posed, found: Run, frame: Frame, asked: Asked) -> list[Check]:
    """Every check of the scene; exact identities first."""
    return [
        _tweedie(posed, found, frame, asked),
        _gradient(posed, found),
        _density(posed, found, frame, asked),
        gaussian_flow(posed, found, frame, asked),
        euler(posed, found, frame, asked),
        _certified(posed, frame, asked),
        _order(posed, found, frame),
        variance(posed, found, frame, asked),
        _brownian(found, asked),
        _likelihood(posed, found, frame),
        _map(posed, found, frame, asked),
        _steps(posed, found, frame),
    ]


def _some(found: Run, number: int = 5) -> np.ndarray:
    """A few pages with noise."""
    sound = np.flatnonzero(found.sigmas > 0)
    return sound[np.unique(np.linspace(0, len(sound) - 1, number).astype(int))]


def _points(found: Run, page: int) -> np.ndarray:
    """The first solver's points at a page, without those that have blown up."""
    x = found.at_pages(0)[page, :-1]
    return x[np.abs(x).max(axis=1) < BLOWN]


def _tweedie(posed: Posed, found: Run, frame: Frame, asked: Asked) -> Check:
    """The drawn denoised points against the drawn points and the score there."""
    name, worst = "Tweedie: D = x + σ²∇log p", 0.0
    path = found.at_pages(0)[:, :-1]
    for page in _some(found):
        sigma, x = float(found.sigmas[page]), path[page]
        sound = np.abs(x).max(axis=1) < BLOWN
        if not sound.any():
            continue
        swarm, clean = (frame.series[held] for held in ("swarm", "clean"))
        drawn = np.column_stack([swarm["first_x"][page], swarm["first_y"][page]])[sound]
        guess = np.column_stack([clean["clean_x"][page], clean["clean_y"][page]])[sound]
        x = x[sound] if not posed.flat else drawn * float(scale(asked.scaled, sigma))
        right = posed.plane.project(x + sigma**2 * posed.target.score(x, sigma)) / scale(asked.scaled, 0.0)
        there = posed.plane.project(x) / scale(asked.scaled, sigma)
        gap = np.maximum(np.abs(guess - right).max(axis=1), np.abs(drawn - there).max(axis=1))
        worst = max(worst, float((gap / (1.0 + np.abs(x).max(axis=1))).max()))
    return Check(name, worst, 0.0, EXACT, TWEEDIE)


def _gradient(posed: Posed, found: Run) -> Check:
    """The score along one direction against a difference of order 4 of the log density."""
    worst, draw = 0.0, np.random.default_rng(0)
    for page in _some(found):
        sigma, x = float(found.sigmas[page]), _points(found, page)[:20]
        if not len(x):
            continue
        v = draw.standard_normal(x.shape)
        v /= np.linalg.norm(v, axis=1, keepdims=True)
        h = 3e-3 * sigma
        near, far = (
            posed.target.log_density(x + k * h * v, sigma) - posed.target.log_density(x - k * h * v, sigma)
            for k in (1, 2)
        )
        score = np.einsum("nd,nd->n", posed.target.score(x, sigma), v)
        size = np.linalg.norm(posed.target.score(x, sigma), axis=1) + np.abs(x).max(axis=1) + 1.0 / sigma
        worst = max(worst, float((np.abs((8.0 * near - far) / (12.0 * h) - score) / size).max()))
    return Check("score = gradient of log density", worst, 0.0, EXACT, SCORE)


def _density(posed: Posed, found: Run, frame: Frame, asked: Asked) -> Check:
    """The drawn shade against a density written out here."""
    name, worst = "shade² = density, written out", 0.0
    if not posed.flat:
        return Check.not_applicable(name, MIXTURE, "In 64 dimensions images are drawn, no density.")
    shade, target = frame.fields["shade"], posed.target
    places = np.column_stack([part.ravel() for part in np.meshgrid(shade.x, shade.y)])
    for page in _some(found, 3):
        dark = shade.values[page].ravel() / 255.0
        cells = np.union1d(np.arange(0, len(dark), 97), np.flatnonzero(dark == 1.0))
        x = float(scale(asked.scaled, found.sigmas[page])) * places
        sigma = pictures.drawn_level(posed, found.sigmas[page], asked.scaled)
        wide = target.covariances + sigma**2 * np.eye(2)
        gap = x[cells, None] - target.means
        far = np.einsum("nki,kij,nkj->nk", gap, np.linalg.inv(wide), gap)
        log = logsumexp(np.log(target.weights) - 0.5 * (far + np.linalg.slogdet(wide)[1]), axis=1)
        right = np.exp(0.5 * (log - log.max()))
        worst = max(worst, float(np.abs(dark[cells] - right).max()))
    return Check(name, worst, 0.0, 0.5 / 255.0 + EXACT, MIXTURE, note="Cells are kept in 8 bits.")


def _certified(posed: Posed, frame: Frame, asked: Asked) -> Check:
    name, table = "the reference certifies itself", frame.tables["orders"]
    own = table["own_error"][
        [not SAMPLERS[method].stochastic for method in _compared(frame)][: len(table["own_error"])]
    ]
    if not len(own):
        return Check.not_applicable(name, HAIRER, "A stochastic solver is held against its own finer self.")
    tolerance = 1e-8 if posed.flat else 1e-3
    return Check(name, float(own.max()), 0.0, tolerance, f"{HAIRER}: DOP853 under halving of its steps")


def _compared(frame: Frame) -> list[str]:
    labels = {sampler.label: name for name, sampler in SAMPLERS.items()}
    return [labels[label] for label in frame.facts["compared"]]


def _order(posed: Posed, found: Run, frame: Frame) -> Check:
    """Orders fitted anew to the drawn medians, where the asymptotic range is reached.

    On one Gaussian the leading error can cancel over a whole grid; the solver then gains exactly one order.
    """
    name, table, orders = "measured order = nominal", frame.tables["errors"], frame.tables["orders"]
    if found.grids[0][-1] == 0.0:
        note = "The last step to 0 is Euler's for every solver: no other order is promised."
        return Check.not_applicable(name, HAIRER, note)
    gaps, waiting, ahead = [], [], []
    for slot, method in enumerate(_compared(frame)[: len(orders["nominal"])]):
        sampler = SAMPLERS[method]
        median = np.nan_to_num(table[f"median{slot}"])
        fit = fit_order(table["count"], median, orders["own_error"][slot])
        if sampler.stochastic or method in LOWER_START or not orders["asymptotic"][slot]:
            waiting.append(sampler.label)
        elif posed.target.components == 1 and abs(fit.order - sampler.order - 1) < ORDER:
            ahead.append(sampler.label)
        else:
            gaps.append(abs(fit.order - sampler.order))
    note = f"Asymptotic range not reached, or no order promised: {', '.join(waiting)}. " if waiting else ""
    note += f"One order ahead, since the leading error cancels: {', '.join(ahead)}. " if ahead else ""
    if not gaps:
        return Check.not_applicable(name, HAIRER, note.strip() or "No errors are drawn.")
    return Check(name, float(max(gaps)), 0.0, ORDER, HAIRER, note=note.strip())


def _brownian(found: Run, asked: Asked) -> Check:
    grid = found.grids[0][found.grids[0] > 0]
    finer = np.sort(np.concatenate([grid, np.sqrt(grid[1:] * grid[:-1])]))[::-1]
    noise = Brownian(asked.seed)
    gap = np.abs(noise.values(finer, 50, 2)[::2] - noise.values(grid, 50, 2)).max()
    return Check("half the step, the same path", float(gap), 0.0, 0.0, LEVY)


def _likelihood(posed: Posed, found: Run, frame: Frame) -> Check:
    """The drawn log densities against an integral along the flow."""
    name, table = "likelihood along the flow", frame.tables.get("likely")
    if table is None or not len(table["exact_log"]):
        return Check.not_applicable(name, CHANGE, "The likelihood is not drawn now.")
    some = np.arange(min(8, len(table["exact_log"])))
    x = np.column_stack([table["likely_x"], table["likely_y"]])[some]
    low, high = float(found.grids[0][-1]), float(found.grids[0][0])
    flow = along_flow(posed.target, x, low, high).log_density
    return Check(name, float(np.abs(flow - table["exact_log"][some]).max()), 0.0, 1e-6, CHANGE)


def _map(posed: Posed, found: Run, frame: Frame, asked: Asked) -> Check:
    """A few starts of every colour, followed anew."""
    name = "starts reach their colour"
    if not posed.flat or "mode0" not in frame.tables:
        return Check.not_applicable(name, HAIRER, "No map of starts in the plane is drawn now.")
    wrong, s = 0, float(scale(asked.scaled, found.grids[0][0]))
    for k in range(maps.MODES):
        table = frame.tables[f"mode{k}"]
        drawn = np.column_stack([table[f"mode{k}_x"], table[f"mode{k}_y"]])
        drawn = (
            drawn[np.unique(np.linspace(0, len(drawn) - 1, min(len(drawn), 6)).astype(int))]
            if len(drawn)
            else drawn
        )
        if len(drawn):
            ends = reference(posed.target.denoise, s * drawn, found.grids[0][[0, -1]], 1e-8).ends
            mode = reached(posed.target, ends, float(found.grids[0][-1]), posed.groups)
            wrong += int((mode % maps.MODES != k).sum())
    return Check(name, float(wrong), 0.0, 0.0, f"{HAIRER}: the flow followed anew")


def _steps(posed: Posed, found: Run, frame: Frame) -> Check:
    """The drawn errors of a few steps, at their drawn levels, against another integrator of the flow."""
    name, worst = "error of a step, followed anew", 0.0
    drawn = [(which, *_stair(frame, label)) for which, label in enumerate(stairs.NAMES)]
    if not any(len(error) for _, _, error in drawn):
        return Check.not_applicable(name, HAIRER, "No errors of single steps are drawn now.")
    for which, sigmas, error in drawn:
        told = np.flatnonzero(np.isfinite(error) & (found.grids[which][1:][: len(error)] > 0.0))
        for i in told[[0, len(told) // 2, -1]] if len(told) else ():
            x = found.paths[which][i : i + 2, :-1][:, : stairs.particles(posed)]
            x = x[:, (np.abs(x) < stairs.BLOWN).all(axis=(0, 2))]
            fine = np.geomspace(sigmas[i], sigmas[i + 1], FINE_STEPS + 1)
            gap = float(np.median(distances(x[1], ends(posed.target.denoise, x[0], fine, "rk4"))))
            worst = max(worst, abs(gap - error[i]) / max(error[i], ROUNDED))
    return Check(name, worst, 0.0, 1e-3, f"{HAIRER}: the classical method of order 4", note="Relative.")


def _stair(frame: Frame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Levels (steps + 1,) and errors (steps,) of one drawn stair; empty when there is none."""
    table = frame.tables.get(f"stairs_{name}", {f"{name}_stair_x": np.zeros(0), f"{name}_stair": np.zeros(0)})
    x, error = table[f"{name}_stair_x"], table[f"{name}_stair"]
    return 10.0 ** np.append(x[::2], x[-1:]), error[::2]
