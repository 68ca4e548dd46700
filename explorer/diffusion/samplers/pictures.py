"""What moves with the noise level: density, arrows, images, points. One page a level, turned in the browser."""

from __future__ import annotations

import numpy as np

from explorer.core.frame import Field, Series
from explorer.diffusion import bounds, digits, sigma_to_flow_time, sigma_to_vp_time
from explorer.diffusion.samplers.levels import scale
from explorer.diffusion.samplers.problem import Posed
from explorer.diffusion.targets import SIDE

ASPECT = 1.75  # of the cards on a wide screen
FINE, COARSE, CHEAP = (98, 52), (63, 34), 50  # cells of the density, and components up to which it is fine
ARROWS = (17, 9)
IMAGES = 6
NOISE_REACH = 2.2
TITLE = 1.36  # top of the picture, in half heights: room for the clock above the arrows
HEAD = 0.3  # of an arrow's length


def window(posed: Posed) -> tuple[float, float]:
    """Half width and half height of the picture, which holds the data and the scaled noise."""
    if posed.flat:
        (left, right), (low, high) = bounds(posed.target, 0.0, 2.5)
        reach = np.array([max(-left, right), max(-low, high)]) * 1.08
    else:
        reach = np.abs(posed.plane.project(posed.target.means)).max(axis=0) * 1.05
    height = float(max(NOISE_REACH, reach[1], reach[0] / ASPECT))
    return ASPECT * height, height


def cells(posed: Posed) -> tuple[np.ndarray, np.ndarray]:
    """Centres of the density's cells in drawn coordinates: finer where an evaluation is cheap."""
    columns, rows = FINE if posed.target.components <= CHEAP else COARSE
    width, height = window(posed)
    return (
        width * ((np.arange(columns) + 0.5) / columns * 2.0 - 1.0),
        height * ((np.arange(rows) + 0.5) / rows * 2.0 - 1.0),
    )


def shades(posed: Posed, points: np.ndarray, sigma: float, kind: str) -> np.ndarray:
    """How dark drawn points (m, 2) are at a noise level: the root of the density over its largest, up to 1.

    The root, so that a weak mode shows beside a strong one.
    """
    s = float(scale(kind, sigma))
    log = posed.target.log_density(s * points, drawn_level(posed, sigma, kind))
    return np.exp(0.5 * (log - log.max()))


def drawn_level(posed: Posed, sigma: float, kind: str) -> float:
    """The noise level of the drawn density: one below half a cell is drawn at half a cell."""
    xs, _ = cells(posed)
    return max(float(sigma), 0.5 * float(xs[1] - xs[0]) * float(scale(kind, sigma)))


def density(posed: Posed, sigmas: np.ndarray, kind: str) -> Field:
    """The density at every level, in whole numbers from 0 to 255."""
    xs, ys = cells(posed)
    at = np.column_stack([part.ravel() for part in np.meshgrid(xs, ys)])
    dark = np.array([shades(posed, at, float(s), kind) for s in sigmas])
    return Field(xs, ys, np.rint(255.0 * dark).astype(np.uint8).reshape(-1, len(ys), len(xs)), "time")


def field(posed: Posed, points: np.ndarray, sigma: float, kind: str, what: str) -> np.ndarray:
    """Arrows (m, 2) at drawn points (m, 2): how a sample moves as the noise falls, to its denoised, or the score.

    With u = x/s the flow is -du/dσ = (D - x)/(σ s) + x s'/s².
    """
    s = float(scale(kind, sigma))
    x = s * points
    towards = posed.target.denoise(x, sigma) - x
    if what == "denoiser":
        return towards / s
    if what == "score":
        return s * towards / sigma**2
    slope = sigma / s if kind == "vp" else 1.0
    return towards / (sigma * s) + x * slope / s**2


