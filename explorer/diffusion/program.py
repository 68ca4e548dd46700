"""A solver as a table: every step written out as sums of the state, past slopes and noise.

All solvers here are linear in the state and in what the denoiser answered, and the grid is known beforehand.
So a solver and a grid make a `Program`, a list of rows that a compiled kernel or a plain loop carries out:

    evaluate   y = state X + Σ_j coef_j H_j + noise Z_i,   then   H_slot = keep_y y + keep_d denoise(y, sigma)
    advance    X = state X + Σ_j coef_j H_j + noise Z_i    (slot = -1; ends step i)

H_j are slots for slopes. keep_y = 1/σ, keep_d = -1/σ stores the slope (y - D)/σ of the flow in σ; 0 and 1
store D itself, which is what the DPM-Solver++ family combines; 1 and -1 store y - D, the slope in log σ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

END = -1  # slot of a row that ends a step


@dataclass(frozen=True)
class Program:
    """Rows of a solver on one grid; every array has one entry a row.

    Parameters
        sigma  : array (r,)         noise level at which the row evaluates the denoiser; 0 in an advance
        state  : array (r,)         factor of the state
        coef   : array (r, slots)   factors of the slots
        noise  : array (r,)         factor of the step's standard normals
        keep_y, keep_d : array (r,) what is stored in the slot
        slot   : int array (r,)     where, or -1
        step   : int array (r,)     the step to which the row belongs
    """

    sigma: np.ndarray
    state: np.ndarray
    coef: np.ndarray
    noise: np.ndarray
    keep_y: np.ndarray
    keep_d: np.ndarray
    slot: np.ndarray
    step: np.ndarray

    @property
    def evaluations(self) -> int:
        """How often the denoiser is called for each particle."""
        return int((self.slot != END).sum())

    @property
    def steps(self) -> int:
        return int((self.slot == END).sum())

    @property
    def stochastic(self) -> bool:
        """Whether any row takes noise."""
        return bool(self.noise.any())

    def then(self, other: Program) -> Program:
        """This program followed by `other`, whose steps are counted on."""
        wide = max(self.coef.shape[1], other.coef.shape[1])
        pad = [np.pad(p.coef, ((0, 0), (0, wide - p.coef.shape[1]))) for p in (self, other)]
        joined = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("sigma", "state", "noise", "keep_y", "keep_d", "slot")
        }
        return Program(
            coef=np.concatenate(pad), step=np.concatenate([self.step, other.step + self.steps]), **joined
        )


class Draft:
    """Fills a program whose steps all have the same rows; arrays are (steps, rows a step).

    Parameters
        steps, evaluations, slots : int     rows a step: the evaluations, then one advance
        keeps : str     what an evaluation stores: "slope" (y - D)/σ, "data" D, or "log slope" y - D

    By default a row takes the state as it is, and evaluation j stores in slot j.
    """

    def __init__(self, steps: int, evaluations: int, slots: int, keeps: str = "slope") -> None:
        self._shape = (steps, evaluations + 1)
        self._keeps = keeps
        self.sigma = np.zeros(self._shape)
        self.state = np.ones(self._shape)
        self.coef = np.zeros((*self._shape, slots))
        self.noise = np.zeros(self._shape)
        self.slot = np.tile(np.append(np.arange(evaluations), END), (steps, 1))

    def at(self, row: int, sigma: np.ndarray, **coefs: np.ndarray) -> None:
        """Evaluate in `row` at the levels (steps,), with coefs (steps,) of the slots h0, h1, ... added."""
        self.sigma[:, row] = sigma
        for name, value in coefs.items():
            self.coef[:, row, int(name[1:])] = value

    def advance(self, state: np.ndarray | float = 1.0, **coefs: np.ndarray) -> None:
        """End the step at state X + Σ coefs of slots h0, h1, ..."""
        self.state[:, -1] = state
        for name, value in coefs.items():
            self.coef[:, -1, int(name[1:])] = value

    def remember(self, slots: np.ndarray, coefs: list[np.ndarray]) -> None:
        """For one evaluation a step: store in `slots` (steps,) in turn.

        coefs[j] (steps,) weighs in the advance what was stored j steps ago.
        """
        steps, many = np.arange(len(slots)), self.coef.shape[2]
        self.slot[:, 0] = slots
        for lag, value in enumerate(coefs):
            self.coef[steps, -1, (slots - lag) % many] = value

    def program(self) -> Program:
        """The rows in order."""
        evaluates = self.slot != END
        inverse = np.divide(1.0, self.sigma, out=np.zeros(self._shape), where=evaluates)
        factor = inverse if self._keeps == "slope" else evaluates.astype(float)
        keep_y, keep_d = (0.0 * factor, factor) if self._keeps == "data" else (factor, -factor)
        step = np.repeat(np.arange(self._shape[0]), self._shape[1])
        return Program(
            sigma=self.sigma.ravel(),
            state=self.state.ravel(),
            coef=self.coef.reshape(-1, self.coef.shape[2]),
            noise=self.noise.ravel(),
            keep_y=keep_y.ravel(),
            keep_d=keep_d.ravel(),
            slot=self.slot.ravel().astype(np.int64),
            step=step.astype(np.int64),
        )
