"""Solvers that add noise on the way: ancestral (DDPM), Karras churn, SDE DPM-Solver++ 2M.

Z is one standard normal a step and particle, the increment of its Brownian path over the step in the clock
log σ, divided by its standard deviation (`Brownian.normals`). So a finer grid refines the same noise.
"""

from __future__ import annotations

import numpy as np

from explorer.diffusion.one_step import euler_from, heun_from
from explorer.diffusion.program import Draft, Program


def ancestral(sigmas: np.ndarray, eta: float) -> Program:
    """Euler down to σ_down, then noise back up to σ'; with η = 1 the posterior step of DDPM. One evaluation.

        σ_up = min(σ', η σ' √(1 - σ'²/σ²)),   σ_down = √(σ'² - σ_up²),   X' = D + (σ_down/σ)(X - D) + σ_up Z

    σ' = 0 is allowed at the end.
    Ref: Ho, Jain & Abbeel, Denoising diffusion probabilistic models, 2020, equations 6 and 7, in the scale of
    Karras et al. 2022.
    """
    now, then = sigmas[:-1], sigmas[1:]
    up = np.minimum(then, eta * then * np.sqrt(1.0 - np.square(then / now)))
    down = np.sqrt((then - up) * (then + up))
    draft = Draft(len(now), 1, 1, keeps="data")
    draft.at(0, now)
    draft.advance(down / now, h0=1.0 - down / now)
    draft.noise[:, -1] = up
    return draft.program()


def churn(sigmas: np.ndarray, churn: float, churn_low: float, churn_high: float) -> Program:
    """Noise up to σ̂ = (1 + γ)σ, then a Heun step from there.

        γ = min(churn/steps, √2 - 1) where churn_low <= σ <= churn_high, else 0

    Two evaluations; one where σ' = 0 at the end. Order 2 without noise.
    Ref: Karras et al. 2022, algorithm 2, with S_noise = 1.
    """
    now, then = sigmas[:-1], sigmas[1:]
    inside = (now >= churn_low) & (now <= churn_high)
    gamma = np.where(inside, min(churn / len(now), np.sqrt(2.0) - 1.0), 0.0)
    hat, noise = now * (1.0 + gamma), now * np.sqrt(gamma * (2.0 + gamma))
    if then[-1] > 0.0:
        return heun_from(hat, then, noise)
    last = euler_from(hat[-1:], then[-1:], noise[-1:])
    return heun_from(hat[:-1], then[:-1], noise[:-1]).then(last) if len(now) > 1 else last


def sde_dpmpp2m(sigmas: np.ndarray, eta: float) -> Program:
    """DPM-Solver++ 2M on the reverse SDE (midpoint form). One evaluation.

        X' = (σ'/σ) e^-ηh X + φ (D + (D - D_-1)/(2r)) + σ' √(1 - e^-2ηh) Z
        φ = 1 - e^-(1+η)h,   h = log(σ/σ'),   r = h_-1/h

    Ref: Lu et al., DPM-Solver++, 2022, its solvers for diffusion SDEs; k-diffusion's sample_dpmpp_2m_sde.
    """
    h = np.log(sigmas[:-1] / sigmas[1:])
    gain, past = -np.expm1(-(1.0 + eta) * h), np.zeros_like(h)
    past[1:] = 0.5 * h[1:] / h[:-1]
    draft = Draft(len(h), 1, 2, keeps="data")
    draft.at(0, sigmas[:-1])
    draft.advance(np.exp(-(1.0 + eta) * h))
    draft.noise[:, -1] = sigmas[1:] * np.sqrt(-np.expm1(-2.0 * eta * h))
    draft.remember(np.arange(len(h)) % 2, [gain * (1.0 + past), -gain * past])
    return draft.program()
