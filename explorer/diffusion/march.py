"""Carries out a solver's program: compiled for our targets, a plain loop for any other denoiser.

The compiled kernel takes a block of particles through all steps before it turns to the next, so that their
whole history stays in the first cache and memory sees only the path. Both add in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.core.jit import kernel
from explorer.diffusion.lanes import BLOCK, block_moments
from explorer.diffusion.law import Law
from explorer.diffusion.program import END, Program

_TARGET = "float64[:,::1], float64[::1], float64[:,::1], float64[:,:,::1], float64[:,:,::1]"
_ROWS = "float64[::1], float64[:,::1], float64[::1], float64[::1], float64[::1], int64[::1], int64[::1]"


@kernel("void(float64[:,::1], float64, float64[::1], float64[:,:,::1], float64[:,::1], int64)")
def combine(point, state, coef, slots, y, b):
    """y = state point + Σ_j coef_j slots_j over the first `b` lanes."""
    for j in range(point.shape[0]):
        row, to = point[j], y[j]
        for l in range(b):
            to[l] = state * row[l]
    for s in range(coef.shape[0]):
        c = coef[s]
        if c != 0.0:  # most are; and a slot that was never filled is not read
            for j in range(point.shape[0]):
                row, to = slots[s, j], y[j]
                for l in range(b):
                    to[l] += c * row[l]


@kernel("void(float64[:,::1], float64[:,:,::1], int64, int64, int64)")
def keep_points(point, path, at, start, b):
    """Copy a block of points (d, lanes) to path[at, start : start + b], unless `at` is negative."""
    if at >= 0:
        for l in range(b):
            for j in range(point.shape[0]):
                path[at, start + l, j] = point[j, l]


@kernel(f"void(float64[:,::1], float64[:,:,::1], float64[:,:,::1], int64[::1], {_TARGET}, {_ROWS})")
def march(
    x, normals, path, keep,
    means, log_weight, offset, quad, gain,
    state, coef, noise, keep_y, keep_d, slot, step,
):  # fmt: skip
    """Take the points x (n, d) through a program; path[keep[i]] receives the points after i steps.

    normals (steps, n, d), unread when no row takes noise; keep (steps + 1,) is negative where nothing is
    kept; offset, quad and gain have one leading entry a row of the program.
    """
    n, d = x.shape
    point, y, answer = np.zeros((d, BLOCK)), np.zeros((d, BLOCK)), np.zeros((d, BLOCK))
    slots, rows = np.zeros((coef.shape[1], d, BLOCK)), np.zeros((3, BLOCK))
    for start in range(0, n, BLOCK):
        b = min(BLOCK, n - start)
        for l in range(b):
            for j in range(d):
                point[j, l] = x[start + l, j]
        keep_points(point, path, keep[0], start, b)
        for r in range(slot.shape[0]):
            combine(point, state[r], coef[r], slots, y, b)
            if noise[r] != 0.0:
                for l in range(b):
                    for j in range(d):
                        y[j, l] += noise[r] * normals[step[r], start + l, j]
            if slot[r] < 0:
                point[:, :b] = y[:, :b]
                keep_points(point, path, keep[step[r] + 1], start, b)
                continue
            block_moments(y, means, means, log_weight, offset[r], quad[r], gain[r], answer, rows, b)
            for j in range(d):
                own, row, reply, p, q = slots[slot[r], j], y[j], answer[j], keep_y[r], keep_d[r]
                for l in range(b):
                    own[l] = p * row[l] + q * reply[l]


def run_compiled(
    law: Law, x: np.ndarray, program: Program, normals: np.ndarray, keep: np.ndarray, path: np.ndarray
) -> None:
    """`march` for the denoiser of a target that has a compiled path."""
    level = law.at(program.sigma)
    march(
        x, normals, path, keep, law.means, law.log_weight, level.offset, level.quad, level.shrink,
        program.state, program.coef, program.noise,
        program.keep_y, program.keep_d, program.slot, program.step,
    )  # fmt: skip


def run_plain(
    denoise: Callable[[np.ndarray, float], np.ndarray],
    x: np.ndarray,
    program: Program,
    normals: np.ndarray,
    keep: np.ndarray,
    path: np.ndarray,
) -> None:
    """The same rows with any ``denoise(x (n, d), sigma) -> (n, d)``."""
    slots: list[np.ndarray] = [np.zeros_like(x)] * program.coef.shape[1]
    point = x
    if keep[0] >= 0:
        path[keep[0]] = x
    for r, slot in enumerate(program.slot):
        y = program.state[r] * point
        for c, slope in zip(program.coef[r], slots, strict=True):
            if c != 0.0:
                y += c * slope
        if program.noise[r] != 0.0:
            y += program.noise[r] * normals[program.step[r]]
        if slot == END:
            point = y
            if keep[program.step[r] + 1] >= 0:
                path[keep[program.step[r] + 1]] = y
        else:
            answer = denoise(y, float(program.sigma[r]))
            slots[slot] = program.keep_y[r] * y + program.keep_d[r] * answer