def arrows(posed: Posed, sigmas: np.ndarray, kind: str, what: str) -> Series:
    """The field at every level; lengths grow as the root of the field's, the longest is one and a half spacings."""
    halves = window(posed)
    axes = [half * ((np.arange(n) + 0.5) / n * 2.0 - 1.0) for half, n in zip(halves, ARROWS, strict=True)]
    tails = np.column_stack([part.ravel() for part in np.meshgrid(*axes)])
    longest = 3.0 * halves[1] / ARROWS[1]
    drawn = []
    for sigma in sigmas:
        v = field(posed, tails, max(float(sigma), 1e-3), kind, what)
        size = np.linalg.norm(v, axis=1, keepdims=True)
        drawn.append(_arrow(tails, longest * v / np.sqrt(np.maximum(size * size.max(), 1e-300))))
    shape = np.array(drawn, np.float32)
    return Series("time", {"arrow_x": shape[..., 0], "arrow_y": shape[..., 1]})


def _arrow(tail: np.ndarray, v: np.ndarray) -> np.ndarray:
    """One line (7 m, 2) of m arrows with heads, joined by gaps."""
    tip, back, side = tail + v, HEAD * v, HEAD * 0.6 * v[:, ::-1] * [-1.0, 1.0]
    gap = np.full_like(tail, np.nan)
    return np.stack([tail, tip, gap, tip - back + side, tip, tip - back - side, gap], axis=1).reshape(-1, 2)


def images(posed: Posed, x: np.ndarray, clean: np.ndarray, sigmas: np.ndarray, kind: str) -> Series:
    """Three rows of images at every level: the sample, its denoised, and the stored image nearest to that."""
    stored = digits()[0]
    pixel = np.arange(SIDE * SIDE)
    column, row = pixel % SIDE, pixel // SIDE
    left = np.concatenate([column + (SIDE + 1) * i for _ in range(3) for i in range(IMAGES)])
    top = np.concatenate([-row - (SIDE + 1.0) * r for r in range(3) for _ in range(IMAGES)])
    dark = []
    for page, sigma in enumerate(sigmas):
        guess = clean[page, :IMAGES]
        near = stored[((guess[:, None] - stored) ** 2).sum(axis=2).argmin(axis=1)]
        rows = x[page, :IMAGES] / scale(kind, sigma), guess, near
        dark.append(np.clip((np.concatenate(rows) + 1.0) / 2.0, 0.0, 1.0).ravel())
    sides = {"left": left, "right": left + 1.0, "bottom": top - 1.0, "top": top}
    wide = {name: np.tile(side, (len(sigmas), 1)) for name, side in sides.items()}
    return Series("time", {**wide, "fill_alpha": np.array(dark, np.float32)})


def swarm(posed: Posed, first: np.ndarray, second: np.ndarray, sigmas: np.ndarray, kind: str) -> Series:
    """Both solvers' points at every level, (levels, n, d) each, in drawn coordinates."""
    s = scale(kind, sigmas)[:, None, None]
    one, two = posed.plane.project(first) / s, posed.plane.project(second) / s
    return Series(
        "time",
        {"first_x": one[..., 0], "first_y": one[..., 1], "second_x": two[..., 0], "second_y": two[..., 1]},
    )


def denoised(posed: Posed, x: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """D(x, σ) of points (levels, n, d) at every level; where a solver has blown up, NaN."""
    out = np.full(x.shape, np.nan)
    for page, sigma in enumerate(sigmas):
        sound = np.abs(x[page]).max(axis=1) < 1e40
        out[page, sound] = posed.target.denoise(x[page, sound], float(sigma))
    return out


def clock(sigmas: np.ndarray, at: tuple[float, float]) -> Series:
    """The noise level in words, with the times of the two other ways to write the same diffusion."""
    words = [
        f"σ = {s:.3g}   VP time {sigma_to_vp_time(s):.2f}   flow time {sigma_to_flow_time(s):.2f}"
        for s in sigmas
    ]
    place = {"clock_x": np.full((len(words), 1), -at[0]), "clock_y": np.full((len(words), 1), at[1])}
    return Series("time", {**place, "clock": np.array(words)[:, None]})


def joined(points: np.ndarray) -> np.ndarray:
    """Trajectories (levels, n, 2) as one line (n (levels + 1), 2) with gaps."""
    gap = np.full((1, *points.shape[1:]), np.nan)
    return np.concatenate([points, gap]).transpose(1, 0, 2).reshape(-1, 2)
