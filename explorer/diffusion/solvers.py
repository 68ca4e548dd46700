"""The solvers by name. A solver sees ``denoise(x, sigma)`` and a grid of noise levels, nothing else."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from explorer.diffusion import inputs, multistep, noisy_steps, one_step
from explorer.diffusion.program import Program

Build = Callable[..., Program]


@dataclass(frozen=True)
class Sampler:
    """One solver.

    Parameters
        name        : str       key in `SAMPLERS`
        label       : str       for readers
        order       : int       nominal order of the error at the end: of the flow, or pathwise if stochastic
        evaluations : int       calls of the denoiser a step; `calls` counts those of a whole run
        stochastic  : bool      whether it adds noise, and so needs an `rng`
        reference   : str
        to_zero     : bool      whether its own formula covers a last step to σ' = 0; if not, Euler's does
        options     : tuple     names of the options of `integrate` that it heeds
        remark      : str       what a reader of its error curve should know
    """

    name: str
    label: str
    order: int
    evaluations: int
    stochastic: bool
    reference: str
    build: Build = field(repr=False)
    to_zero: bool = False
    options: tuple[str, ...] = ()
    remark: str = ""

    def program(self, sigmas: np.ndarray, **options: float) -> Program:
        """The solver written out on a checked grid (steps + 1,), with `DEFAULTS` for options not given."""
        own = {name: options.get(name, DEFAULTS[name]) for name in self.options}
        if sigmas[-1] > 0.0 or self.to_zero:
            return self.build(sigmas, **own)
        last = one_step.euler(sigmas[-2:])
        return self.build(sigmas[:-1], **own).then(last) if len(sigmas) > 2 else last


_KARRAS = "Karras et al., Elucidating the design space of diffusion-based generative models, 2022"
_PLUS = "Lu et al., DPM-Solver++: fast solver for guided sampling of diffusion probabilistic models, 2022"
_HAIRER = "Hairer, Nørsett & Wanner, Solving ordinary differential equations I, 1993"
_START = "It starts with lower orders, whose error takes over on fine grids: the fitted order lies below 4."
_PATHWISE = "The order is that of each path with its Brownian path held fixed."
_CHURN = ("churn", "churn_low", "churn_high")

_ALL = (
    Sampler(
        "euler", "Euler (DDIM)", 1, 1, False,
        "Song, Meng & Ermon, Denoising diffusion implicit models, 2021", one_step.euler, to_zero=True,
    ),
    Sampler("heun", "Heun", 2, 2, False, f"{_KARRAS}, algorithm 1", one_step.heun),
    Sampler("dpm2", "DPM-Solver-2", 2, 2, False, "Lu et al., DPM-Solver, 2022", one_step.dpm2),
    Sampler("dpmpp1", "DPM-Solver++ 1", 1, 1, False, _PLUS, one_step.dpmpp1),
    Sampler("dpmpp2s", "DPM-Solver++ 2S", 2, 2, False, f"{_PLUS}, algorithm 1", one_step.dpmpp2s),
    Sampler("dpmpp2m", "DPM-Solver++ 2M", 2, 1, False, f"{_PLUS}, algorithm 2", multistep.dpmpp2m),
    Sampler(
        "dpmpp3m", "DPM-Solver++ 3M", 3, 1, False, _PLUS, multistep.dpmpp3m,
        remark="The first step takes one evaluation more, so that the third order is not lost there.",
    ),
    Sampler(
        "dpmpp3m_released", "DPM-Solver++ 3M, as released", 2, 1, False,
        f"{_PLUS}, the released code", multistep.dpmpp3m_released,
        remark="The released code halves a coefficient and starts with Euler: order 2 on fine grids.",
    ),
    Sampler(
        "ab2", "Adams–Bashforth 2", 2, 1, False, f"{_HAIRER}, section III.5",
        partial(multistep.adams, order=2), to_zero=True,
    ),
    Sampler(
        "lms4", "LMS 4", 4, 1, False, f"{_HAIRER}, section III.5",
        partial(multistep.adams, order=4), to_zero=True, remark=_START,
    ),
    Sampler("rk4", "Runge–Kutta 4", 4, 4, False, f"{_HAIRER}, section II.1", one_step.rk4),
    Sampler(
        "ancestral", "Ancestral (DDPM)", 1, 1, True,
        "Ho, Jain & Abbeel, Denoising diffusion probabilistic models, 2020", noisy_steps.ancestral,
        to_zero=True, options=("eta",), remark=_PATHWISE,
    ),
    Sampler(
        "churn", "Heun with churn", 1, 2, True, f"{_KARRAS}, algorithm 2", noisy_steps.churn,
        to_zero=True, options=_CHURN, remark=_PATHWISE,
    ),
    Sampler(
        "sde_dpmpp2m", "SDE DPM-Solver++ 2M", 1, 1, True, f"{_PLUS}, for SDEs", noisy_steps.sde_dpmpp2m,
        options=("eta",), remark=_PATHWISE,
    ),
)  # fmt: skip

DEFAULTS = {"eta": 1.0, "churn": 10.0, "churn_low": 0.0, "churn_high": float("inf")}
"""The options of the stochastic solvers where nothing else is said."""

SAMPLERS: dict[str, Sampler] = {sampler.name: sampler for sampler in _ALL}
"""Every solver by name."""


def sampler(method: str) -> Sampler:
    """The solver of that name.

    Raises    ValueError  naming the nearest one, when there is none
    """
    if isinstance(method, str) and method in SAMPLERS:
        return SAMPLERS[method]
    near = difflib.get_close_matches(str(method), SAMPLERS, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(SAMPLERS)}."
    raise ValueError(f"there is no solver {method!r}; {hint}")


def calls(method: str, sigmas: np.ndarray) -> int:
    """How often a solver calls the denoiser for each particle on a checked grid (steps + 1,).

    Raises    ValueError  when there is no such solver
    """
    return sampler(method).program(sigmas).evaluations


def checked_options(eta: float, churn: float, churn_range: tuple[float, float]) -> dict[str, float]:
    """The options of the stochastic solvers, checked.

    Raises    ValueError  when eta is outside [0, 1], churn is negative, or churn_range is not a rising pair
    """
    ends = np.asarray(churn_range, float)
    if ends.shape != (2,) or not 0.0 <= ends[0] <= ends[1]:
        raise ValueError("churn_range must be two noise levels, the lower first.")
    return {
        "eta": inputs.real(eta, "eta", 0.0, 1.0),
        "churn": inputs.real(churn, "churn", 0.0, 1e9),
        "churn_low": float(ends[0]),
        "churn_high": float(ends[1]),
    }
