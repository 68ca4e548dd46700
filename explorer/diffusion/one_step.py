"""Deterministic solvers that look at the present step alone: Euler, Heun, DPM-Solver-2, DPM-Solver++, RK4.

Each function takes noise levels (steps + 1,), all positive, and gives the `Program`. In σ the flow is
dx/dσ = h(x, σ) = (x - D(x, σ))/σ. In λ = -log σ it is x' = D - x; DPM-Solver++ solves its linear part exactly.
"""

from __future__ import annotations

import numpy as np

from explorer.diffusion.program import Draft, Program


def euler(sigmas: np.ndarray) -> Program:
    """X + (σ' - σ) h(X, σ), the step of DDIM. One evaluation, order 1.

    Kept as (σ'/σ) X + (1 - σ'/σ) D, which is the same; σ' = 0 is allowed here, and ends exactly at D.
    Ref: Song, Meng & Ermon, Denoising diffusion implicit models, 2021, in the scale of Karras et al. 2022.
    """
    return euler_from(sigmas[:-1], sigmas[1:], np.zeros(len(sigmas) - 1))


def euler_from(now: np.ndarray, then: np.ndarray, noise: np.ndarray) -> Program:
    """Euler steps from the levels `now` (steps,) to `then`, after adding `noise` times the step's normals."""
    draft = Draft(len(now), 1, 1, keeps="data")
    draft.at(0, now)
    draft.noise[:, 0] = noise
    draft.noise[:, 1] = noise * (then / now)
    draft.advance(then / now, h0=1.0 - then / now)
    return draft.program()


def heun(sigmas: np.ndarray) -> Program:
    """X + (σ' - σ)(h + h')/2 with h' at the end of an Euler step. Two evaluations, order 2.

    Ref: Karras et al. 2022, algorithm 1.
    """
    return heun_from(sigmas[:-1], sigmas[1:], np.zeros(len(sigmas) - 1))


def heun_from(now: np.ndarray, then: np.ndarray, noise: np.ndarray) -> Program:
    """Heun steps from the levels `now` (steps,) to `then`, after adding `noise` times the step's normals."""
    draft = Draft(len(now), 2, 2)
    draft.noise[:] = noise[:, None]
    draft.at(0, now)
    draft.at(1, then, h0=then - now)
    draft.advance(h0=0.5 * (then - now), h1=0.5 * (then - now))
    return draft.program()


def dpm2(sigmas: np.ndarray) -> Program:
    """X + (σ' - σ) h(middle), the middle half way in log σ by an Euler step. Two evaluations, order 2.

    Ref: Lu et al., DPM-Solver, 2022, in the form of k-diffusion's sample_dpm_2.
    """
    now, then = sigmas[:-1], sigmas[1:]
    middle = np.sqrt(now) * np.sqrt(then)
    draft = Draft(len(now), 2, 2)
    draft.at(0, now)
    draft.at(1, middle, h0=middle - now)
    draft.advance(h1=then - now)
    return draft.program()


def dpmpp1(sigmas: np.ndarray) -> Program:
    """e^-h X + (1 - e^-h) D with h = log(σ/σ'). One evaluation, order 1; in exact arithmetic it is `euler`.

    Ref: Lu et al., DPM-Solver++, 2022, section 4.
    """
    h = np.log(sigmas[:-1] / sigmas[1:])
    draft = Draft(len(h), 1, 1, keeps="data")
    draft.at(0, sigmas[:-1])
    draft.advance(np.exp(-h), h0=-np.expm1(-h))
    return draft.program()


def dpmpp2s(sigmas: np.ndarray) -> Program:
    """e^-h X + (1 - e^-h) D(middle), the middle half way in log σ by a first-order step.

    Two evaluations, order 2.
    Ref: Lu et al., DPM-Solver++, 2022, algorithm 1 with r = 1/2.
    """
    now, then = sigmas[:-1], sigmas[1:]
    middle = np.sqrt(now) * np.sqrt(then)
    draft = Draft(len(now), 2, 2, keeps="data")
    draft.at(0, now)
    draft.at(1, middle, h0=1.0 - middle / now)
    draft.state[:, 1] = middle / now
    draft.advance(then / now, h1=1.0 - then / now)
    return draft.program()


def rk4(sigmas: np.ndarray) -> Program:
    """The classical Runge–Kutta step in σ. Four evaluations, order 4.

    Ref: Hairer, Nørsett & Wanner, Solving ordinary differential equations I, 1993, section II.1.
    """
    now, then = sigmas[:-1], sigmas[1:]
    step, middle = then - now, 0.5 * (now + then)
    draft = Draft(len(now), 4, 4)
    draft.at(0, now)
    draft.at(1, middle, h0=0.5 * step)
    draft.at(2, middle, h1=0.5 * step)
    draft.at(3, then, h2=step)
    draft.advance(h0=step / 6.0, h1=step / 3.0, h2=step / 3.0, h3=step / 6.0)
    return draft.program()


def runge_kutta_in_log(sigmas: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> Program:
    """Any explicit Runge–Kutta step in log σ, with Butcher's arrays a (s, s), b (s,), c (s,).

    The slope is x - D; stage j evaluates at σ (σ'/σ)^c_j.
    """
    now, ratio = sigmas[:-1], np.log(sigmas[1:] / sigmas[:-1])
    draft = Draft(len(now), len(b), len(b), keeps="log slope")
    for row in range(len(b)):
        draft.at(row, now * np.exp(c[row] * ratio))
        draft.coef[:, row] = ratio[:, None] * a[row]
    draft.coef[:, -1] = ratio[:, None] * b
    return draft.program()
