"""Deterministic solvers that remember: DPM-Solver++ 2M and 3M, Adams–Bashforth 2 and 4.

One evaluation a step. They start at lower order, as their sources do. A first step of Euler's leaves an error
of second order: nothing for a method of order 2, small where the first step lies at large σ, but in the end
it takes over.

DPM-Solver++ puts a polynomial in λ = -log σ through the last answers, D(λ + u h) = D + u D₁ + u² D₂, and
solves x' = D(λ) - x exactly over the step h:

    e^-h X + φ₁ D + φ₂ D₁ + φ₃ D₂,   φ₁ = 1 - e^-h,   φ₂ = 1 - φ₁/h,   φ₃ = 1 - 2 φ₂/h
"""

from __future__ import annotations

import math

import numpy as np

from explorer.diffusion.one_step import dpmpp2s
from explorer.diffusion.program import Draft, Program


def dpmpp2m(sigmas: np.ndarray) -> Program:
    """e^-h X + φ₁ (D + (D - D_-1)/(2r)), r = h_-1/h: φ₁/2 stands for φ₂, an error of third order. Order 2.

    Ref: Lu et al., DPM-Solver++, 2022, algorithm 2.
    """
    h, draft = _start(sigmas, 2)
    gain, past = -np.expm1(-h), np.zeros_like(h)
    past[1:] = 0.5 * h[1:] / h[:-1]
    draft.remember(np.arange(len(h)) % 2, [gain * (1.0 + past), -gain * past])
    return draft.program()


def dpmpp3m(sigmas: np.ndarray) -> Program:
    """The formula above through the last three answers. Order 3.

    It differs from the released code (`dpmpp3m_released`) in two places, each of which costs the third order
    there: the whole of φ₃, and a first step of `dpmpp2s` instead of Euler's, for one evaluation more in all.
    The second step is that of `dpmpp2m`.
    Ref: Lu et al., DPM-Solver++, 2022, section 4 (multistep solvers from Taylor expansion).
    """
    first = dpmpp2s(sigmas[:2])
    if len(sigmas) == 2:
        return first
    coefs = [column[1:] for column in _three_answers(np.log(sigmas[:-1] / sigmas[1:]), 1.0)]
    _, draft = _start(sigmas[1:], 3)
    draft.remember(np.arange(1, len(sigmas) - 1) % 3, coefs)  # the first answer stands in slot 0
    return first.then(draft.program())


def dpmpp3m_released(sigmas: np.ndarray) -> Program:
    """The released code: half of φ₃, and steps of order 1, 2 at the start. Order 2, measured.

    Ref: multistep_dpm_solver_third_update in the authors' dpm_solver_pytorch.py; diffusers' scheduler.
    """
    h, draft = _start(sigmas, 3)
    draft.remember(np.arange(len(h)) % 3, _three_answers(h, 0.5))
    return draft.program()


def _three_answers(h: np.ndarray, share: float) -> list[np.ndarray]:
    """Weights of D, D_-1 and D_-2 in every step, each (steps,), with `share` of φ₃; one and two at first."""
    one, two, three = -np.expm1(-h), _phi2(h), share * _phi3(h)
    now, last, older = one.copy(), np.zeros_like(h), np.zeros_like(h)
    if len(h) > 1:
        now[1] += 0.5 * one[1] * h[1] / h[0]
        last[1] = -0.5 * one[1] * h[1] / h[0]
    r0, r1 = h[1:-1] / h[2:], h[:-2] / h[2:]
    # D₁ = first + r0 D₂ and D₂ = (first - second)/(r0 + r1), first = (D - D_-1)/r0, second = (D_-1 - D_-2)/r1
    bend = (two[2:] * r0 + three[2:]) / (r0 + r1)
    now[2:] += (two[2:] + bend) / r0
    last[2:] = -(two[2:] + bend) / r0 - bend / r1
    older[2:] = bend / r1
    return [now, last, older]


def _start(sigmas: np.ndarray, slots: int) -> tuple[np.ndarray, Draft]:
    """Steps h in λ (steps,), and a draft that keeps D and multiplies the state by e^-h."""
    draft = Draft(len(sigmas) - 1, 1, slots, keeps="data")
    draft.at(0, sigmas[:-1])
    draft.advance(sigmas[1:] / sigmas[:-1])
    return np.log(sigmas[:-1] / sigmas[1:]), draft


def _phi2(h: np.ndarray) -> np.ndarray:
    """1 - (1 - e^-h)/h, by its series h Σ (-h)^k/(k + 2)! where that would cancel."""
    return np.where(np.abs(h) < 0.5, h * _series(h, 2), 1.0 + np.expm1(-h) / h)


def _phi3(h: np.ndarray) -> np.ndarray:
    """1 - 2 φ₂/h, by its series 2h Σ (-h)^k/(k + 3)! where that would cancel."""
    return np.where(np.abs(h) < 0.5, 2.0 * h * _series(h, 3), 1.0 - 2.0 * _phi2(h) / h)


def _series(h: np.ndarray, start: int) -> np.ndarray:
    """Σ_k (-h)^k/(k + start)!, to the last digit for |h| <= 1/2."""
    total = np.zeros_like(h)
    for k in range(14, -1, -1):
        total = 1.0 / math.factorial(k + start) - h * total
    return total


def adams(sigmas: np.ndarray, order: int) -> Program:
    """Adams–Bashforth in σ on an uneven grid: the polynomial through the last slopes, integrated exactly.

    One evaluation, order `order`; 4 is the LMS sampler. σ' = 0 is allowed at the end.
    Ref: Hairer, Nørsett & Wanner 1993, section III.5; k-diffusion's sample_lms.
    """
    steps = np.arange(len(sigmas) - 1)
    coefs = np.zeros((order, len(steps)))
    for i in steps[: order - 1]:
        coefs[: i + 1, i] = _integrals(sigmas, i + 1, np.array([i]))[:, 0]
    coefs[:, order - 1 :] = _integrals(sigmas, order, steps[order - 1 :])
    draft = Draft(len(steps), 1, order)
    draft.at(0, sigmas[:-1])
    draft.remember(steps % order, list(coefs))
    return draft.program()


def _integrals(sigmas: np.ndarray, order: int, steps: np.ndarray) -> np.ndarray:
    """∫ over a step of the Lagrange polynomials through the last `order` levels, (order, steps)."""
    nodes = sigmas[steps - np.arange(order)[:, None]]
    length = sigmas[steps + 1] - sigmas[steps]
    out = np.zeros((order, len(steps)))
    for place in (0.5 - np.sqrt(3.0) / 6.0, 0.5 + np.sqrt(3.0) / 6.0):  # Gauss, exact up to degree 3
        at = sigmas[steps] + place * length
        for j in range(order):
            others = np.delete(np.arange(order), j)
            out[j] += 0.5 * length * np.prod((at - nodes[others]) / (nodes[j] - nodes[others]), axis=0)
    return out
