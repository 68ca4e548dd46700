"""The same run by an installed library, when there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.diffusion import SAMPLERS, Brownian, conformance, integrate
from explorer.diffusion.samplers.problem import Posed

PARTICLES = 40


def compare(
    posed: Posed, levels: np.ndarray, method: str, seed: int, options: dict[str, Any]
) -> tuple[np.ndarray, str]:
    """The library's ends (m, d), none where it cannot be run, and one sentence about the difference."""
    x = posed.starts(min(PARTICLES, posed.particles(PARTICLES)), float(levels[0]), seed)
    nothing = np.zeros((0, posed.target.dim))
    name, run = _library(posed, x, levels, method, seed, options["eta"])
    if run is None:
        return nothing, f"Neither k-diffusion nor diffusers has a counterpart of {SAMPLERS[method].label}."
    try:
        theirs = run()
    except conformance.MissingPeer as missing:
        return nothing, f"The comparison needs the extra `peers`: {missing}."
    except ValueError as why:
        return nothing, f"{name} cannot run this: {why}"
    ours = integrate(posed.target.denoise, x, levels, method, Brownian(seed), **options)
    gap = conformance.difference(ours, theirs)
    installed = conformance.versions(name, "torch")
    return theirs[-1], f"{installed} on our score, grid and noise: the largest difference is {gap:.1e}."


def _library(
    posed: Posed, x: np.ndarray, levels: np.ndarray, method: str, seed: int, eta: float
) -> tuple[str, Callable[[], np.ndarray] | None]:
    denoise = posed.target.denoise
    if method in conformance.K_DIFFUSION:
        return "k-diffusion", lambda: conformance.k_diffusion(denoise, x, levels, method, Brownian(seed), eta)
    if method in conformance.DIFFUSERS:
        return "diffusers", lambda: conformance.diffusers(denoise, x, levels, method)
    return "", None
