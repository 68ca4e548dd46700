"""Diffusion sampling on exact scores: targets, noise levels, solvers, coupled noise, and how far solvers go
wrong.

    >>> from explorer import diffusion
    >>> target = diffusion.Mixture([0.5, 0.5], [[-1, 0], [1, 0]], 0.25)
    >>> sigmas = diffusion.karras(20, 0.02, 10.0)
    >>> starts = 10.0 * diffusion.Brownian(seed=0).starts(500, 2)
    >>> path = diffusion.integrate(target.denoise, starts, sigmas, "heun")        # (21, 500, 2)
    >>> truth = diffusion.reference(target.denoise, starts, sigmas[[0, -1]])      # certified ends
    >>> diffusion.spread(diffusion.distances(path[-1], truth.ends)).median

One dynamics, x_σ = x_0 + σ ε with dx/dσ = (x - D(x, σ))/σ; the variance-preserving and flow-matching forms
are maps of it (`sigma_to_alpha_bar`, `sigma_to_vp_time`, `sigma_to_flow_time`). Points are rows: n particles
in d dimensions.
"""

from __future__ import annotations

from explorer.diffusion.brownian import Brownian
from explorer.diffusion.certified import Reference, reference
from explorer.diffusion.distance import energy_distance, sliced_wasserstein
from explorer.diffusion.errors import Curve, Order, Spread, distances, error_curves, fit_order, spread
from explorer.diffusion.fields import bounds, density, vectors
from explorer.diffusion.fit import Fit, fit_mixture
from explorer.diffusion.likelihood import Likelihood, along_flow, gaussian, pushed
from explorer.diffusion.many import Many, run_many
from explorer.diffusion.mixture import Mixture, PointSet, Target
from explorer.diffusion.modes import crossed, reached
from explorer.diffusion.schedules import (
    GRIDS,
    alpha_bar_to_sigma,
    cosine,
    custom,
    flow_time_to_sigma,
    flow_uniform,
    karras,
    linear_beta,
    log_uniform,
    sigma_to_alpha_bar,
    sigma_to_flow_time,
    sigma_to_vp_time,
    uniform,
    vp_time_to_sigma,
)
from explorer.diffusion.solvers import SAMPLERS, Sampler, calls
from explorer.diffusion.targets import EXAMPLES, Example, checkerboard, digits, example, letters, moons, ring
from explorer.diffusion.trajectories import ends, integrate

__all__ = [
    "EXAMPLES",
    "GRIDS",
    "SAMPLERS",
    "Brownian",
    "Curve",
    "Example",
    "Fit",
    "Likelihood",
    "Many",
    "Mixture",
    "Order",
    "PointSet",
    "Reference",
    "Sampler",
    "Spread",
    "Target",
    "along_flow",
    "alpha_bar_to_sigma",
    "bounds",
    "calls",
    "checkerboard",
    "cosine",
    "crossed",
    "custom",
    "density",
    "digits",
    "distances",
    "ends",
    "energy_distance",
    "error_curves",
    "example",
    "fit_mixture",
    "fit_order",
    "flow_time_to_sigma",
    "flow_uniform",
    "gaussian",
    "integrate",
    "karras",
    "letters",
    "linear_beta",
    "log_uniform",
    "moons",
    "pushed",
    "reached",
    "reference",
    "ring",
    "run_many",
    "sigma_to_alpha_bar",
    "sigma_to_flow_time",
    "sigma_to_vp_time",
    "sliced_wasserstein",
    "spread",
    "uniform",
    "vectors",
    "vp_time_to_sigma",
]
